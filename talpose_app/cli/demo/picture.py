"""The picture of before and after: the frame that gained most, error over time, scores, loss."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from talpose_app.cli.demo.canvas import Canvas
from talpose_app.cli.demo.overlay import Drawing, draw
from talpose_app.model.arrays import Frame
from talpose_app.tracking.scoring import Score, distances

WIDTH, HEIGHT = 1600, 1040
_MARGIN, _GAP = 48, 32
_BACKGROUND, _CARD, _LINE = "#11151a", "#1a2027", "#2c353f"
_INK, _MUTED, _ERROR = "#eef2f5", "#94a1ad", "#ff5a4f"
_PANEL_TOP, _PANEL_HEIGHT = 150, 470
_CARD_TOP = 692


@dataclass(frozen=True, slots=True, eq=False)
class Method:
    """One way to get tracks, with how well it does.

    Attributes:
        title: As shown.
        color: ``#RRGGBB``.
        positions: Shape (n_frames, n_points, 2), image pixels.
        score: Against the truth.
    """

    title: str
    color: str
    positions: NDArray[np.floating]
    score: Score


@dataclass(frozen=True, slots=True, eq=False)
class Story:
    """Everything the picture tells.

    Attributes:
        title: First line.
        subtitle: Second line.
        methods: In the order of the bars; the last two are compared in the panels.
        before: Overlay of the last method but one.
        after: Overlay of the last method.
        truth: Shape (n_frames, n_points, 2), image pixels.
        mask: What is scored, shape (n_frames, n_points), bool.
        label_frames: Frames that hold labels.
        losses: One a step.
    """

    title: str
    subtitle: str
    methods: tuple[Method, ...]
    before: Drawing
    after: Drawing
    truth: NDArray[np.float64]
    mask: NDArray[np.bool_]
    label_frames: tuple[int, ...]
    losses: tuple[float, ...]


def most_improved_frame(
    before: Method, after: Method, truth: NDArray[np.float64], mask: NDArray[np.bool_]
) -> int:
    """Find the frame where the mean distance to the truth fell most.

    Args:
        before: The worse method.
        after: The better one.
        truth: Shape (n_frames, n_points, 2), image pixels.
        mask: What is scored, shape (n_frames, n_points).
    """
    gain = _mean_errors(before, truth, mask) - _mean_errors(after, truth, mask)
    return int(np.argmax(np.where(np.isfinite(gain), gain, -np.inf)))


def _mean_errors(method: Method, truth: NDArray[np.float64], mask: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Mean distance of each frame's scored points; shape (n_frames,), NaN where none is scored."""
    errors = distances(method.positions, truth)
    counted = mask & np.isfinite(errors)
    totals, counts = np.where(counted, errors, 0.0).sum(axis=1), counted.sum(axis=1)
    return np.where(counts > 0, totals / np.maximum(counts, 1), np.nan)


def compose(story: Story, frame: Frame, frame_idx: int) -> Canvas:
    """Draw the picture.

    Args:
        story: What it tells.
        frame: The frame of the panels.
        frame_idx: Its index.
    """
    canvas = Canvas.blank(WIDTH, HEIGHT, _BACKGROUND)
    canvas.text(story.title, _MARGIN, 72, _INK, 36, is_bold=True)
    canvas.text(story.subtitle, _MARGIN, 112, _MUTED, 20)
    panel_width = (WIDTH - 2 * _MARGIN - _GAP) // 2
    window = _crop(story, frame_idx, frame.shape[1], frame.shape[0], panel_width / _PANEL_HEIGHT)
    for column, drawing in enumerate((story.before, story.after)):
        left = _MARGIN + column * (panel_width + _GAP)
        canvas.paste(_panel(story, drawing, frame, frame_idx, window, panel_width), left, _PANEL_TOP)
        method = story.methods[column - 2]
        error = float(_mean_errors(method, story.truth, story.mask)[frame_idx])
        baseline = _PANEL_TOP + _PANEL_HEIGHT + 36
        end = canvas.text(method.title, left, baseline, method.color, 22, is_bold=True)
        canvas.text(
            f"frame {frame_idx}, {error:.1f} px from the truth on average (red lines)",
            end + 14,
            baseline,
            _MUTED,
            20,
        )
    split = _MARGIN + round((WIDTH - 2 * _MARGIN - _GAP) * 0.58)
    _draw_errors(canvas, story, (_MARGIN, _CARD_TOP, split, HEIGHT - _MARGIN))
    _draw_scores(canvas, story, (split + _GAP, _CARD_TOP, WIDTH - _MARGIN, HEIGHT - _MARGIN))
    return canvas


_Box = tuple[int, int, int, int]


def _crop(story: Story, frame_idx: int, width: int, height: int, aspect: float) -> tuple[float, float, float]:
    """The window of the frame that holds the animal: (left, top, width) in image pixels."""
    shown = np.concatenate([story.truth[frame_idx], *(m.positions[frame_idx] for m in story.methods[-2:])])
    shown = shown[np.isfinite(shown).all(axis=1)]
    low, high = (
        (shown.min(axis=0), shown.max(axis=0)) if len(shown) else (np.zeros(2), np.array([width, height]))
    )
    extent = (high - low) * 1.2 + 20
    crop_width = min(max(extent[0], extent[1] * aspect), width, height * aspect)
    crop_height = crop_width / aspect
    center = (low + high) / 2
    left = float(np.clip(center[0] - crop_width / 2, 0, width - crop_width))
    top = float(np.clip(center[1] - crop_height / 2, 0, height - crop_height))
    return left, top, float(crop_width)


def _panel(
    story: Story,
    drawing: Drawing,
    frame: Frame,
    frame_idx: int,
    window: tuple[float, float, float],
    panel_width: int,
) -> Frame:
    """One frame, cropped and enlarged, with the overlay and a line from every point to where it should be."""
    left, top, crop_width = window
    scale = panel_width / crop_width
    whole = Canvas(Canvas(frame).scaled(round(frame.shape[1] * scale), round(frame.shape[0] * scale)))
    truth = (story.truth[frame_idx] + 0.5) * scale - 0.5
    found = (drawing.positions[frame_idx] + 0.5) * scale - 0.5
    draw(whole, drawing, frame_idx, scale, trails=False)
    for idx in np.flatnonzero(story.mask[frame_idx]):
        if np.isfinite(found[idx]).all() and np.hypot(*(found[idx] - truth[idx])) > 6:
            whole.line(found[idx], truth[idx], _ERROR, 3)
            whole.disc(truth[idx], 3.5, _ERROR)
    x, y = round(left * scale), round(top * scale)
    x, y = min(x, whole.width - panel_width), min(y, whole.height - _PANEL_HEIGHT)
    return whole.pixels[y : y + _PANEL_HEIGHT, x : x + panel_width]


def _draw_errors(canvas: Canvas, story: Story, box: _Box) -> None:
    """Mean distance to the truth over the frames, a line a method; diamonds where labels are."""
    left, top, right, bottom = box
    canvas.box(left, top, right, bottom, _CARD, 14)
    canvas.text("Distance to the truth over time, px", left + 28, top + 42, _INK, 20, is_bold=True)
    x0, x1, y0, y1 = left + 76, right - 32, bottom - 48, top + 72
    series = [(m, _mean_errors(m, story.truth, story.mask)) for m in story.methods]
    limit = _axis_limit([errors for _, errors in series])
    for step in range(5):
        y = y0 + (y1 - y0) * step / 4
        canvas.line((x0, y), (x1, y), _LINE)
        canvas.text_right(f"{limit * step / 4:g}", x0 - 14, y + 6, _MUTED, 16)
    n_frames = len(story.truth)
    across = x0 + (x1 - x0) * np.arange(n_frames) / max(n_frames - 1, 1)
    for method, errors in series:
        # At labeled frames nothing is scored: the line goes on from neighbor to neighbor.
        known = np.isfinite(errors)
        down = y0 + (y1 - y0) * np.minimum(errors[known], limit) / limit
        thickness = 3 if method in story.methods[-2:] else 2
        canvas.polyline(np.stack([across[known], down], axis=1), method.color, thickness)
    for frame_idx in story.label_frames:
        canvas.diamond((float(across[frame_idx]), y0), 8, _CARD)
        canvas.diamond((float(across[frame_idx]), y0), 6, _INK)
    canvas.text("0", x0 - 4, y0 + 32, _MUTED, 16)
    canvas.text_right(f"frame {n_frames - 1}", x1, y0 + 32, _MUTED, 16)
    canvas.diamond(((x0 + x1) / 2 - 40, y0 + 26), 6, _INK)
    canvas.text("labels", (x0 + x1) / 2 - 26, y0 + 32, _MUTED, 16)


def _axis_limit(series: Sequence[NDArray[np.float64]]) -> float:
    """Top of the error axis: room for the last two methods; a far worse one may leave the picture."""
    compared = np.concatenate([errors[np.isfinite(errors)] for errors in series[-2:]])
    every = np.concatenate([errors[np.isfinite(errors)] for errors in series])
    return _round_up(max(float(compared.max()), float(np.quantile(every, 0.8)))) if compared.size else 1.0


def _draw_scores(canvas: Canvas, story: Story, box: _Box) -> None:
    """A bar a method, and below them how the loss fell."""
    left, top, right, bottom = box
    canvas.box(left, top, right, bottom, _CARD, 14)
    canvas.text("Within 1 to 16 px of the truth (delta_avg)", left + 28, top + 42, _INK, 20, is_bold=True)
    x0, x1 = left + 28, right - 28
    for row, method in enumerate(story.methods):
        y = top + 66 + row * 44
        share = method.score.delta_avg
        canvas.text(method.title, x0, y + 22, _INK, 18)
        bar_left, bar_right = x0 + 136, x1 - 168
        canvas.box(bar_left, y + 6, bar_right, y + 26, _LINE, 10)
        canvas.box(
            bar_left, y + 6, bar_left + max(20, (bar_right - bar_left) * share), y + 26, method.color, 10
        )
        canvas.text_right(f"{share:.1%}", x1 - 84, y + 22, _INK, 18, is_bold=True)
        canvas.text_right(f"{method.score.median_px:.2f} px", x1, y + 22, _MUTED, 18)
    below = top + 66 + len(story.methods) * 44 + 14
    _draw_losses(canvas, story.losses, (x0, below, x1, bottom - 24))


def _draw_losses(canvas: Canvas, losses: Sequence[float], box: _Box) -> None:
    left, top, right, bottom = box
    canvas.line((left, top), (right, top), _LINE)
    canvas.text("Loss of each step", left, top + 34, _MUTED, 18)
    if len(losses) < 2:
        return
    values = np.array(losses, np.float64)
    low, high = float(np.nanmin(values)), float(np.nanmax(values))
    across = np.linspace(left + 172, right - 8, len(values))
    down = bottom - 8 - (values - low) / max(high - low, 1e-12) * (bottom - top - 34)
    canvas.polyline(np.stack([across, down], axis=1), _INK, 2)
    for x, y in zip(across, down, strict=True):
        canvas.disc((float(x), float(y)), 3.5, _INK)
    canvas.text(f"{values[0]:.3g} to {values[-1]:.3g}", left, top + 62, _INK, 18)


def _round_up(value: float) -> float:
    """The next number of a series whose quarters read well on four grid lines."""
    power = 10.0 ** np.floor(np.log10(max(value, 1e-6)))
    return next(
        float(step * power) for step in (1, 1.2, 1.6, 2, 2.4, 3.2, 4, 6, 8, 10) if value <= step * power
    )
