"""A made video of any length: a texture that sways and turns a little, so that labels are known exactly."""

from __future__ import annotations

import math
from collections.abc import Iterable
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from talpose_app.model.label import Label, PointId
from talpose_app.tracking.labels import LabelTable
from talpose_app.video.write import VideoWriter

#: (width, height) of a frame.
SIZE = (640, 480)

_MARGIN = 80


def write_video(path: Path, n_frames: int, seed: int = 0) -> None:
    """Write the video; frames depend on their number and the seed alone."""
    rng = np.random.default_rng(seed)
    width, height = SIZE
    noise = rng.uniform(0, 255, (height + 2 * _MARGIN, width + 2 * _MARGIN, 3)).astype(np.float32)
    texture = np.asarray(cv2.normalize(cv2.GaussianBlur(noise, (0, 0), 4), noise, 0, 255, cv2.NORM_MINMAX))
    texture = texture.astype(np.uint8)
    writer = VideoWriter(path, SIZE, 30.0, crf=23)
    for frame_idx in range(n_frames):
        move = _motion(frame_idx)
        move[:, 2] -= move[:, :2] @ np.full(2, float(_MARGIN))
        writer.write(np.asarray(cv2.warpAffine(texture, move, SIZE), np.uint8))
    writer.close()


def positions(frames: NDArray[np.int64], n_points: int) -> NDArray[np.float64]:
    """Where points are, shape (n_frames, n_points, 2), image pixels."""
    columns = math.ceil(math.sqrt(n_points))
    rows = math.ceil(n_points / columns)
    grid = [
        ((column + 1) / (columns + 1), (row + 1) / (rows + 1))
        for row in range(rows)
        for column in range(columns)
    ]
    homes = np.array(grid[:n_points]) * SIZE
    moves = np.stack([_motion(int(frame)) for frame in frames])
    return np.einsum("tij,nj->tni", moves[..., :2], homes) + moves[:, None, :, 2]


def labels_of(truth: NDArray[np.float64], every: int, more: Iterable[tuple[int, int]] = ()) -> LabelTable:
    """Labels at the truth.

    Args:
        truth: Shape (n_frames, n_points, 2).
        every: Frames between the labels of every point.
        more: Further ones, (frame, point).
    """
    n_frames, n_points = truth.shape[:2]
    places = {(frame, point) for frame in range(0, n_frames, every) for point in range(n_points)}
    points = [PointId(1, idx + 1) for idx in range(n_points)]
    labels = [
        Label(points[point], frame, float(truth[frame, point, 0]), float(truth[frame, point, 1]))
        for frame, point in places.union(more)
    ]
    return LabelTable.from_labels(points, labels)


def _motion(frame_idx: int) -> NDArray[np.float64]:
    """From the place at rest to the place at a frame, shape (2, 3), image pixels."""
    angle = 0.04 * math.sin(frame_idx / 23)
    shift = np.array((30 * math.sin(frame_idx / 9), 22 * math.cos(frame_idx / 14)))
    turn = np.array(((math.cos(angle), -math.sin(angle)), (math.sin(angle), math.cos(angle))))
    center = np.array(SIZE) / 2
    return np.column_stack((turn, center - turn @ center + shift))
