import numpy as np
import pytest
import torch

from talpose_app.engine.anchored import ITERATIONS, KNOWN_LOGIT, Known, WindowBlend, improve, windows
from talpose_app.engine.cotracker3.network import TrackState
from talpose_app.engine.cotracker3.pyramid import Support

pytestmark = pytest.mark.engine


@pytest.fixture
def known():
    mask = torch.tensor([[True, False], [False, False]])
    coords = torch.full((2, 2, 2), 7.0)
    return Known(mask, coords, torch.full((2, 2), -KNOWN_LOGIT))


def state(n_frames=2, value=1.0):
    return TrackState.from_coords(torch.full((n_frames, 2, 2), value))


def test_known_frames_are_held_and_others_let_be(known):
    held = known.hold(state())
    assert held.coords[..., 0].tolist() == [[7, 1], [1, 1]]
    assert held.visibility.tolist() == [[-KNOWN_LOGIT, 0], [0, 0]]
    assert held.confidence.tolist() == [[KNOWN_LOGIT, 0], [0, 0]]


def test_labels_can_be_hidden(known):
    assert not known.without(0, torch.tensor([0])).mask.any()
    assert known.mask[0, 0]


def test_frames_can_be_selected(known):
    assert known[1:2].mask.shape == (1, 2)


@pytest.mark.parametrize(("n_frames", "expected"), [
    (5, [(0, 5)]), (8, [(0, 8)]), (12, [(0, 8), (4, 12)]), (13, [(0, 8), (4, 12), (5, 13)]),
])  # fmt: skip
def test_windows_cover_every_frame(n_frames, expected):
    assert windows(n_frames, 8) == expected


def test_each_iteration_starts_from_the_labels(tiny_network, footage):
    pyramid = footage.pyramid(0, 2)
    support = Support(tuple(torch.zeros(2, 25, level.shape[-1]) for level in pyramid.levels))
    held = Known(torch.tensor([[True, True], [False, False]]), torch.full((2, 2, 2), 7.0), torch.zeros(2, 2))
    found = list(improve(tiny_network, pyramid, support, held, state()))
    assert len(found) == ITERATIONS
    assert all(not step.coords.requires_grad for step in found)


def test_gradients_stay_within_their_iteration(tiny_network, footage):
    pyramid = footage.pyramid(0, 2)
    levels = [torch.ones(2, 25, level.shape[-1], requires_grad=True) for level in pyramid.levels]
    nothing = Known(torch.zeros(2, 2, dtype=torch.bool), torch.zeros(2, 2, 2), torch.zeros(2, 2))
    for step in improve(tiny_network, pyramid, Support(tuple(levels)), nothing, state()):
        step.coords.sum().backward()  # would fail if the graph of an earlier iteration were part of it
    assert levels[0].grad.isfinite().all()


def test_windows_blend_by_distance_from_their_ends():
    blend = WindowBlend(6, 2)
    blend.add(0, state(4, 0.0))
    blend.add(2, state(4, 1.0))
    np.testing.assert_allclose(blend.mean()[:, 0, 0], [0, 0, 1 / 3, 2 / 3, 1, 1])


def test_faded_estimates_count_less():
    blend = WindowBlend(2, 2)
    blend.add(0, state(2, 0.0))
    blend.add(0, state(2, 1.0), 0.25)
    np.testing.assert_allclose(blend.mean()[..., 0], 0.8)


def test_forgotten_frames_start_afresh():
    blend = WindowBlend(2, 2)
    blend.add(0, state(2, 0.0))
    blend.forget(np.array([True, False]))
    blend.add(0, state(2, 1.0))
    np.testing.assert_allclose(blend.mean()[:, 0, 0], [1.0, 0.5])
