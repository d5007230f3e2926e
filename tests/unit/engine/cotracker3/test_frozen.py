"""Frozen layers compute what PyTorch's do, forward and backward, and see when weights change."""

import copy

import pytest
import torch

from talpose_app.engine.cotracker3 import frozen
from talpose_app.engine.cotracker3.frozen import Linear

pytestmark = pytest.mark.engine


@pytest.fixture
def layer():
    torch.manual_seed(7)
    return Linear(16, 24).requires_grad_(requires_grad=False)


def with_gradient(function, x):
    """The result for x and the gradient of a fixed mix of its values."""
    x = x.clone().requires_grad_()
    result = function(x)
    mix = torch.linspace(-1, 1, result.numel()).view_as(result)
    return result, torch.autograd.grad(result, x, mix)[0]


def assert_same(monkeypatch, function, x):
    """Results and gradients are those of PyTorch's own layers."""
    ours = with_gradient(function, x)
    with monkeypatch.context() as patch:
        patch.setattr(frozen, "_PACKS", False)
        theirs = with_gradient(function, x)
    torch.testing.assert_close(ours, theirs, rtol=1e-5, atol=2e-6)


@pytest.mark.parametrize("shape", [(5, 16), (3, 7, 16), (1, 16), (0, 16)])
def test_a_frozen_layer_is_a_linear_layer(monkeypatch, layer, shape):
    assert_same(monkeypatch, layer, torch.randn(shape))


def test_rows_need_not_lie_in_order(monkeypatch, layer):
    assert_same(monkeypatch, layer, torch.randn(6, 4, 16).transpose(0, 1))


def test_weights_loaded_later_count():
    layer, other = (Linear(4, 3).requires_grad_(requires_grad=False) for _ in range(2))
    x = torch.randn(2, 4)
    assert not torch.allclose(layer(x), other(x))
    layer.load_state_dict(other.state_dict())
    torch.testing.assert_close(layer(x), other(x))


def test_weights_that_learn_get_their_gradients():
    layer = Linear(16, 4)
    layer(torch.randn(8, 16)).sum().backward()
    assert all(parameter.grad is not None for parameter in layer.parameters())


def test_mixed_precision_is_left_to_torch():
    layer = Linear(4, 3).requires_grad_(requires_grad=False)
    with torch.autocast("cpu", torch.bfloat16):
        assert layer(torch.randn(2, 4)).dtype == torch.bfloat16


def test_a_layer_that_has_worked_can_be_copied(layer):
    x = torch.randn(3, 16)
    torch.testing.assert_close(copy.deepcopy(layer)(x), layer(x))
