"""Medians and percentiles by hand, and a sentence that says what they are."""

import numpy as np
import pytest

from talpose_app.model.held_out import ErrorSummary, HeldOutSummary
from talpose_app.model.label import PointId
from talpose_app.tracking.held_out_summary import sentence, summarize
from talpose_app.tracking.tracker import HeldOutErrors

NOSE, TAIL, EAR = PointId(1, 1), PointId(1, 2), PointId(1, 3)


def errors_of(points, errors):
    frames = np.arange(len(points), dtype=np.int64)
    return HeldOutErrors(np.array(points, np.int64), frames, np.array(errors, np.float32))


def test_each_point_and_all_together():
    summary = summarize(errors_of([2, 0, 0, 2, 0], [8, 1, 2, 4, 3]), (NOSE, TAIL, EAR))
    assert summary is not None
    assert summary.overall.n == 5
    assert summary.overall.median_px == 3
    assert summary.overall.p90_px == pytest.approx(6.4)
    assert dict(summary.points) == {
        NOSE: ErrorSummary(3, 2.0, pytest.approx(2.8)),
        EAR: ErrorSummary(2, 6.0, pytest.approx(7.6)),
    }


def test_points_come_in_the_order_of_the_run():
    summary = summarize(errors_of([1, 0], [1, 1]), (TAIL, NOSE))
    assert summary is not None
    assert [point for point, _ in summary.points] == [TAIL, NOSE]


def test_nothing_hidden_is_no_error_rather_than_none_at_all():
    assert summarize(errors_of([], []), (NOSE,)) is None


def test_the_sentence_carries_every_number_and_how_it_was_obtained():
    said = sentence(HeldOutSummary(ErrorSummary(24, 1.834, 12.345), ((NOSE, ErrorSummary(24, 1.8, 12.3)),)))
    assert "24 hidden labels of 1 point by a median of 1.83 px (90th percentile 12.3 px)" in said
    assert "twice as long" in said
    assert "network" in said
    assert said.endswith(".")
    assert said.count(". ") == 0


def test_one_label_is_not_called_labels():
    few = ErrorSummary(1, 1.0, 1.0)
    assert "the 1 hidden label of 1 point by" in sentence(HeldOutSummary(few, ((NOSE, few),)))
