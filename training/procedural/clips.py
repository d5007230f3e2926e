"""Training clips: frames, tracks and visibility from one seed."""

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from training.procedural.parts import Part
from training.procedural.photometry import Photometry
from training.procedural.scene import Photos, random_scene, random_style

Rng: TypeAlias = np.random.Generator

#: Share of the points put on animals and objects; the rest lie on the background.
FOREGROUND_SHARE = 0.72


@dataclass(frozen=True, slots=True)
class Clip:
    """A rendered clip with exact truth.

    Attributes:
        frames: Shape (n_frames, height, width, 3), uint8 RGB.
        tracks: Shape (n_frames, n_points, 2), float32, pixels; (0, 0) is the center of the top-left pixel.
        visibility: Shape (n_frames, n_points), bool; every point is visible in one frame at least.
    """

    frames: NDArray[np.uint8]
    tracks: NDArray[np.float32]
    visibility: NDArray[np.bool_]


def make_clip(
    seed: int, n_frames: int, n_points: int, size: tuple[int, int] = (256, 192), photos: Photos = ()
) -> Clip:
    """Render the clip that belongs to a seed.

    Args:
        seed: Decides everything.
        n_frames: Length.
        n_points: How many points to follow.
        size: (width, height) in pixels.
        photos: Photographs that textures may be cut from.
    """
    rng = np.random.default_rng(seed)
    style = random_style(rng, photos)
    parts = random_scene(rng, style, size, n_frames)
    look = Photometry(rng, n_frames, size, is_grey=style.is_grey)
    width, height = size
    frames = np.empty((n_frames, height, width, 3), np.uint8)
    ids = np.full((n_frames, height, width), -1, np.int16)
    for frame_idx in range(n_frames):
        canvas = np.zeros((height, width, 3), np.float32)
        for part_id, part in enumerate(parts):
            part.draw(canvas, ids[frame_idx], part_id, frame_idx)
        frames[frame_idx] = look.apply(canvas, frame_idx)
    tracks, visibility = follow_points(rng, parts, ids, n_points)
    return Clip(frames, tracks, visibility)


def follow_points(
    rng: Rng, parts: list[Part], ids: NDArray[np.int16], n_points: int
) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
    """Choose points and give their paths.

    Args:
        rng: Source of randomness.
        parts: The scene.
        ids: Which part each pixel shows, (n_frames, height, width).
        n_points: How many.

    Returns:
        Tracks (n_frames, n_points, 2), float32, and visibility (n_frames, n_points), bool.
    """
    n_frames, height, width = ids.shape
    chosen = [pick_pixel(rng, ids) for _ in range(n_points)]
    owner = np.array([ids[t, y, x] for t, x, y in chosen])
    tracks = np.zeros((n_frames, n_points, 2))
    for part_id in np.unique(owner):
        mine = np.flatnonzero(owner == part_id)
        part = parts[int(part_id)]
        spots = np.stack([
            part.locate(np.array([x, y]) + rng.uniform(-0.5, 0.5, 2), t)
            for t, x, y in (chosen[i] for i in mine)
        ])  # fmt: skip
        tracks[:, mine] = part.project(spots)
    column = np.round(tracks[..., 0]).clip(-1, width).astype(int)
    row = np.round(tracks[..., 1]).clip(-1, height).astype(int)
    inside = (column >= 0) & (column < width) & (row >= 0) & (row < height)
    seen = ids[np.arange(n_frames)[:, None], row.clip(0, height - 1), column.clip(0, width - 1)]
    visibility = inside & (seen == owner)
    visibility[[t for t, _, _ in chosen], np.arange(n_points)] = True
    return tracks.astype(np.float32), visibility


def pick_pixel(rng: Rng, ids: NDArray[np.int16]) -> tuple[int, int, int]:
    """Choose a (frame, x, y): a random part first, so that thin limbs count as much as the torso."""
    t = int(rng.integers(len(ids)))
    frame = ids[t]
    part_id = 0
    present = np.flatnonzero(np.bincount(frame.ravel().clip(0), minlength=1)[1:]) + 1
    if len(present) and rng.random() < FOREGROUND_SHARE:
        part_id = int(rng.choice(present))
    ys, xs = np.nonzero(frame == part_id)
    if not len(ys):
        ys, xs = np.nonzero(frame >= 0)
    pick = int(rng.integers(len(ys)))
    return t, int(xs[pick]), int(ys[pick])
