"""Medians and percentiles by hand, and a sentence that says what they are."""

import numpy as np
import pytest

from talpose_app.model.held_out import ErrorSummary, HeldOutSummary, PointError
from talpose_app.model.label import Label, PointId
from talpose_app.tracking.held_out_summary import is_stale, sentence, summarize
from talpose_app.tracking.labels import LabelTable
from talpose_app.tracking.tracker import HeldOutErrors

NOSE, TAIL, EAR = PointId(1, 1), PointId(1, 2), PointId(1, 3)


def errors_of(points, errors, labels=()):
    frames = np.arange(len(points), dtype=np.int64)
    table = LabelTable.from_labels((NOSE, TAIL, EAR), labels)
    return HeldOutErrors(np.array(points, np.int64), frames, np.array(errors, np.float32), table)


def test_each_point_and_all_together():
    summary = summarize(errors_of([2, 0, 0, 2, 0], [8, 1, 2, 4, 3]), (NOSE, TAIL, EAR))
    assert summary is not None
    assert summary.overall.n == 5
    assert summary.overall.median_px == 3
    assert summary.overall.p90_px == pytest.approx(6.4)
    assert {one.point: one.error for one in summary.points} == {
        NOSE: ErrorSummary(3, 2.0, pytest.approx(2.8)),
        EAR: ErrorSummary(2, 6.0, pytest.approx(7.6)),
    }


def test_points_come_in_the_order_of_the_run():
    summary = summarize(errors_of([1, 0], [1, 1]), (TAIL, NOSE))
    assert summary is not None
    assert [one.point for one in summary.points] == [TAIL, NOSE]


def test_nothing_hidden_is_no_error_rather_than_none_at_all():
    assert summarize(errors_of([], []), (NOSE,)) is None


def test_the_sentence_carries_every_number_and_how_it_was_obtained():
    said = sentence(
        HeldOutSummary(ErrorSummary(24, 1.834, 12.345), (PointError(NOSE, ErrorSummary(24, 1.8, 12.3)),))
    )
    assert "24 hidden labels of 1 point by a median of 1.83 px (90th percentile 12.3 px)" in said
    assert "twice as long" in said
    assert "network" in said
    assert said.endswith(".")
    assert said.count(". ") == 0


def test_one_label_is_not_called_labels():
    few = ErrorSummary(1, 1.0, 1.0)
    assert "the 1 hidden label of 1 point by" in sentence(HeldOutSummary(few, (PointError(NOSE, few),)))


def test_an_error_is_stale_while_its_points_labels_are_others():
    mine, other = Label(NOSE, 3, 1.0, 2.0), Label(TAIL, 3, 9.0, 9.0)
    summary = summarize(errors_of([0], [1], [mine, other]), (NOSE, TAIL, EAR))
    assert summary is not None
    (error,) = summary.points
    assert not is_stale(error, {3: mine})
    assert is_stale(error, {3: Label(NOSE, 3, 1.0, 2.1)})
    assert is_stale(error, {})
    assert is_stale(PointError(NOSE, error.error), {3: mine})


@pytest.mark.parametrize(
    ("n_points", "n_stale", "words"),
    [(1, 1, "this point"), (2, 2, "all of these points"), (3, 2, "2 of these points")],
)
def test_the_sentence_says_if_labels_were_changed_since(n_points, n_stale, words):
    few = ErrorSummary(1, 1.0, 1.0)
    summary = HeldOutSummary(few, (PointError(NOSE, few),) * n_points)
    assert sentence(summary, n_stale).endswith(f"It was measured before labels of {words} were changed.")
    assert "before labels" not in sentence(summary)
