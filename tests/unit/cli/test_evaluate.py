import pytest


def test_json_has_the_fields_of_the_contract(talpose, small_project, small_truth):
    talpose("track", small_project).done()
    (said,) = talpose("evaluate", small_project, "--truth", small_truth, "--json").done().lines
    # Lines are exact between the labels at 0, 8, 16 and stand still after the last.
    assert said["n"] == (24 - 3) * 2
    assert said["n_missing"] == 0
    assert 0.5 < said["delta_avg"] < 1
    assert said["pck"]["1"] == pytest.approx(14 / 21, abs=1e-6)
    assert set(said["keypoints"]) == {"left", "right"}
    assert said["untracked"] == []


def test_words_are_a_table(talpose, small_project, small_truth):
    talpose("track", small_project).done()
    lines = talpose("evaluate", small_project, "--truth", small_truth).done().out.splitlines()
    assert lines[0].split()[:2] == ["keypoint", "delta_avg"]
    assert lines[-1].startswith("all ")


def test_keypoints_without_tracks_are_told(talpose, small_project, small_truth):
    talpose("track", small_project, "--keypoints", "left").done()
    ran = talpose("evaluate", small_project, "--truth", small_truth, "--json").done()
    assert "right" in ran.err
    assert ran.lines[0]["untracked"] == ["right"]


def test_nothing_tracked_is_an_error(talpose, small_project, small_truth):
    ran = talpose("evaluate", small_project, "--truth", small_truth)
    assert ran.code == 1
    assert "talpose track" in ran.err
