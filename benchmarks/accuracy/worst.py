"""Pictures of what went most wrong: the frame with a method's largest error, truth and prediction on it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from benchmarks.accuracy.clips import Clip, clip_content, load_clip, read_frames
from benchmarks.accuracy.results import Result
from benchmarks.accuracy.tables import clips_of
from talpose_app.errors import UsageError

_WIDTH = 640
_JPEG_QUALITY = 80

#: RGB; told apart by the color-blind too, and by shape.
_TRUTH, _PREDICTED, _LINK, _EDGE = (86, 220, 255), (255, 145, 20), (255, 255, 255), (0, 0, 0)

#: OpenCV draws on a grid this many bits finer than pixels.
_SHIFT = 4

_Picture = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class WorstFrame:
    """One picture.

    Attributes:
        method: Whose prediction it shows.
        caption: Frame, keypoint and error of the farthest point.
        jpeg: The picture.
    """

    method: str
    caption: str
    jpeg: bytes


def worst_frames(results: Sequence[Result], folder: Path) -> dict[str, list[WorstFrame]]:
    """Picture the worst frame of each result, by clip; clips that are gone or changed are left out.

    Args:
        results: Of one protocol.
        folder: Of the clips.
    """
    pictures: dict[str, list[WorstFrame]] = {}
    for name in clips_of(results):
        rows = [result for result in results if result.key.clip == name]
        clip = _same_clip(folder / name, rows[0].key.content)
        if clip is not None:
            found = [_worst(clip, result) for result in rows]
            pictures[name] = [picture for picture in found if picture is not None]
    return pictures


def _same_clip(folder: Path, content: str) -> Clip | None:
    try:
        return load_clip(folder) if clip_content(folder) == content else None
    except UsageError:
        return None


def _worst(clip: Clip, result: Result) -> WorstFrame | None:
    """The frame of the largest error; None where nothing was predicted."""
    errors = np.where(np.isfinite(result.points.errors_px), result.points.errors_px, -1.0)
    if not len(errors) or errors.max() < 0:
        return None
    row = int(errors.argmax())
    frame_idx = result.points.frame[row]
    name = clip.keypoints[result.points.point[row]]
    caption = f"{result.key.method}: frame {frame_idx}, {name} is {errors[row]:.1f} px off"
    picture = _drawn(clip, result, frame_idx, row)
    is_encoded, data = cv2.imencode(".jpg", picture[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, _JPEG_QUALITY])
    return WorstFrame(result.key.method, caption, data.tobytes()) if is_encoded else None


def _drawn(clip: Clip, result: Result, frame_idx: int, worst_row: int) -> _Picture:
    """The frame at a common width with every scored point of it, the worst one last and larger."""
    scale = _WIDTH / clip.size[0]
    size = (_WIDTH, round(clip.size[1] * scale))
    resized = cv2.resize(read_frames(clip.video)[frame_idx], size, interpolation=cv2.INTER_AREA)
    picture = np.array(resized, np.uint8)
    points = result.points
    rows = [row for row, frame in enumerate(points.frame) if frame == frame_idx and row != worst_row]
    for row in (*rows, worst_row):
        predicted = (points.x[row], points.y[row])
        truth = clip.positions[frame_idx, points.point[row]]
        _draw_point(picture, truth, np.array(predicted, np.float64), scale, is_worst=row == worst_row)
    return picture


def _draw_point(
    picture: _Picture,
    truth: NDArray[np.float64],
    predicted: NDArray[np.float64],
    scale: float,
    *,
    is_worst: bool,
) -> None:
    """A ring at the truth, a cross at the prediction and a line between, dark edges around all."""
    radius, width = (9, 2) if is_worst else (5, 1)
    at = _fine((truth + 0.5) * scale)
    to = _fine((predicted + 0.5) * scale) if np.isfinite(predicted).all() else None
    for edge, colors in ((2, (_EDGE, _EDGE, _EDGE)), (0, (_LINK, _TRUTH, _PREDICTED))):
        link, ring, cross = colors
        if to is not None:
            cv2.line(picture, at, to, link, 1 + edge, cv2.LINE_AA, _SHIFT)
        cv2.circle(picture, at, radius << _SHIFT, ring, width + edge, cv2.LINE_AA, _SHIFT)
        if to is not None:
            arm = (radius - 2) << _SHIFT
            for dx, dy in ((arm, arm), (arm, -arm)):
                start, stop = (to[0] - dx, to[1] - dy), (to[0] + dx, to[1] + dy)
                cv2.line(picture, start, stop, cross, width + edge, cv2.LINE_AA, _SHIFT)


def _fine(point: NDArray[np.float64]) -> tuple[int, int]:
    """A position in drawing units; far beyond any frame where the prediction is wild."""
    x, y = np.clip((point - 0.5) * (1 << _SHIFT), -1e6, 1e6).round().astype(int).tolist()
    return x, y
