"""Blocks of frozen weights compute what PyTorch's autograd does, forward and backward."""

import pytest
import torch

from talpose_app.engine.cotracker3 import frozen, frozen_block
from talpose_app.engine.cotracker3.blocks import CrossBlock, SelfBlock
from talpose_app.engine.cotracker3.workspace import Workspace

pytestmark = pytest.mark.engine

DIM, N_HEADS, RATIO = 16, 2, 4


@pytest.fixture(autouse=True)
def _in_several_parts(monkeypatch):
    monkeypatch.setattr(frozen_block, "_ROWS", 14)


@pytest.fixture
def self_block():
    torch.manual_seed(5)
    return SelfBlock(DIM, N_HEADS, RATIO).requires_grad_(requires_grad=False)


@pytest.fixture
def cross_block():
    torch.manual_seed(6)
    block = CrossBlock(DIM, N_HEADS, RATIO)
    torch.nn.init.normal_(block.norm_context.weight)
    torch.nn.init.normal_(block.norm_context.bias)
    return block.requires_grad_(requires_grad=False)


def with_gradients(function, *inputs):
    """The result, and the gradients of a fixed mix of its values."""
    inputs = [x.clone().requires_grad_() for x in inputs]
    result = function(*inputs)
    mix = torch.linspace(-1, 1, result.numel()).view_as(result)
    return result.detach(), *torch.autograd.grad(result, inputs, mix)


def assert_same(monkeypatch, function, *inputs):
    """Results and gradients are those of autograd."""
    ours = with_gradients(function, *inputs)
    with monkeypatch.context() as patch:
        patch.setattr(frozen, "_PACKS", False)
        theirs = with_gradients(function, *inputs)
    torch.testing.assert_close(ours, theirs, rtol=1e-5, atol=5e-6)


@pytest.mark.parametrize("shape", [(1, 1), (5, 7), (9, 3), (3, 40)])
def test_tokens_attend_to_each_other(monkeypatch, self_block, shape):
    assert_same(monkeypatch, self_block, 3 * torch.randn(*shape, DIM))


def test_tracks_and_frames_may_have_changed_places(monkeypatch, self_block):
    assert_same(monkeypatch, lambda x: self_block(x.transpose(0, 1)), torch.randn(4, 6, DIM))


def test_a_few_tokens_ask_all(monkeypatch, self_block):
    x, at = torch.randn(5, 7, DIM), torch.tensor([1, 4])
    torch.testing.assert_close(self_block(x, at), self_block(x)[:, at])
    assert_same(monkeypatch, lambda x: self_block(x, at), x)


@pytest.mark.parametrize("n_asking", [1, 3, 20])
def test_tokens_attend_to_others(monkeypatch, cross_block, n_asking):
    assert_same(monkeypatch, cross_block, torch.randn(5, n_asking, DIM), torch.randn(5, 4, DIM))


def test_the_same_tokens_ask_at_many_frames(monkeypatch, cross_block):
    x, context = torch.randn(1, 3, DIM), torch.randn(9, 4, DIM)
    torch.testing.assert_close(cross_block(x, context), cross_block(x.expand(9, -1, -1), context))
    assert_same(monkeypatch, cross_block, x, context)


@pytest.mark.parametrize("for_hidden", [False, True])
def test_what_is_kept_in_a_workspace_serves_as_well(monkeypatch, self_block, cross_block, for_hidden):
    workspace = Workspace()

    def both(x, context):
        with workspace.lent(for_hidden=for_hidden):
            return cross_block(self_block(x), self_block(context))

    inputs = torch.randn(5, 6, DIM), torch.randn(5, 3, DIM)
    assert_same(monkeypatch, both, *inputs)
    workspace.release(Workspace().mark())
    assert_same(monkeypatch, both, *inputs)


def test_without_its_private_operators_autograd_does_it(monkeypatch, cross_block):
    inputs = torch.randn(5, 3, DIM), torch.randn(5, 4, DIM)
    ours = with_gradients(cross_block, *inputs)
    monkeypatch.setattr(frozen_block, "_HAS_ATTENTION", False)
    monkeypatch.setattr(frozen_block.FrozenBlock, "forward", None)
    torch.testing.assert_close(ours, with_gradients(cross_block, *inputs), rtol=1e-5, atol=5e-6)
