import numpy as np

from talpose_app.model.label import Label, PointId
from talpose_app.tracking.anchors import Anchors
from talpose_app.tracking.interpolation import straight_lines
from talpose_app.tracking.labels import LabelTable

POINT = PointId(1, 1)


def test_lines_join_labels_and_hold_beyond_them():
    labels = [Label(POINT, 1, 0.0, 10.0), Label(POINT, 3, 4.0, 20.0)]
    lines = straight_lines(Anchors.from_labels(LabelTable.from_labels((POINT,), labels), (0, 5)))
    np.testing.assert_allclose(lines[:, 0], [(0, 10), (0, 10), (2, 15), (4, 20), (4, 20)])


def test_points_without_labels_have_no_line():
    assert np.isnan(straight_lines(Anchors.from_labels(LabelTable.from_labels((POINT,), []), (0, 3)))).all()
