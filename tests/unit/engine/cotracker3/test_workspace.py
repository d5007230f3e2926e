"""Tensors of a workspace lie side by side, and the place of those released is taken again."""

import pytest
import torch

from talpose_app.engine.cotracker3 import workspace as module
from talpose_app.engine.cotracker3.workspace import Workspace, keeps_hidden, kept

pytestmark = pytest.mark.engine


@pytest.fixture
def workspace(monkeypatch):
    monkeypatch.setattr(module, "_PIECE", 100)
    return Workspace()


def test_tensors_do_not_overlap(workspace):
    shapes = [(30,), (5, 10), (3, 20), (7, 50), (1,), (0, 4)]
    tensors = [workspace.take(shape).fill_(i) for i, shape in enumerate(shapes)]
    assert [tuple(tensor.shape) for tensor in tensors] == shapes
    assert all(tensor.dtype == torch.float32 and tensor.is_contiguous() for tensor in tensors)
    assert all(bool((tensor == i).all()) for i, tensor in enumerate(tensors))


def test_what_was_released_is_used_again(workspace):
    workspace.take((60,))
    mark = workspace.mark()
    first = [workspace.take((50,)).data_ptr() for _ in range(3)]
    workspace.release(mark)
    assert [workspace.take((50,)).data_ptr() for _ in range(3)] == first


def test_writing_to_one_tensor_does_not_count_as_changing_another(workspace):
    one, other = workspace.take((4,)).fill_(1), workspace.take((4,))
    x = torch.ones(4, requires_grad=True)
    product = x * one
    other.fill_(2)
    product.sum().backward()
    assert x.grad.tolist() == [1, 1, 1, 1]


def test_it_is_lent_for_a_while(workspace):
    before = workspace.mark()
    kept((5,))
    assert workspace.mark() == before
    assert not keeps_hidden()
    with workspace.lent(for_hidden=True):
        assert kept((2, 5)).shape == (2, 5)
        assert keeps_hidden()
        with workspace.lent(for_hidden=False):
            assert not keeps_hidden()
    assert workspace.mark() != before
    assert not keeps_hidden()
