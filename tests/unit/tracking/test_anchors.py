import numpy as np
import pytest

from talpose_app.model.label import Label, PointId, Visibility, absent_label
from talpose_app.tracking.anchors import NO_LABEL, Anchors, working_span
from talpose_app.tracking.labels import LabelTable

POINT, OTHER = PointId(1, 1), PointId(1, 2)


def at(frame_idx, x=0.0, visibility=Visibility.VISIBLE, point=POINT):
    return Label(point, frame_idx, x, 2 * x, visibility)


def anchors(*labels, span=(0, 10), points=(POINT,)):
    return Anchors.from_labels(LabelTable.from_labels(points, labels), span)


def test_every_frame_knows_the_labels_around_it():
    lay = anchors(at(2), at(6))
    assert lay.before[:, 0].tolist() == [-1, -1, 2, 2, 2, 2, 6, 6, 6, 6]
    assert lay.after[:, 0].tolist() == [2, 2, 2, 6, 6, 6, 6, -1, -1, -1]
    assert lay.is_between[:, 0].tolist() == [False] * 2 + [True] * 5 + [False] * 3
    assert lay.is_tracked.all()


def test_frames_are_counted_from_the_start_of_the_range():
    lay = anchors(at(12), span=(10, 15))
    assert lay.start == 10
    assert lay.before[:, 0].tolist() == [-1, -1, 2, 2, 2]


def test_labels_outside_the_range_do_not_count():
    assert not anchors(at(20)).is_known.any()


def test_progress_runs_from_label_to_label():
    progress = anchors(at(2), at(6)).progress()[:, 0]
    np.testing.assert_allclose(progress[2:7], [0, 0.25, 0.5, 0.75, 0])
    assert np.isnan(progress[:2]).all()


def test_positions_of_the_labels_around():
    lay = anchors(at(2, 1.0), at(6, 5.0))
    np.testing.assert_array_equal(lay.position_before()[4, 0], [1, 2])
    np.testing.assert_array_equal(lay.position_after()[4, 0], [5, 10])
    assert np.isnan(lay.position_before()[0, 0]).all()


def test_distance_is_to_the_nearest_label():
    assert anchors(at(2), at(6)).distance()[:, 0].tolist() == [2, 1, 0, 1, 2, 1, 0, 1, 2, 3]
    assert np.isinf(anchors().distance()).all()


def test_an_occluded_label_is_known_but_not_seen():
    lay = anchors(at(3, visibility=Visibility.OCCLUDED))
    assert lay.is_known[3, 0]
    assert not lay.is_seen[3, 0]


def test_an_absent_label_ends_the_track_until_the_next_position():
    lay = anchors(at(1), absent_label(POINT, 4), at(7))
    assert lay.is_absent[:, 0].tolist() == [False] * 4 + [True] * 3 + [False] * 3
    assert lay.after[2:4, 0].tolist() == [NO_LABEL, NO_LABEL]
    assert lay.before[2:4, 0].tolist() == [1, 1]
    assert not lay.is_tracked[4:7].any()


def test_before_a_first_label_that_says_absent_nothing_is_tracked():
    lay = anchors(absent_label(POINT, 3), at(6))
    assert not lay.is_tracked[:6].any()
    assert lay.is_tracked[6:].all()


def test_without_forgets_labels():
    hidden = np.zeros((10, 1), bool)
    hidden[6] = True
    lay = anchors(at(2), at(6)).without(hidden)
    assert lay.after[3:, 0].tolist() == [NO_LABEL] * 7
    assert not lay.is_known[6, 0]


def test_a_part_leads_nowhere_outside():
    lay = anchors(at(0), at(4), at(9)).part(4, 8, 0)
    assert lay.start == 4
    assert lay.before[:, 0].tolist() == [0, 0, 0, 0]
    assert lay.after[:, 0].tolist() == [0, NO_LABEL, NO_LABEL, NO_LABEL]


@pytest.mark.parametrize(
    ("span", "expected"), [((3, 5), (2, 7)), ((2, 7), (2, 7)), ((7, 9), (6, 10)), ((0, 1), (0, 3))]
)
def test_the_working_span_reaches_to_the_labels_that_lead_in(span, expected):
    labels = LabelTable.from_labels((POINT, OTHER), [at(2), at(6), at(9, point=POINT)])
    assert working_span(labels, span) == expected


def test_far_is_where_labels_are_far_apart_or_on_one_side_only():
    third = PointId(1, 3)
    labels = [at(2), at(20), at(4, point=OTHER), at(12, point=OTHER)]
    far = anchors(*labels, span=(0, 24), points=(POINT, OTHER, third)).is_far()
    assert np.flatnonzero(far[:, 0]).tolist() == list(range(3, 20))
    assert np.flatnonzero(far[:, 1]).tolist() == list(range(21, 24))
    assert not far[:, 2].any()
    assert not anchors(at(2), absent_label(POINT, 10), span=(0, 24)).is_far()[10:].any()
