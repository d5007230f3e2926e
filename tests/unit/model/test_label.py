"""A label has a position exactly when it is not absent."""

import math

import pytest

from talpose_app.errors import EditError
from talpose_app.model.label import Label, PointId, Visibility, absent_label

NOSE = PointId(1, 1)


def test_a_visible_label_has_a_position():
    assert Label(NOSE, 0, 1.0, 2.0).has_position
    assert Label(NOSE, 0, 1.0, 2.0, Visibility.OCCLUDED).has_position


def test_an_absent_label_has_none():
    label = absent_label(NOSE, 3, time_s=0.12)
    assert not label.has_position
    assert math.isnan(label.x)
    assert label.time_s == 0.12


@pytest.mark.parametrize(("x", "y"), [(math.nan, 1.0), (1.0, math.inf), (-math.inf, math.nan)])
def test_a_position_must_be_finite(x, y):
    with pytest.raises(EditError, match="cannot be visible"):
        Label(NOSE, 0, x, y)


def test_an_absent_label_must_not_have_a_position():
    with pytest.raises(EditError, match="cannot be absent"):
        Label(NOSE, 0, 1.0, 2.0, Visibility.ABSENT)


def test_frames_start_at_zero():
    with pytest.raises(EditError, match="start at 0"):
        Label(NOSE, -1, 1.0, 2.0)
