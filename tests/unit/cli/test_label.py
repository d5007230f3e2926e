import pytest

from talpose_app.cli.projects import open_project
from talpose_app.model.label import PointId, Visibility


@pytest.fixture
def project(talpose, small_clip):
    talpose("new", small_clip).done()
    return small_clip.with_name("squares.talpose.json")


def labels(path):
    with open_project(path, read_only=True) as session:
        return list(session.project.all_labels()), session.project


def test_a_label_is_set_bit_for_bit_and_its_keypoint_added(talpose, project):
    x, y = 0.1 + 0.2, -1 / 3
    talpose("label", project, "--keypoint", "nose", "--frame", 3, "--at", repr(x), repr(y)).done()
    (label,), after = labels(project)
    assert (label.point, label.frame_idx) == (PointId(1, 1), 3)
    assert (label.x.hex(), label.y.hex()) == (x.hex(), y.hex())
    assert label.visibility is Visibility.VISIBLE
    assert label.time_s == pytest.approx(3 / 25)
    assert [k.name for k in after.skeleton.keypoints] == ["nose"]


def test_keypoint_and_label_are_one_step_of_undo(talpose, project):
    talpose("label", project, "--keypoint", "nose", "--frame", 3, "--at", 1, 2).done()
    with open_project(project) as session:
        session.undo()
        assert session.project.skeleton.keypoints == ()


def test_a_label_can_be_moved_hidden_and_absent(talpose, project):
    place = ("label", project, "--keypoint", "nose", "--frame", 3)
    talpose(*place, "--at", 1, 2).done()
    (said,) = talpose(*place, "--at", 5, 6, "--occluded", "--json").done().lines
    assert said == {
        "keypoint": "nose", "frame": 3, "x": 5.0, "y": 6.0, "visibility": "occluded", "revision": 2,
    }  # fmt: skip
    (said,) = talpose(*place, "--absent", "--json").done().lines
    assert (said["x"], said["visibility"]) == (None, "absent")
    assert len(labels(project)[0]) == 1


@pytest.mark.parametrize("at", [("nan", 1), ("inf", 1)])
def test_positions_that_are_none_are_refused(talpose, project, at):
    ran = talpose("label", project, "--keypoint", "nose", "--frame", 3, "--at", *at)
    assert ran.code == 1
    assert labels(project)[0] == []


def test_frames_outside_the_video_are_refused(talpose, project):
    ran = talpose("label", project, "--keypoint", "nose", "--frame", 24, "--at", 1, 2)
    assert ran.code == 1
    assert "outside the video" in ran.err


def test_labeling_works_without_the_video_at_hand(talpose, project, small_clip):
    small_clip.rename(small_clip.with_name("elsewhere.mp4"))
    talpose("label", project, "--keypoint", "nose", "--frame", 3, "--at", 1, 2).done()
    assert labels(project)[0][0].time_s is None


def test_unknown_individuals_are_named(talpose, project):
    ran = talpose("label", project, "--keypoint", "n", "--frame", 3, "--at", 1, 2, "--individual", "cub")
    assert ran.code == 1
    assert "individual_1" in ran.err


@pytest.mark.parametrize("name", ["n" * 1001, "half \udc80"])
def test_a_name_that_no_file_could_hold_is_refused_before_anything_changes(talpose, project, name):
    ran = talpose("label", project, "--keypoint", name, "--frame", 3, "--at", 1, 2)
    assert ran.code == 1
    assert "unexpected" not in ran.err
    assert labels(project)[1].skeleton.keypoints == ()


def test_a_label_outside_the_picture_is_told_and_an_absurd_one_refused(talpose, project):
    place = ("label", project, "--keypoint", "nose", "--frame", 3, "--at")
    assert talpose(*place, 1, 2).done().err == ""
    ran = talpose(*place, -20, 2, "--json").done()
    assert "outside the picture" in ran.err
    assert ran.lines[0]["x"] == -20
    ran = talpose(*place, "1e39", "-1e39")
    assert (ran.code, ran.err.count("\n")) == (1, 1)
    assert "too far from the 160x120 picture" in ran.err
    assert labels(project)[0][0].x == -20
