import numpy as np
import pytest
import torch

from talpose_app.engine.anchored import ITERATIONS, WindowBlend
from talpose_app.engine.scene import fill_missing
from tests.fixtures.moving import HEIGHT, N_FRAMES, WIDTH

pytestmark = pytest.mark.engine


def test_keyframes_are_the_labeled_frames(scene):
    assert scene.keyframes == [0, 8, 16, 23]


def test_a_window_is_tracked_and_labels_stand(scene, footage):
    blend = WindowBlend(N_FRAMES, 3)
    for span, state in zip(scene.spans, scene.tracked(scene.spans, None, lambda _: None), strict=True):
        blend.add(span[0], state)
    tracks = scene.tracks(blend)
    assert np.isfinite(tracks.tracks).all()
    np.testing.assert_allclose(tracks.tracks[8], scene.anchors.positions[8], atol=1e-3)
    assert ((tracks.visibility >= 0) & (tracks.visibility <= 1)).all()


def test_a_hidden_keyframe_tells_nothing_of_its_labels(scene, footage):
    hidden = scene.hide(8)
    first, stop = hidden.span
    assert first <= 8 < stop
    assert hidden.key == 8 - first
    assert not hidden.known.mask[hidden.key].any()
    start = footage.to_image_pixels(hidden.start.coords[hidden.key].numpy())
    miss = footage.to_image_pixels(hidden.path_miss.numpy())
    np.testing.assert_allclose(start - scene.anchors.positions[8], miss, atol=1e-3)
    assert np.isfinite(hidden.path_spread).all()


def test_the_start_of_a_search_is_the_path_at_the_labels_around(scene, footage):
    hidden = scene.hide(16)
    shift = footage.to_image_pixels(hidden.start.coords.numpy()) - scene.path.tracks[slice(*hidden.span)]
    size = np.linalg.norm(shift, axis=-1)
    assert size.argmax(axis=0).tolist() == [hidden.key] * 3


def test_the_last_keyframe_is_searched_from_one_side(scene):
    hidden = scene.hide(23)
    assert torch.isfinite(hidden.start.coords).all()


def test_a_search_gives_positions_after_each_iteration(scene):
    hidden = scene.hide(8)
    found = list(scene.search(hidden, hidden.support))
    assert len(found) == ITERATIONS
    assert found[-1].shape == hidden.goal.shape == (3, 2)


def test_missing_positions_are_filled_from_the_nearest():
    tracks = np.full((4, 2, 2), np.nan)
    tracks[1, 0] = 5.0, 6.0
    filled = fill_missing(tracks, (WIDTH, HEIGHT))
    np.testing.assert_array_equal(filled[:, 0], [(5, 6)] * 4)
    np.testing.assert_allclose(filled[:, 1], [((WIDTH - 1) / 2, (HEIGHT - 1) / 2)] * 4)
