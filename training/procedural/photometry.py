"""What a camera and a codec do to a clean picture: tone, flicker, shadow, blur, noise, JPEG."""

from typing import TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from training.procedural.motion import smooth_curve
from training.procedural.textures import fractal_noise

Rng: TypeAlias = np.random.Generator

#: One field of noise serves a clip; each frame takes it at another offset below this many pixels.
GRAIN = 64


class Photometry:
    """One recording's look, drawn once and applied frame by frame.

    Args:
        rng: Source of randomness.
        n_frames: Length.
        size: (width, height) of the frame in pixels.
        is_grey: Take the color away.
    """

    def __init__(self, rng: Rng, n_frames: int, size: tuple[int, int], *, is_grey: bool) -> None:
        self._rng, self._size, self._is_grey = rng, size, is_grey
        self._gain = np.exp(rng.normal(0, 0.15) + smooth_curve(rng, n_frames, 0.04, drift=0.08))
        if rng.random() < 0.2:
            self._gain *= np.exp(rng.normal(0, 0.06, n_frames))
        self._gamma = float(np.exp(rng.normal(0, 0.2)))
        self._lift = rng.normal(0, 10, 3) if not is_grey else np.full(3, rng.normal(0, 12))
        self._blur = float(rng.choice([0, 0, 0.5, 0.8, 1.2]))
        self._noise = float(rng.choice([0, 2, 4, 7, 12]))
        self._ramp = np.linspace(0, 1, 256)
        channels = 1 if is_grey else 3
        grain = rng.standard_normal((size[1] + GRAIN, size[0] + GRAIN, channels), np.float32) * self._noise
        self._grain = np.repeat(grain, 3, -1) if is_grey else grain
        self._quality = int(rng.integers(25, 95)) if rng.random() < 0.6 else 0
        self._shadow = None
        if rng.random() < 0.25:
            width, height = size
            mask = fractal_noise(rng, height, 2 * width, rng.uniform(40, 90))
            self._shadow = 1 - rng.uniform(0.2, 0.5) * np.clip((mask - 0.5) * 8, 0, 1)
            self._drift = rng.uniform(0, 5)

    def apply(self, clean: NDArray[np.float32], frame_idx: int) -> NDArray[np.uint8]:
        """Give the recorded frame.

        Args:
            clean: Shape (height, width, 3), float32, 0..255.
            frame_idx: Which frame of the clip.

        Returns:
            Same shape, uint8.
        """
        frame = clean
        if self._shadow is not None:
            left = int(self._drift * frame_idx) % self._size[0]
            frame = frame * self._shadow[:, left : left + self._size[0], None]
        if self._is_grey:
            frame = np.repeat(frame.mean(-1, keepdims=True), 3, -1)
        if self._blur:
            frame = cv2.GaussianBlur(frame, (0, 0), self._blur)
        toned = cv2.convertScaleAbs(frame)
        curve = 255 * self._gain[frame_idx] * self._ramp[:, None] ** self._gamma + self._lift
        frame = cv2.LUT(toned, curve[None].astype(np.float32))
        if self._noise:
            top, left = self._rng.integers(0, GRAIN, 2)
            grain = self._grain[top : top + frame.shape[0], left : left + frame.shape[1]]
            frame = cv2.add(frame, grain, dtype=cv2.CV_32F)
        out = np.clip(frame, 0, 255).astype(np.uint8)
        if not self._quality:
            return out
        coded = cv2.imencode(".jpg", out, [cv2.IMWRITE_JPEG_QUALITY, self._quality])[1]
        return np.asarray(cv2.imdecode(coded, cv2.IMREAD_COLOR), np.uint8)
