"""Numbers as CSV cells: labels exactly, predictions as fine as they deserve."""

from __future__ import annotations

from math import isfinite
from typing import NamedTuple

from talpose_app.model.label import Label
from talpose_app.model.track import Track

#: Decimals of a predicted position: a thousandth of a pixel is far below what a tracker can tell.
POSITION_DECIMALS = 3

#: Decimals of a prediction's confidence.
CONFIDENCE_DECIMALS = 4


class PredictedCells(NamedTuple):
    """A prediction at one frame: position in image pixels and confidence as text, and whether it is seen."""

    x: str
    y: str
    confidence: str
    is_seen: bool


def label_cells(label: Label) -> tuple[str, str]:
    """Position of a label; ``repr`` gives the shortest digits that read back as the same float64.

    Returns:
        x and y in image pixels; empty when the point is absent.
    """
    return (repr(float(label.x)), repr(float(label.y))) if label.has_position else ("", "")


def predicted_cells(track: Track | None) -> dict[int, PredictedCells]:
    """Predictions by frame, where a track has a position."""
    if track is None:
        return {}
    # Lists of plain numbers: numpy's own scalars take several times as long to write.
    columns = (track.positions[:, 0], track.positions[:, 1], track.visibility, track.confidence)
    rows = enumerate(zip(*(column.tolist() for column in columns), strict=True))
    return {
        frame_idx: PredictedCells(
            f"{x:.{POSITION_DECIMALS}f}",
            f"{y:.{POSITION_DECIMALS}f}",
            f"{confidence:.{CONFIDENCE_DECIMALS}f}",
            is_seen,
        )
        for frame_idx, (x, y, is_seen, confidence) in rows
        if isfinite(x) and isfinite(y)
    }
