"""What is written, looked at with sleap-io itself."""

import errno
from dataclasses import replace

import numpy as np
import pytest
import sleap_io as sio

from talpose_app.errors import FormatError
from talpose_app.formats.sleap import SleapExporter
from talpose_app.model.label import Label, PointId, absent_label
from talpose_app.model.project import Individual, Project
from talpose_app.model.skeleton import Skeleton
from tests.fixtures.projects import NOSE, TAIL, straight_track, video_info

X = 100.1 + 1 / 3


def exported(project, tmp_path):
    path = tmp_path / "out.slp"
    report = SleapExporter().export(project, path)
    return sio.load_slp(str(path), open_videos=False), report


def instances(labels, frame_idx):
    """The user's and the predicted instances of a frame."""
    frame = next(frame for frame in labels if frame.frame_idx == frame_idx)
    return frame.user_instances, frame.predicted_instances


def bits(points):
    return [(x.hex(), y.hex()) for x, y in points["xy"].tolist()]


def test_labels_are_user_instances_bit_for_bit(labeled_project, tmp_path):
    labels, _ = exported(labeled_project, tmp_path)
    (user,), _ = instances(labels, 2)
    assert bits(user.points) == [(X.hex(), (50.0).hex()), ((-0.0).hex(), (1e-300).hex())]
    assert user.points["visible"].tolist() == [True, True]
    assert user.points["complete"].tolist() == [True, True]
    assert user.track.name == "individual_1"
    assert user.from_predicted is None


def test_hidden_labels_keep_their_position_and_absent_ones_have_none(labeled_project, tmp_path):
    labels, report = exported(labeled_project, tmp_path)
    (hidden,), _ = instances(labels, 5)
    assert hidden.points["xy"][0].tolist() == [7.0, 8.25]
    assert np.isnan(hidden.numpy()[0]).all()  # What SLEAP trains on.
    (absent,), _ = instances(labels, 9)
    assert np.isnan(absent.points["xy"]).all()
    for user in (hidden, absent):
        assert user.points["visible"].tolist() == [False, False]
        assert user.points["complete"].tolist() == [True, False]
    assert report == [
        "1 occluded label marked as not visible. The file has the position; SLEAP uses it for nothing.",
        "1 prediction of hidden points marked as not visible, with the position.",
        "1 label of absent points marked as not visible, without a position.",
        "2 unlabeled points beside labeled ones marked as not visible, for want of a track. SLEAP learns "
        "that.",
    ]


def test_tracks_are_predicted_instances_with_scores(labeled_project, tmp_path):
    labels, _ = exported(labeled_project, tmp_path)
    assert [f.frame_idx for f in labels if f.predicted_instances] == list(range(1, 8))
    users, (predicted,) = instances(labels, 4)
    assert users == []
    shown = labeled_project.tracks[NOSE]
    assert predicted.points["xy"][0].tolist() == shown.positions[4].tolist()
    assert predicted.points["score"].tolist() == [shown.confidence[4], 0.0]
    assert predicted.score == pytest.approx(shown.confidence[4])
    assert predicted.points["visible"].tolist() == [True, False]
    assert np.isnan(predicted.points["xy"][1]).all()
    assert predicted.track.name == "individual_1"


def test_where_one_point_is_labeled_the_others_come_from_the_tracks(labeled_project, tmp_path):
    made = {NOSE: straight_track(20, 1, 8), TAIL: straight_track(20, 0, 20)}
    labels, report = exported(replace(labeled_project, made=made), tmp_path)
    tail = replace(labeled_project, made=made).tracks[TAIL].positions[5]
    (user,), (predicted,) = instances(labels, 5)
    assert user.points["xy"].tolist() == [[7.0, 8.25], tail.tolist()]
    assert user.points["visible"].tolist() == [False, True]
    assert user.points["complete"].tolist() == [True, False]
    assert predicted.points["xy"][1].tolist() == tail.tolist()
    assert [sentence for sentence in report if sentence.startswith("2")] == [
        '2 unlabeled points beside labeled ones filled in from tracks, without "complete". SLEAP trains on '
        "them.",
    ]


def test_analysis_prefers_labels_and_has_no_gap_beside_them(labeled_project, tmp_path):
    made = {NOSE: straight_track(20, 0, 20), TAIL: straight_track(20, 0, 20)}
    positions = exported(replace(labeled_project, made=made), tmp_path)[0].numpy()
    assert positions.shape == (20, 1, 2, 2)
    assert positions[2, 0, 0].tolist() == [np.float32(X), 50.0]
    holes = {(5, 0), (9, 0)}  # The occluded and the absent label.
    assert {(i, k) for i, _, k in np.argwhere(np.isnan(positions[..., 0])).tolist()} == holes


def test_each_individual_is_a_track(labeled_project, tmp_path):
    cub = PointId(2, 1)
    labels = {NOSE: labeled_project.labels[NOSE], cub: {2: Label(cub, 2, 1.0, 2.0)}}
    pair = replace(labeled_project, labels=labels, individuals=(Individual(1, "vixen"), Individual(2, "cub")))
    read, _ = exported(pair, tmp_path)
    assert [track.name for track in read.tracks] == ["vixen", "cub"]
    users, predicted = instances(read, 2)
    assert [one.track.name for one in users] == ["vixen", "cub"]
    assert [one.track.name for one in predicted] == ["vixen"]


def test_skeleton_and_video_are_told(labeled_project, tmp_path):
    skeleton = replace(labeled_project.skeleton.with_keypoint("ohr"), symmetries=((1, 3),))
    labels, _ = exported(replace(labeled_project, skeleton=skeleton), tmp_path)
    assert labels.skeleton.node_names == ["nose", "tail, tip", "ohr"]
    assert labels.skeleton.edge_names == [("nose", "tail, tip")]
    assert labels.skeleton.symmetry_names == [("nose", "ohr")]
    assert labels.video.filename == "/videos/fox.mp4"
    assert tuple(labels.video.shape) == (20, 240, 320, 3)
    assert labels.video.fps == 25.0


def test_what_is_whole_is_not_reported(labeled_project, tmp_path):
    labels = {point: {2: labeled_project.label(point, 2)} for point in (NOSE, TAIL)}
    assert exported(replace(labeled_project, labels=labels, made={}), tmp_path)[1] == []


def test_a_project_with_nothing_in_it(bare_project, tmp_path):
    labels, report = exported(bare_project, tmp_path)
    assert (len(labels), report, len(labels.skeleton.nodes)) == (0, [], 0)


def test_a_prediction_that_is_not_finite_is_none(labeled_project, tmp_path):
    track = straight_track(20, 1, 8)
    positions = track.positions.copy()
    positions[4] = np.inf
    holed = replace(labeled_project, labels={}, made={NOSE: replace(track, positions=positions)})
    assert 4 not in [frame.frame_idx for frame in exported(holed, tmp_path)[0]]


def test_what_the_library_refuses_is_told_and_leaves_the_old_file(tmp_path):
    skeleton = Skeleton()
    for idx in range(700):
        skeleton = skeleton.with_keypoint(f"{idx:0120}")
    path = tmp_path / "out.slp"
    path.write_text("old")
    with pytest.raises(FormatError, match="could not be written: Unable to fit"):
        SleapExporter().export(Project(video_info(), skeleton), path)
    assert [entry.name for entry in tmp_path.iterdir()] == ["out.slp"]
    assert path.read_text() == "old"


def test_a_full_disk_is_told_in_one_line(bare_project, tmp_path, monkeypatch):
    path = tmp_path / "out.slp"

    def full(labels, name, **options):
        raise OSError(errno.ENOSPC, "Can't write (time = Fri\n, filename = ...)")

    monkeypatch.setattr(sio, "save_slp", full)
    with pytest.raises(FormatError, match=f"{path} could not be written: No space left on device"):
        SleapExporter().export(bare_project, path)
    assert list(tmp_path.iterdir()) == []


def test_an_absent_label_hides_the_prediction(labeled_project, tmp_path):
    made = {NOSE: straight_track(20, 0, 20)}
    gone = replace(labeled_project, labels={NOSE: {9: absent_label(NOSE, 9)}}, made=made)
    (user,), (predicted,) = instances(exported(gone, tmp_path)[0], 9)
    assert np.isnan(user.points["xy"][0]).all()
    assert not np.isnan(predicted.points["xy"][0]).any()


def test_hidden_predictions_keep_their_position(tmp_path, labeled_project):
    track = straight_track(20, 0, 20)
    visibility = track.visibility.copy()
    visibility[3] = False
    hidden = replace(labeled_project, labels={}, made={NOSE: replace(track, visibility=visibility)})
    labels, report = exported(hidden, tmp_path)
    _, (predicted,) = instances(labels, 3)
    assert predicted.points["xy"][0].tolist() == track.positions[3].tolist()
    assert predicted.points["visible"].tolist() == [False, False]
    assert report == ["1 prediction of hidden points marked as not visible, with the position."]
