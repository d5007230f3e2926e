"""Frozen convolutions compute what PyTorch's do, and see when weights change."""

import copy

import pytest
import torch
import torch.nn.functional as F
from torch import nn

from talpose_app.engine.cotracker3 import frozen_convolution
from talpose_app.engine.cotracker3.frozen_convolution import Convolution

pytestmark = pytest.mark.engine


def twins(*shape):
    """A frozen convolution of ours, and PyTorch's with the same weights."""
    torch.manual_seed(3)
    ours = Convolution(*shape).requires_grad_(requires_grad=False)
    n_in, n_out, side, stride = shape
    theirs = nn.Conv2d(n_in, n_out, side, stride, padding=side // 2)
    theirs.load_state_dict(ours.state_dict())
    return ours, theirs


@pytest.mark.parametrize("shape", [(1, 4, 3, 1), (4, 8, 3, 2), (24, 64, 3, 2), (64, 64, 1, 1)])
@pytest.mark.parametrize("n_frames", [1, 3])
def test_a_frozen_convolution_is_a_convolution(shape, n_frames):
    ours, theirs = twins(*shape)
    maps = torch.randn(n_frames, shape[0], 20, 28)
    torch.testing.assert_close(ours(maps), theirs(maps), rtol=1e-5, atol=1e-5)
    torch.testing.assert_close(ours.rectified(maps), F.relu(theirs(maps)), rtol=1e-5, atol=1e-5)


def test_other_machines_get_the_same(monkeypatch):
    ours, _ = twins(8, 8, 3, 1)
    maps = torch.randn(2, 8, 12, 12)
    packed = ours(maps), ours.rectified(maps)
    monkeypatch.setattr(frozen_convolution, "_PACKS", False)
    torch.testing.assert_close((ours(maps), ours.rectified(maps)), packed, rtol=1e-5, atol=1e-5)


def test_it_computes_in_the_format_that_is_asked_for():
    ours, theirs = twins(24, 24, 3, 1)
    maps = torch.randn(1, 24, 16, 16)
    with torch.autocast("cpu", torch.bfloat16):
        coarse = ours.rectified(maps)
    assert coarse.dtype == torch.bfloat16
    torch.testing.assert_close(coarse.float(), F.relu(theirs(maps)), rtol=0.05, atol=0.05)
    assert ours(maps).dtype == torch.float32


def test_weights_loaded_later_count():
    ours, _ = twins(4, 4, 3, 1)
    other = Convolution(4, 4, 3).requires_grad_(requires_grad=False)
    maps = torch.randn(1, 4, 8, 8)
    assert not torch.allclose(ours(maps), other(maps))
    ours.load_state_dict(other.state_dict())
    torch.testing.assert_close(ours(maps), other(maps))


def test_weights_that_learn_and_maps_that_do_get_their_gradients():
    learning = Convolution(4, 4, 3)
    learning.rectified(torch.randn(1, 4, 8, 8)).sum().backward()
    assert all(parameter.grad is not None for parameter in learning.parameters())
    frozen, theirs = twins(4, 4, 3, 1)
    maps = torch.randn(1, 4, 8, 8, requires_grad=True)
    (ours,) = torch.autograd.grad(frozen.rectified(maps).square().sum(), maps)
    (expected,) = torch.autograd.grad(F.relu(theirs(maps)).square().sum(), maps)
    torch.testing.assert_close(ours, expected)


def test_a_bias_loaded_alone_counts():
    ours, _ = twins(4, 4, 3, 1)
    maps = torch.randn(1, 4, 8, 8)
    with torch.autocast("cpu", torch.bfloat16):
        before = ours(maps)
        ours.bias.add_(1.0)
        torch.testing.assert_close(ours(maps), before + 1.0, rtol=0.02, atol=0.02)


def test_one_that_has_worked_can_be_copied():
    ours, theirs = twins(4, 4, 3, 1)
    maps = torch.randn(1, 4, 8, 8)
    ours(maps)
    torch.testing.assert_close(copy.deepcopy(ours)(maps), theirs(maps), rtol=1e-5, atol=1e-5)
