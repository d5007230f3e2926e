"""What hidden labels were missed by, in numbers and in a sentence for a paper; and whether it still holds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from talpose_app.model.held_out import ErrorSummary, HeldOutSummary, PointError
from talpose_app.model.label import Label, PointId
from talpose_app.tracking.labels import LabelTable
from talpose_app.tracking.tracker import HeldOutErrors


def summarize(errors: HeldOutErrors, points: Sequence[PointId]) -> HeldOutSummary | None:
    """Sum up the errors of a run.

    Args:
        errors: As a tracker reports them.
        points: The request's points, which ``errors.points`` counts.

    Returns:
        None if no label could be hidden: every point had too few.
    """
    if errors.errors.size == 0:
        return None
    indices: list[int] = np.unique(errors.points).tolist()
    return HeldOutSummary(
        _in_numbers(errors.errors),
        tuple(
            PointError(
                points[idx],
                _in_numbers(errors.errors[errors.points == idx]),
                errors.labels.fingerprint(idx),
            )
            for idx in indices
        ),
    )


def _in_numbers(errors: NDArray[np.float32]) -> ErrorSummary:
    median, p90 = np.percentile(errors.astype(np.float64), (50, 90))
    return ErrorSummary(int(errors.size), float(median), float(p90))


def is_stale(error: PointError, labels: Mapping[int, Label]) -> bool:
    """Whether the point's labels are others now than those the error was measured on.

    Args:
        error: Of one point.
        labels: Of that point now, by frame.
    """
    return LabelTable.from_labels((error.point,), labels.values()).fingerprint(0) != error.labels


def sentence(summary: HeldOutSummary, n_stale: int = 0) -> str:
    """Say how large the error is and how it was obtained, fit for a methods section.

    Args:
        summary: The error.
        n_stale: Points whose labels have changed since.
    """
    overall = summary.overall
    labels = "1 hidden label" if overall.n == 1 else f"{overall.n} hidden labels"
    points = "1 point" if len(summary.points) == 1 else f"{len(summary.points)} points"
    return (
        "Error was estimated on the labels themselves: every other label of each point was hidden, then the "
        f"others, and paths found from the remaining labels missed the {labels} of {points} by a median of "
        f"{_px(overall.median_px)} (90th percentile {_px(overall.p90_px)}); gaps between labels were "
        "about twice as long as in use and what the network predicts was left out, so this is rather too "
        f"large than too small.{_since(len(summary.points), n_stale)}"
    )


def _since(n_points: int, n_stale: int) -> str:
    """What is to be said where labels have changed since the error was measured."""
    if n_stale == 0:
        return ""
    which = "all of these points" if n_stale == n_points else f"{n_stale} of these points"
    which = "this point" if n_points == 1 else which
    return f" It was measured before labels of {which} were changed."


def _px(value: float) -> str:
    return f"{value:.1f} px" if value >= 10 else f"{value:.2f} px"
