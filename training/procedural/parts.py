"""One textured part of a scene: how it is drawn into a frame and where its points go."""

from dataclasses import dataclass
from typing import TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from training.procedural.motion import Transforms, apply

Rng: TypeAlias = np.random.Generator


@dataclass(frozen=True, slots=True)
class Ripple:
    """A smooth deformation of the part's own plane: a few travelling sine waves.

    `wave` (k, 2) in radians per pixel, `phase` and `omega` (k,), `sway` (k, 2) in pixels.
    """

    wave: NDArray[np.float64]
    phase: NDArray[np.float64]
    omega: NDArray[np.float64]
    sway: NDArray[np.float64]

    def shift(self, points: NDArray[np.float64], frame_idx: int) -> NDArray[np.float64]:
        """Give the displacement at points (..., 2) of the part's plane, same shape, in pixels."""
        angle = points @ self.wave.T + self.phase + self.omega * frame_idx
        return np.sin(angle) @ self.sway


def random_ripple(rng: Rng, extent: float, strength: float) -> Ripple:
    """Draw a ripple whose waves are about `extent` long and which never folds the plane.

    Args:
        rng: Source of randomness.
        extent: Size of the part in pixels.
        strength: 0..1, 1 being the largest slope allowed.
    """
    angle = rng.uniform(0, 2 * np.pi, 2)
    frequency = 2 * np.pi / (extent * rng.uniform(0.6, 2.0, 2))
    wave = np.stack([np.cos(angle), np.sin(angle)], 1) * frequency[:, None]
    turn = rng.uniform(0, 2 * np.pi, 2)
    sway = np.stack([np.cos(turn), np.sin(turn)], 1) * (0.2 * strength / frequency)[:, None]
    return Ripple(wave, rng.uniform(0, 2 * np.pi, 2), rng.uniform(-0.35, 0.35, 2), sway)


@dataclass(frozen=True, slots=True)
class Part:
    """A flat textured piece.

    Attributes:
        patch: Premultiplied color and opacity, shape (h, w, 4), float32; color 0..255, opacity 0..1.
        pose: Patch pixels to screen pixels, (n_frames, 3, 3).
        ripple: Deformation in patch pixels, or None.
        solid: False for what hides nothing (a soft shadow): it leaves the id buffer alone.
        endless: The patch goes on beyond its border, mirrored: a background.
    """

    patch: NDArray[np.float32]
    pose: Transforms
    ripple: Ripple | None = None
    solid: bool = True
    endless: bool = False

    def project(self, points: NDArray[np.float64]) -> NDArray[np.float64]:
        """Give the screen positions, (n_frames, n, 2), of patch points (n, 2).

        Drawing looks up `u = v - shift(v)`; here v is found from u by fixed-point iteration, which
        converges because a ripple's slope stays below one half.
        """
        n_frames = len(self.pose)
        if self.ripple is None:
            return apply(self.pose, points)
        moved = np.repeat(points[None], n_frames, 0)
        for frame_idx in range(n_frames):
            for _ in range(25):
                moved[frame_idx] = points + self.ripple.shift(moved[frame_idx], frame_idx)
        return apply(self.pose, moved)

    def locate(self, position: NDArray[np.float64], frame_idx: int) -> NDArray[np.float64]:
        """Give the patch point (2,) seen at a screen position (2,) in one frame."""
        back = np.asarray(np.linalg.inv(self.pose[frame_idx]), np.float64)
        plane = apply(back[None], position[None])[0, 0]
        return plane if self.ripple is None else plane - self.ripple.shift(plane, frame_idx)

    def draw(self, canvas: NDArray[np.float32], ids: NDArray[np.int16], part_id: int, frame_idx: int) -> None:
        """Draw the part over a frame and write its id where it is more opaque than not.

        Args:
            canvas: Shape (height, width, 3), float32, changed in place.
            ids: Shape (height, width), int16, changed in place.
            part_id: Number written into `ids`.
            frame_idx: Which frame's pose.
        """
        pose = self.pose[frame_idx]
        box = self._box(pose, canvas.shape[1], canvas.shape[0])
        if box is None:
            return
        left, top, right, bottom = box
        layer = self._sample(pose, box, frame_idx)
        if self.endless:
            canvas[:], ids[:] = layer[:, :, :3], part_id
            return
        opacity = layer[:, :, 3:]
        region = canvas[top:bottom, left:right]
        region *= 1.0 - opacity
        region += layer[:, :, :3]
        if self.solid:
            ids[top:bottom, left:right][opacity[:, :, 0] > 0.5] = part_id

    def _box(self, pose: NDArray[np.float64], width: int, height: int) -> tuple[int, int, int, int] | None:
        if self.endless:
            return (0, 0, width, height)
        h, w = self.patch.shape[:2]
        margin = 0.0 if self.ripple is None else float(np.abs(self.ripple.sway).sum())
        corners = np.array([[-1, -1], [w, -1], [-1, h], [w, h]], np.float64)
        corners += np.sign(corners) * margin
        seen = apply(pose[None], corners)[0]
        left, top = np.floor(seen.min(0)).astype(int)
        right, bottom = np.ceil(seen.max(0)).astype(int) + 1
        left, top, right, bottom = max(left, 0), max(top, 0), min(right, width), min(bottom, height)
        return None if left >= right or top >= bottom else (int(left), int(top), int(right), int(bottom))

    def _sample(
        self, pose: NDArray[np.float64], box: tuple[int, int, int, int], frame_idx: int
    ) -> NDArray[np.float32]:
        left, top, right, bottom = box
        size = (right - left, bottom - top)
        border = cv2.BORDER_REFLECT_101 if self.endless else cv2.BORDER_CONSTANT
        offset = np.array([[1, 0, -left], [0, 1, -top], [0, 0, 1]], np.float64)
        if self.ripple is None:
            warped = cv2.warpPerspective(
                self.patch, offset @ pose, size, flags=cv2.INTER_LINEAR, borderMode=border
            )
            return warped.astype(np.float32, copy=False)
        ys, xs = np.mgrid[top:bottom, left:right].astype(np.float64)
        inverse: NDArray[np.float64] = np.linalg.inv(pose).astype(np.float64)
        plane = apply(inverse[None], np.stack([xs, ys], -1).reshape(-1, 2))[0]
        source = (plane - self.ripple.shift(plane, frame_idx)).reshape(*xs.shape, 2).astype(np.float32)
        return cv2.remap(
            self.patch, source[..., 0].copy(), source[..., 1].copy(), cv2.INTER_LINEAR, borderMode=border
        ).astype(np.float32, copy=False)


def make_patch(color: NDArray[np.float32], opacity: NDArray[np.float32]) -> NDArray[np.float32]:
    """Join color (h, w, 3) and opacity (h, w) into a premultiplied patch (h, w, 4)."""
    return np.concatenate([color * opacity[..., None], opacity[..., None]], -1).astype(np.float32)
