"""What may and may not influence what inside the update transformer."""

import pytest
import torch

pytestmark = pytest.mark.engine


@pytest.fixture
def tokens(tiny):
    torch.manual_seed(4)
    return torch.randn(3, 6, tiny.config.token_dim)


def test_one_update_per_point_and_frame(tiny, tokens):
    assert tiny.updateformer(tokens).shape == (3, 6, 4)


def test_order_of_points_does_not_matter(tiny, tokens):
    order = torch.tensor([2, 0, 1])
    torch.testing.assert_close(tiny.updateformer(tokens)[order], tiny.updateformer(tokens[order]))


def test_points_and_frames_hear_of_one_another(tiny, tokens):
    changed = tokens.clone()
    changed[0, 0] += 1
    difference = (tiny.updateformer(changed) - tiny.updateformer(tokens)).abs().amax(-1)
    assert difference[0, 5] > 1e-6
    assert difference[2, 5] > 1e-7


def test_gradients_may_be_asked_for_at_some_frames_only(tiny, tokens):
    taught = torch.tensor([1, 4])
    mix = torch.randn(3, 2, 4)
    results, gradients = [], []
    for frames in (None, taught):
        inputs = tokens.clone().requires_grad_()
        updates = tiny.updateformer(inputs, frames)
        gradients.append(torch.autograd.grad((updates[:, taught] * mix).sum(), inputs, retain_graph=True)[0])
        results.append(updates)
    torch.testing.assert_close(results[0], results[1])
    torch.testing.assert_close(gradients[0], gradients[1])
    (elsewhere,) = torch.autograd.grad(results[1][:, [0, 2, 3, 5]].sum(), inputs)
    assert not elsewhere.any()
