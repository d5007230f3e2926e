from pathlib import Path

import pytest

from talpose_app.cli.demo import job


@pytest.fixture
def small_sample(monkeypatch, small_clip, small_truth, tmp_path):
    folder = tmp_path / "sample"
    folder.mkdir()
    small_clip.rename(folder / "walking_fox.mp4")
    small_truth.rename(folder / "walking_fox.labels.json")
    monkeypatch.setattr(job, "sample_videos_dir", lambda: folder)


def test_words_tell_scores_and_where_everything_is(talpose, small_sample, tmp_path):
    ran = talpose("demo", "-o", tmp_path / "out").done()
    assert "Interpolation" in ran.out
    assert "REFINE" in ran.out
    assert "walking_fox.before-after.png" in ran.out
    assert ran.err == ""


def test_json_is_one_object_and_the_folder_defaults_to_demo(talpose, small_sample, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (said,) = talpose("demo", "--json").done().lines
    assert set(said["scores"]) == {"linear", "track", "refine"}
    assert all(Path(path).is_file() for path in said["files"].values())
    assert Path(said["files"]["project"]).parts[0] == "demo"
    assert len(said["losses"]) == job.N_STEPS
