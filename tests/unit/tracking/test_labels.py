import numpy as np
import pytest

from talpose_app.model.label import Label, PointId, Visibility, absent_label
from talpose_app.tracking.labels import LabelTable, VisibilityCode

A, B, C = PointId(1, 1), PointId(1, 2), PointId(2, 1)


def test_rows_are_ordered_by_point_then_frame_and_keep_every_digit():
    x = 1.0000000000000002
    rows = [
        Label(B, 3, 4.0, 5.0),
        Label(A, 9, x, 2.0, Visibility.OCCLUDED),
        absent_label(A, 1),
        Label(C, 0, 0, 0),
    ]
    labels = LabelTable.from_labels((A, B), rows)
    assert labels.point_idx.tolist() == [0, 0, 1]
    assert labels.frame_idx.tolist() == [1, 9, 3]
    assert labels.positions[1, 0] == x
    assert np.isnan(labels.positions[0]).all()
    codes = [VisibilityCode.ABSENT, VisibilityCode.OCCLUDED, VisibilityCode.VISIBLE]
    assert labels.visibility.tolist() == codes


def test_rows_of_one_point():
    labels = LabelTable.from_labels((A, B), [Label(B, 3, 4.0, 5.0), Label(A, 9, 1.0, 2.0), Label(B, 1, 0, 0)])
    assert labels.of_point(1).tolist() == [1, 2]


def test_no_labels_is_a_table_too():
    assert LabelTable.from_labels((A,), []).positions.shape == (0, 2)


@pytest.mark.parametrize(
    "changed",
    [
        [Label(A, 9, 1.0, 2.5)],
        [Label(A, 8, 1.0, 2.0)],
        [Label(A, 9, 1.0, 2.0, Visibility.OCCLUDED)],
        [absent_label(A, 9)],
        [Label(A, 9, 1.0, 2.0), Label(A, 10, 1.0, 2.0)],
        [],
    ],
)
def test_other_labels_have_another_fingerprint(changed):
    labels = LabelTable.from_labels((A,), [Label(A, 9, 1.0, 2.0)])
    assert LabelTable.from_labels((A,), changed).fingerprint(0) != labels.fingerprint(0)


def test_the_same_labels_have_the_same_fingerprint_in_any_company():
    mine = [absent_label(A, 3), Label(A, 9, 1.0, 2.0, time_s=0.1)]
    alone = LabelTable.from_labels((A,), mine)
    among = LabelTable.from_labels((B, A), [Label(B, 1, 0.0, 0.0), *mine[::-1]])
    assert alone.fingerprint(0) == among.fingerprint(1)
    assert len(alone.fingerprint(0)) == 16
