"""A job's look at its control: stop and pause take effect there, new labels wait until asked for."""

from __future__ import annotations

from talpose_app.tracking.labels import LabelTable
from talpose_app.tracking.tracker import RunControl


class Steering:
    """Wraps the control of one run.

    Args:
        control: The app's side.
        labels: Labels the run starts with.
    """

    def __init__(self, control: RunControl, labels: LabelTable) -> None:
        self._control = control
        self._labels = labels
        self._is_amended = False

    def look(self, stage: str | None = None, fraction: float = 0.0) -> None:
        """Wait while paused, remember new labels, tell how far the run is.

        Args:
            stage: What is being done, or None to report nothing.
            fraction: How far it is, in [0, 1].

        Raises:
            RunStopped: The user stopped the run.
        """
        labels = self._control.amended_labels()
        if labels is not None:
            self._labels = matched(labels, self._labels)
            self._is_amended = True
        if stage is not None:
            self._control.report(stage, fraction)

    def labels(self) -> LabelTable:
        """The latest labels; ``is_amended`` is False afterwards."""
        self._is_amended = False
        return self._labels

    @property
    def is_amended(self) -> bool:
        """Whether labels have changed since they were last taken."""
        return self._is_amended


def matched(labels: LabelTable, like: LabelTable) -> LabelTable:
    """Bring new labels onto the points a run began with; labels of other points wait for the next run."""
    if labels.points == like.points:
        return labels
    order = {point: idx for idx, point in enumerate(like.points)}
    rows = sorted(
        (order[labels.points[point]], frame, row)
        for row, (point, frame) in enumerate(
            zip(labels.point_idx.tolist(), labels.frame_idx.tolist(), strict=True)
        )
        if labels.points[point] in order
    )
    chosen = [row for _, _, row in rows]
    return LabelTable(
        like.points,
        labels.point_idx[chosen] * 0 + [point for point, _, _ in rows],
        labels.frame_idx[chosen],
        labels.positions[chosen],
        labels.visibility[chosen],
    )
