import pytest

from talpose_app.cli.runs import find_run_points, find_span
from talpose_app.errors import TalposeError
from talpose_app.model.label import PointId


def test_a_video_that_changed_is_told_before_the_run(talpose, small_project, small_clip):
    with small_clip.open("ab") as stream:
        stream.write(bytes(64))
    ran = talpose("track", small_project).done()
    assert "its content differs" in ran.err


def test_a_missing_video_is_an_error_in_words(talpose, small_project, small_clip):
    small_clip.unlink()
    ran = talpose("track", small_project)
    assert ran.code == 1
    assert "squares.mp4 is missing" in ran.err


def test_spans_are_filled_in(labeled_project):
    assert find_span(labeled_project, None) is None
    assert find_span(labeled_project, (None, None)) == (0, 20)
    assert find_span(labeled_project, (5, None)) == (5, 20)
    assert find_span(labeled_project, (None, 8)) == (0, 8)


def test_points_are_found_by_name(labeled_project):
    assert find_run_points(labeled_project, None) is None
    assert find_run_points(labeled_project, ("tail, tip", "nose")) == (PointId(1, 2), PointId(1, 1))


def test_unlabeled_and_unknown_keypoints_are_named(labeled_project):
    from dataclasses import replace

    wider = replace(labeled_project, skeleton=labeled_project.skeleton.with_keypoint("ear"))
    with pytest.raises(TalposeError, match="'ear' has no label"):
        find_run_points(wider, ("nose", "ear"))
    with pytest.raises(TalposeError, match="nose, tail, tip"):
        find_run_points(labeled_project, ("beak",))
