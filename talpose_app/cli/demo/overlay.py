"""The overlay: tracks with trails, skeleton and labels drawn over the video, and the file it goes into."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from talpose_app.cli.demo.canvas import Canvas, mixed
from talpose_app.model.arrays import Frame
from talpose_app.model.label import PointId
from talpose_app.model.project import Project

#: Frames a trail reaches back: long enough to show a step of a walk, short enough not to cover the animal.
TRAIL = 14
_DARK, _LIGHT = "#101418", "#ffffff"


@dataclass(frozen=True, slots=True, eq=False)
class Drawing:
    """Everything an overlay shows.

    Attributes:
        points: The points, in the order of the arrays' second axis.
        positions: What is drawn, labels over tracks; shape (n_frames, n_points, 2), float64, image pixels.
        is_seen: Shape (n_frames, n_points), bool; hidden points are drawn as rings.
        is_labeled: Shape (n_frames, n_points), bool; labels are drawn as diamonds.
        colors: ``#RRGGBB`` of each point.
        edges: Pairs of indices into the points.
    """

    points: tuple[PointId, ...]
    positions: NDArray[np.float64]
    is_seen: NDArray[np.bool_]
    is_labeled: NDArray[np.bool_]
    colors: tuple[str, ...]
    edges: tuple[tuple[int, int], ...]

    @classmethod
    def of(cls, project: Project) -> Drawing:
        """Collect a project's tracks, with the label wherever there is one."""
        points = tuple(point for point in project.points() if point in project.tracks)
        shape = (project.video.n_frames, len(points))
        positions, is_seen = np.full((*shape, 2), np.nan), np.zeros(shape, np.bool_)
        is_labeled = np.zeros(shape, np.bool_)
        for idx, point in enumerate(points):
            positions[:, idx] = project.tracks[point].positions
            is_seen[:, idx] = project.tracks[point].visibility
            for frame_idx, label in project.labels.get(point, {}).items():
                positions[frame_idx, idx] = label.x, label.y
                is_seen[frame_idx, idx] = label.visibility == "visible"
                is_labeled[frame_idx, idx] = True
        colors = tuple(project.skeleton.keypoint(point.keypoint_id).color for point in points)
        return cls(points, positions, is_seen, is_labeled, colors, _edges(project, points))


def _edges(project: Project, points: tuple[PointId, ...]) -> tuple[tuple[int, int], ...]:
    order = {point: idx for idx, point in enumerate(points)}
    pairs = [
        (PointId(individual.individual_id, a), PointId(individual.individual_id, b))
        for individual in project.individuals
        for a, b in project.skeleton.edges
    ]
    return tuple((order[a], order[b]) for a, b in pairs if a in order and b in order)


def draw(canvas: Canvas, drawing: Drawing, frame_idx: int, scale: float, *, trails: bool = True) -> None:
    """Draw one frame's overlay.

    Args:
        canvas: The frame, enlarged by ``scale``.
        drawing: What to draw.
        frame_idx: Which frame.
        scale: Canvas pixels per image pixel.
        trails: Whether to show where the points come from.
    """
    # A pixel's center is at whole numbers before and after scaling, hence the halves.
    at = (drawing.positions + 0.5) * scale - 0.5
    if trails:
        _draw_trails(canvas, at, drawing, frame_idx)
    _draw_edges(canvas, at[frame_idx], drawing)
    for idx, color in enumerate(drawing.colors):
        if np.isfinite(at[frame_idx, idx]).all():
            _draw_point(canvas, at[frame_idx, idx], color, drawing, (frame_idx, idx))


def _draw_trails(canvas: Canvas, at: NDArray[np.float64], drawing: Drawing, frame_idx: int) -> None:
    layer = canvas.copy()
    first = max(0, frame_idx - TRAIL)
    for idx, color in enumerate(drawing.colors):
        middle = (first + frame_idx) // 2
        layer.polyline(at[first : middle + 1, idx], color, 2)
        layer.polyline(at[middle : frame_idx + 1, idx], color, 3)
    canvas.blend(layer, 0.7)


def _draw_edges(canvas: Canvas, at: NDArray[np.float64], drawing: Drawing) -> None:
    layer = canvas.copy()
    for a, b in drawing.edges:
        layer.polyline(at[[a, b]], _DARK, 5)
        layer.polyline(at[[a, b]], mixed(drawing.colors[a], _LIGHT, 0.55), 2)
    canvas.blend(layer, 0.75)


def _draw_point(
    canvas: Canvas, at: NDArray[np.float64], color: str, drawing: Drawing, place: tuple[int, int]
) -> None:
    center = (float(at[0]), float(at[1]))
    if drawing.is_labeled[place]:
        canvas.diamond(center, 9, _DARK)
        canvas.diamond(center, 7.5, _LIGHT)
        canvas.diamond(center, 5, color if drawing.is_seen[place] else _DARK)
    elif drawing.is_seen[place]:
        canvas.disc(center, 6, _DARK)
        canvas.disc(center, 4.5, color)
    else:
        canvas.disc(center, 5.5, _DARK, 5)
        canvas.disc(center, 5.5, color, 2)


def enlargement(width: int, height: int) -> float:
    """How much to enlarge a video so that the overlay's lines are fine against the animal."""
    return max(1.0, min(3.0, 960 / width, 720 / height))


def frame_canvas(frame: Frame, scale: float) -> Canvas:
    """A frame enlarged, with even sides as video codecs want them."""
    height, width = frame.shape[:2]
    return Canvas(Canvas(frame).scaled(round(width * scale / 2) * 2, round(height * scale / 2) * 2))


def write_video(path: Path, frames: Iterable[Frame], fps: float) -> None:
    """Encode pictures as H.264 in MP4.

    Args:
        path: The file to write.
        frames: Each of shape (height, width, 3), uint8, RGB; even sides, all the same size.
        fps: Frames a second.
    """
    import av

    rate = Fraction(fps).limit_denominator(1001)
    with av.open(str(path), "w") as output:
        stream = None
        for frame in frames:
            if stream is None:
                stream = output.add_stream("libx264", rate=rate, options={"crf": "20", "preset": "veryfast"})
                stream.height, stream.width = frame.shape[:2]
                stream.pix_fmt = "yuv420p"
            output.mux(stream.encode(av.VideoFrame.from_ndarray(frame, format="rgb24")))
        if stream is not None:
            output.mux(stream.encode(None))
