from dataclasses import replace

import numpy as np

from talpose_app.formats.dense import Status, dense_point
from talpose_app.model.label import Label, PointId, absent_label
from tests.fixtures.projects import NOSE, TAIL, straight_track


def test_labels_take_the_place_of_predictions(labeled_project):
    dense = dense_point(labeled_project, NOSE)
    track = labeled_project.tracks[NOSE]
    labels = {2: Status.LABELED, 5: Status.LABELED_OCCLUDED, 9: Status.LABELED_ABSENT}
    for frame_idx in range(20):
        position = dense.positions[frame_idx].tolist()
        if frame_idx in labels:
            label = labeled_project.label(NOSE, frame_idx)
            assert dense.status[frame_idx] == labels[frame_idx]
            assert np.array_equal(position, np.float32([label.x, label.y]), equal_nan=True)
            assert dense.confidence[frame_idx] == label.has_position
        elif 1 <= frame_idx < 8:
            assert dense.status[frame_idx] == Status.PREDICTED
            assert position == track.positions[frame_idx].tolist()
            assert dense.confidence[frame_idx] == track.confidence[frame_idx]
        else:
            assert dense.status[frame_idx] == Status.UNKNOWN
            assert np.isnan(position).all()
            assert dense.confidence[frame_idx] == 0


def test_a_point_without_a_track_or_with_nothing(labeled_project):
    assert dense_point(labeled_project, TAIL).status.nonzero()[0].tolist() == [2]
    nothing = dense_point(labeled_project, PointId(7, 7))
    assert not nothing.status.any()
    assert np.isnan(nothing.positions).all()


def test_hidden_predictions_are_told_and_infinite_ones_are_none(labeled_project):
    track = straight_track(20, 0, 20)
    visibility, positions = track.visibility.copy(), track.positions.copy()
    visibility[3], positions[4] = False, np.inf
    made = {NOSE: replace(track, visibility=visibility, positions=positions)}
    dense = dense_point(replace(labeled_project, labels={}, made=made), NOSE)
    assert dense.status[2:5].tolist() == [Status.PREDICTED, Status.PREDICTED_HIDDEN, Status.UNKNOWN]
    assert dense.positions[3].tolist() == positions[3].tolist()
    assert np.isnan(dense.positions[4]).all()


def test_an_absent_label_hides_the_prediction_and_a_far_one_is_no_error(labeled_project):
    labels = {NOSE: {9: absent_label(NOSE, 9), 10: Label(NOSE, 10, 1e300, 0.0)}}
    made = {NOSE: straight_track(20, 0, 20)}
    dense = dense_point(replace(labeled_project, labels=labels, made=made), NOSE)
    assert np.isnan(dense.positions[9]).all()
    assert dense.confidence[9] == 0
    assert dense.status[9] == Status.LABELED_ABSENT
