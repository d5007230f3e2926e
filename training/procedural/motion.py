"""Smooth random motion: curves over time, planar transforms, the camera.

Transforms are 3x3 matrices per frame, shape (n_frames, 3, 3), float64, acting on column vectors (x, y, 1).
"""

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Curve: TypeAlias = NDArray[np.float64]
Transforms: TypeAlias = NDArray[np.float64]
Rng: TypeAlias = np.random.Generator


def smooth_curve(rng: Rng, n_frames: int, amplitude: float, *, drift: float = 0.0) -> Curve:
    """Draw a smooth curve: three sines of random period plus a steady drift.

    Args:
        rng: Source of randomness.
        n_frames: Length.
        amplitude: Size of the sines together, about one standard deviation.
        drift: Standard deviation of the change over 24 frames.

    Returns:
        Shape (n_frames,), float64.
    """
    t = np.arange(n_frames, dtype=np.float64)
    periods = rng.uniform(8, 70, 3)
    phases = rng.uniform(0, 2 * np.pi, 3)
    weights = rng.normal(0, 0.6, 3) * np.sqrt(periods / 40)
    waves = (weights[:, None] * np.sin(2 * np.pi * t / periods[:, None] + phases[:, None])).sum(0)
    return amplitude * waves + rng.normal(0, 1) * drift * (t - (n_frames - 1) / 2) / 24


def identity(n_frames: int) -> Transforms:
    """Give the transform that moves nothing, for every frame."""
    return np.broadcast_to(np.eye(3), (n_frames, 3, 3)).copy()


def translation(x: Curve | float, y: Curve | float, n_frames: int) -> Transforms:
    """Shift by (x, y) pixels."""
    out = identity(n_frames)
    out[:, 0, 2], out[:, 1, 2] = x, y
    return out


def rotation(angle: Curve | float, n_frames: int) -> Transforms:
    """Turn about the origin; radians, from +x towards +y."""
    out = identity(n_frames)
    c, s = np.cos(angle), np.sin(angle)
    out[:, 0, 0], out[:, 0, 1], out[:, 1, 0], out[:, 1, 1] = c, -s, s, c
    return out


def scaling(x: Curve | float, y: Curve | float, n_frames: int) -> Transforms:
    """Scale the two axes about the origin."""
    out = identity(n_frames)
    out[:, 0, 0], out[:, 1, 1] = x, y
    return out


def shearing(x: Curve | float, n_frames: int) -> Transforms:
    """Shear along x by the given slope."""
    out = identity(n_frames)
    out[:, 0, 1] = x
    return out


def around(center: tuple[float, float], transform: Transforms) -> Transforms:
    """Apply a transform about `center` in place of the origin."""
    n = len(transform)
    return translation(center[0], center[1], n) @ transform @ translation(-center[0], -center[1], n)


def apply(transform: Transforms, points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Map points through every frame's transform, dividing by the third coordinate.

    Args:
        transform: Shape (n_frames, 3, 3).
        points: Shape (n_frames, n, 2), or (n, 2) for the same points in all frames.

    Returns:
        Shape (n_frames, n, 2), float64.
    """
    if points.ndim == 2:
        points = np.broadcast_to(points, (len(transform), *points.shape))
    mapped = points @ transform[:, :2, :2].transpose(0, 2, 1) + transform[:, None, :2, 2]
    depth = points @ transform[:, 2, :2, None] + transform[:, 2, 2, None, None]
    return mapped / depth


class Camera:
    """A moving camera: pan, zoom and roll shared by all layers, pan scaled by a layer's nearness.

    Args:
        rng: Source of randomness.
        n_frames: Length.
        size: (width, height) of the frame in pixels.
        speed: 0 for a fixed camera, 1 for the ordinary hand-held one.
    """

    def __init__(self, rng: Rng, n_frames: int, size: tuple[int, int], speed: float) -> None:
        width, height = size
        self._pan_x = smooth_curve(rng, n_frames, 12 * speed, drift=55 * speed)
        self._pan_y = smooth_curve(rng, n_frames, 6 * speed, drift=15 * speed)
        shake = rng.normal(0, 0.7 * speed, (2, n_frames)) if rng.random() < 0.3 else np.zeros((2, n_frames))
        self._pan_x, self._pan_y = self._pan_x + shake[0], self._pan_y + shake[1]
        zoom = np.exp(smooth_curve(rng, n_frames, 0.03 * speed, drift=0.15 * speed))
        roll = smooth_curve(rng, n_frames, 0.02 * speed, drift=0.08 * speed)
        lens = rotation(roll, n_frames) @ scaling(zoom, zoom, n_frames)
        self._lens = around((width / 2, height / 2), lens)
        self._n_frames = n_frames

    def layer(self, nearness: float) -> Transforms:
        """Give the world-to-screen transform of a layer; nearness 1 is the background plane."""
        pan = translation(self._pan_x * nearness, self._pan_y * nearness, self._n_frames)
        return self._lens @ pan
