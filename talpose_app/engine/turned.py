"""What labels look like when their frame is turned: features of a network do not turn with the picture.

A frame is turned in steps of a sixteenth, the middle of its labels brought to the middle, and encoded anew.
What was made is kept for the next run.

Letters: K turned labels, S window side, C channels.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from talpose_app.engine.cotracker3.network import CoTracker3
from talpose_app.engine.cotracker3.windows import sample_windows
from talpose_app.engine.encoding import encode_frames
from talpose_app.engine.frames import FrameSource
from talpose_app.engine.workers import Workers
from talpose_app.model.arrays import Frame

#: Steps of a whole turn. Features bear half a step of 11 degrees without loss.
N_TURNS = 16

#: Windows reach this far around their label, feature pixels.
RADIUS = 1

#: Frames turned and encoded together.
_CHUNK = 16

#: Windows kept, those wanted last: some 50 MB of the built-in tracker.
_MAX_KEPT = 20_000


@dataclass(frozen=True, slots=True)
class TurnedLabel:
    """A label and by how much its frame is turned.

    Attributes:
        frame_idx: Frame of the video.
        turn: Steps, from x towards y, in [0, N_TURNS).
        x: Image pixels.
        y: Image pixels.
    """

    frame_idx: int
    turn: int
    x: float
    y: float


class TurnedLooks:
    """Windows at labels of turned frames, made when they are wanted.

    Args:
        network: Gives the features; in evaluation mode, on its device.
        source: Gives the frames.
        size: (height, width) the encoder is to see.
        scale: Feature pixels in an image pixel, (x, y).
        workers: Take a frame each.
    """

    def __init__(
        self,
        network: CoTracker3,
        source: FrameSource,
        size: tuple[int, int],
        scale: NDArray[np.float64],
        workers: Workers,
    ) -> None:
        self._network, self._source, self._size = network, source, size
        self._scale, self._workers = scale, workers
        self._known: OrderedDict[TurnedLabel, Tensor] = OrderedDict()

    def windows(self, labels: Sequence[TurnedLabel], each_part: Callable[[float], None]) -> Tensor:
        """Windows of the finest features at labels, shape (K, S*S, C).

        Args:
            labels: Wanted.
            each_part: Called with the share done; may raise to stop.
        """
        missing: dict[tuple[int, int], list[TurnedLabel]] = {}
        for label in labels:
            if label not in self._known:
                missing.setdefault((label.frame_idx, label.turn), []).append(label)
        pictures = [one for key in sorted(missing) for one in _pictures(missing[key], self._source.size)]
        for first in range(0, len(pictures), _CHUNK):
            each_part(first / len(pictures))
            self._make(pictures[first : first + _CHUNK])
        if not labels:
            return torch.zeros(0, (2 * RADIUS + 1) ** 2, self._network.config.latent_dim, device=self._device)
        windows = torch.stack([self._known[label] for label in labels])
        for label in labels:
            self._known.move_to_end(label)
        while len(self._known) > _MAX_KEPT:
            self._known.popitem(last=False)
        return windows

    @property
    def _device(self) -> torch.device:
        return self._network.time_emb.device

    def _make(self, pictures: Sequence[_Picture]) -> None:
        maps = encode_frames(self._network, self._turned(pictures), self._size, self._workers)
        for picture, features in zip(pictures, maps, strict=True):
            at = torch.from_numpy(picture.places() * self._scale).float().to(self._device)
            here = torch.from_numpy(features).float().to(self._device)[None]
            frame_idx = torch.zeros(len(at), dtype=torch.int64, device=self._device)
            windows = sample_windows(here, frame_idx, at, RADIUS)
            self._known.update(zip(picture.labels, windows, strict=True))

    def _turned(self, pictures: Sequence[_Picture]) -> Iterator[Frame]:
        frame_idx, frame = -1, None
        for picture in pictures:
            if picture.labels[0].frame_idx != frame_idx or frame is None:
                frame_idx = picture.labels[0].frame_idx
                (frame,) = self._source.color(frame_idx, frame_idx + 1)
            yield picture.of(frame)


@dataclass(frozen=True, slots=True)
class _Picture:
    """A frame turned about the middle of some labels, which comes to lie in the middle of the picture.

    Attributes:
        labels: Of one frame and turn.
        matrix: Takes (x, y, 1) of the frame to (x, y) of the picture, shape (2, 3).
    """

    labels: Sequence[TurnedLabel]
    matrix: NDArray[np.float64]

    @classmethod
    def around(cls, labels: Sequence[TurnedLabel], size: tuple[int, int]) -> _Picture:
        angle = labels[0].turn * (2 * np.pi / N_TURNS)
        turn = np.array([(np.cos(angle), -np.sin(angle)), (np.sin(angle), np.cos(angle))])
        middle = np.mean([(label.x, label.y) for label in labels], axis=0)
        return cls(labels, np.column_stack((turn, (np.array(size) - 1) / 2 - turn @ middle)))

    def places(self) -> NDArray[np.float64]:
        """Where the labels lie in the picture, (n, 2)."""
        return np.array([(label.x, label.y, 1.0) for label in self.labels]) @ self.matrix.T

    def of(self, frame: Frame) -> Frame:
        """The picture of the frame."""
        height, width = frame.shape[:2]
        mode = cv2.BORDER_REFLECT_101
        turned = cv2.warpAffine(frame, self.matrix, (width, height), flags=cv2.INTER_LINEAR, borderMode=mode)
        return np.asarray(turned, np.uint8)


def _pictures(labels: Sequence[TurnedLabel], size: tuple[int, int]) -> list[_Picture]:
    """Pictures of one frame that together show all labels."""
    around = _Picture.around(labels, size)
    places = around.places()
    is_inside = ((places >= 0.0) & (places <= np.array(size) - 1.0)).all(axis=-1)
    if is_inside.all() or len(labels) == 1:
        return [around]
    # Those that fall out have pictures of their own; if all do, the first one leaves the others alone.
    kept = set(np.flatnonzero(is_inside).tolist()) or {0}
    inside = [label for order, label in enumerate(labels) if order in kept]
    outside = [label for order, label in enumerate(labels) if order not in kept]
    return [*_pictures(inside, size), *_pictures(outside, size)]
