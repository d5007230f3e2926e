"""The procedural clips: repeatable, and their truth is where the picture says it is."""

import cv2
import numpy as np
import pytest

from training.procedural.clips import make_clip
from training.procedural.motion import identity, rotation, translation
from training.procedural.parts import Part, make_patch, random_ripple
from training.procedural.photos import photo_texture, read_photos


def test_a_seed_decides_everything():
    first, again, other = make_clip(3, 3, 8), make_clip(3, 3, 8), make_clip(4, 3, 8)
    np.testing.assert_array_equal(first.frames, again.frames)
    np.testing.assert_array_equal(first.tracks, again.tracks)
    assert not np.array_equal(first.frames, other.frames)


def test_every_point_is_seen_once_at_least():
    clip = make_clip(11, 6, 40)
    assert clip.frames.shape == (6, 192, 256, 3)
    assert clip.tracks.shape == (6, 40, 2)
    assert clip.visibility.any(0).all()


def test_visible_points_lie_inside_the_frame():
    clip = make_clip(12, 6, 40)
    seen = clip.tracks[clip.visibility]
    assert (seen >= -0.5).all()
    assert (seen <= [255.5, 191.5]).all()


@pytest.mark.parametrize("has_ripple", [False, True])
def test_projection_inverts_location(has_ripple):
    rng = np.random.default_rng(0)
    ripple = random_ripple(rng, 80, 1.0) if has_ripple else None
    pose = translation(20, 10, 4) @ rotation(np.linspace(0, 0.5, 4), 4)
    part = Part(make_patch(np.zeros((60, 80, 3), np.float32), np.ones((60, 80), np.float32)), pose, ripple)
    spot = part.locate(np.array([40.0, 35.0]), 2)
    np.testing.assert_allclose(part.project(spot[None])[2, 0], [40.0, 35.0], atol=1e-3)


@pytest.mark.parametrize("has_ripple", [False, True])
def test_a_drawn_dot_is_where_projection_says(has_ripple):
    opacity = np.zeros((61, 81), np.float32)
    opacity[20:25, 30:35] = 1
    color = np.full((61, 81, 3), 255, np.float32)
    ripple = random_ripple(np.random.default_rng(5), 80, 1.0) if has_ripple else None
    pose = translation(25, 30, 2) @ rotation(np.array([0.0, 0.4]), 2)
    part = Part(make_patch(color, opacity), pose, ripple)
    for frame_idx in range(2):
        canvas, ids = np.zeros((128, 160, 3), np.float32), np.full((128, 160), -1, np.int16)
        part.draw(canvas, ids, 7, frame_idx)
        moments = cv2.moments(canvas[..., 0])
        center = [moments["m10"] / moments["m00"], moments["m01"] / moments["m00"]]
        np.testing.assert_allclose(center, part.project(np.array([[32.0, 22.0]]))[frame_idx, 0], atol=0.35)
        assert (ids == 7).sum() > 10


def test_a_part_in_front_hides_the_one_behind():
    patch = make_patch(np.full((20, 20, 3), 90, np.float32), np.ones((20, 20), np.float32))
    canvas, ids = np.zeros((30, 30, 3), np.float32), np.full((30, 30), -1, np.int16)
    for part_id in (0, 1):
        Part(patch, identity(1)).draw(canvas, ids, part_id, 0)
    assert set(np.unique(ids)) == {-1, 1}


def test_textures_may_come_from_photographs(tmp_path):
    rng = np.random.default_rng(0)
    cv2.imwrite(str(tmp_path / "a.jpg"), rng.integers(0, 255, (90, 120, 3), dtype=np.uint8))
    photos = read_photos(tmp_path)
    texture = photo_texture(rng, photos, 40, 50, contrast=0.8)
    assert texture.shape == (40, 50, 3)
    assert 0 <= texture.min() < texture.max() <= 255
    plain, other = make_clip(5, 2, 8), make_clip(5, 2, 8, photos=photos)
    assert not np.array_equal(plain.frames, other.frames)
    with pytest.raises(ValueError, match=r"no \.jpg"):
        read_photos(tmp_path / "none")
