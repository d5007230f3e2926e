"""How near the truth tracks are after a correction: bent at once, and tracked again."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from benchmarks.accuracy.clips import TOLERANCE_SHARE
from benchmarks.instant.corrections import Correction
from benchmarks.instant.shapes import SHAPES, as_in_the_app, untouched
from talpose_app.model.arrays import Positions
from talpose_app.tracking.scoring import distances, score, shares_within

_AGAIN = "TRACK again, seconds later"


def tables(by_clip: Sequence[Sequence[Correction]]) -> str:
    """One table for each kind of correction: delta_avg by clip, means, and the share within tolerance."""
    titles = list(dict.fromkeys(one.title for found in by_clip for one in found))
    parts: list[str] = []
    for title in titles:
        rows = [one for found in by_clip for one in found if one.title == title]
        parts.append(f"{title}; frames scored: {', '.join(str(int(one.scored.sum())) for one in rows)}\n")
        parts.append(_table(rows))
    return "\n".join(parts)


def _table(rows: Sequence[Correction]) -> str:
    lines = [
        _line(["what the label does", *(one.clip.name for one in rows), "mean", "within tolerance"]),
        _line(["---"] * (len(rows) + 3)),
    ]
    answers = {name: [shape(one)[0] for one in rows] for name, shape in SHAPES.items()}
    for name, tracks in (answers | {_AGAIN: [one.retracked for one in rows]}).items():
        scores = [_delta_avg(one, track) for one, track in zip(rows, tracks, strict=True)]
        within = [_within(one, track) for one, track in zip(rows, tracks, strict=True)]
        cells = [f"{value:.3f}" for value in (*scores, float(np.mean(scores)), float(np.mean(within)))]
        lines.append(_line([name, *cells]))
    return "\n".join(lines) + "\n"


def confidence_table(by_clip: Sequence[Sequence[Correction]]) -> str:
    """Where the app's bend changed a confidence: what it says on average, and how often it is right."""
    kept = {"as the run said": untouched, "beside the label surer (the app)": as_in_the_app}
    lines = [_line(["confidence beside the label", "mean", "share right", "log loss"]), _line(["---"] * 4)]
    is_right = [_right(one, as_in_the_app(one)[0])[_beside(one)] for found in by_clip for one in found]
    for name, shape in kept.items():
        said = [shape(one)[1][_beside(one)].astype(np.float64) for found in by_clip for one in found]
        loss = -np.mean([_log_likelihood(a, b) for a, b in zip(said, is_right, strict=True) if len(a)])
        mean = float(np.mean([a.mean() for a in said if len(a)]))
        share = float(np.mean([b.mean() for b in is_right if len(b)]))
        lines.append(_line([name, f"{mean:.3f}", f"{share:.3f}", f"{loss:.3f}"]))
    return "\n".join(lines) + "\n"


def _beside(one: Correction) -> NDArray[np.bool_]:
    return one.scored & (as_in_the_app(one)[1] != one.confidence)


def _right(one: Correction, tracks: Positions) -> NDArray[np.bool_]:
    return distances(tracks, one.clip.positions) < TOLERANCE_SHARE * one.clip.diagonal


def _log_likelihood(said: NDArray[np.float64], is_right: NDArray[np.bool_]) -> float:
    sure = np.clip(said, 0.01, 0.99)
    return float(np.mean(np.log(np.where(is_right, sure, 1.0 - sure))))


def _delta_avg(one: Correction, tracks: Positions) -> float:
    return score(tracks, one.clip.positions, one.scored, one.clip.size).delta_avg


def _within(one: Correction, tracks: Positions) -> float:
    errors = distances(tracks, one.clip.positions)[one.scored]
    return shares_within(errors, (one.clip.tolerance_px,))[0]


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"
