import numpy as np
import pytest

from talpose_app.engine.steering import Steering, matched
from talpose_app.model.label import Label, PointId
from talpose_app.tracking.labels import LabelTable
from talpose_app.tracking.tracker import RunStopped
from tests.fixtures.moving import Control

A, B = PointId(1, 1), PointId(1, 2)
START = LabelTable.from_labels((A,), [])
LATER = LabelTable.from_labels((A,), [Label(A, 3, 1.0, 2.0)])


def test_new_labels_wait_until_asked_for():
    steering = Steering(Control(amend_at={2: LATER}), START)
    steering.look()
    assert not steering.is_amended
    steering.look()
    assert steering.is_amended
    assert steering.labels() is LATER
    assert not steering.is_amended


def test_a_look_tells_the_stage():
    control = Control()
    Steering(control, START).look("flow", 0.5)
    assert control.stages == ["flow"]


def test_a_stop_comes_through():
    with pytest.raises(RunStopped):
        Steering(Control(stop_at=1), START).look()


def test_labels_of_points_that_came_later_are_left_for_the_next_run():
    labels = LabelTable.from_labels((B, A), [Label(B, 1, 9.0, 9.0), Label(A, 3, 1.0, 2.0)])
    kept = matched(labels, START)
    assert kept.points == (A,)
    assert kept.frame_idx.tolist() == [3]
    np.testing.assert_array_equal(kept.positions, [(1.0, 2.0)])


def test_points_keep_their_order():
    labels = LabelTable.from_labels((B, A), [Label(B, 1, 9.0, 9.0), Label(A, 3, 1.0, 2.0)])
    kept = matched(labels, LabelTable.from_labels((A, B), []))
    assert kept.point_idx.tolist() == [0, 1]
    assert kept.frame_idx.tolist() == [3, 1]
