"""Blocks of weights that learn, and of those that do not."""

import pytest
import torch

from talpose_app.engine.cotracker3.blocks import CrossBlock, SelfBlock

pytestmark = pytest.mark.engine

DIM = 16


@pytest.fixture
def self_block():
    torch.manual_seed(5)
    return SelfBlock(DIM, n_heads=2, mlp_ratio=4).requires_grad_(requires_grad=False)


@pytest.fixture
def cross_block():
    torch.manual_seed(6)
    return CrossBlock(DIM, n_heads=2, mlp_ratio=4).requires_grad_(requires_grad=False)


def test_tokens_are_told_apart_by_what_they_are_not_by_their_place(self_block):
    x, order = torch.randn(2, 5, DIM), torch.tensor([3, 1, 4, 0, 2])
    torch.testing.assert_close(self_block(x)[:, order], self_block(x[:, order]))


def test_mixed_precision_is_left_to_torch(self_block, cross_block):
    x, context = torch.randn(2, 3, DIM), torch.randn(2, 4, DIM)
    exact = cross_block(self_block(x), context)
    with torch.autocast("cpu", torch.bfloat16):
        rough = cross_block(self_block(x), context)
    assert 0 < (rough - exact).abs().max() < 0.2


def test_weights_that_learn_get_their_gradients(self_block, cross_block):
    for block in (self_block, cross_block):
        block.requires_grad_()
    cross_block(self_block(torch.randn(2, 3, DIM)), torch.randn(2, 4, DIM)).sum().backward()
    weights = (*self_block.parameters(), *cross_block.parameters())
    assert all(weight.grad is not None for weight in weights)


def test_a_norm_that_learns_alone_gets_its_gradient(cross_block):
    cross_block.norm_context.requires_grad_()
    cross_block(torch.randn(2, 3, DIM), torch.randn(2, 4, DIM)).sum().backward()
    assert cross_block.norm_context.weight.grad.abs().sum() > 0
