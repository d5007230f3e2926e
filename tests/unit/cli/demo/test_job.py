import json

import pytest

from talpose_app import paths
from talpose_app.cli.demo import job
from talpose_app.cli.demo.job import EDGES, N_LABEL_FRAMES, N_STEPS, run_demo
from talpose_app.errors import TalposeError


@pytest.fixture
def small_sample(monkeypatch, small_clip, small_truth, tmp_path):
    """The small clip in the sample's place."""
    folder = tmp_path / "sample"
    folder.mkdir()
    small_clip.rename(folder / "walking_fox.mp4")
    small_truth.rename(folder / "walking_fox.labels.json")
    monkeypatch.setattr(job, "sample_videos_dir", lambda: folder)
    return folder


def test_everything_is_done_and_written(talpose, small_sample, tmp_path):
    told = []
    result = run_demo(tmp_path / "out" / "deep", told.append, quiet=True)
    assert len(result.label_frames) == N_LABEL_FRAMES
    assert result.n_labels == 2 * N_LABEL_FRAMES
    assert list(result.methods) == ["linear", "track", "refine"]
    assert all(method.score.n == 2 * (24 - N_LABEL_FRAMES) for method in result.methods.values())
    # The engine of this test draws the same lines.
    assert result.methods["track"].score.delta_avg == pytest.approx(result.methods["linear"].score.delta_avg)
    assert len(result.refine.losses) == N_STEPS
    files = result.files
    for path in (files.project, files.overlay, files.picture, files.json, files.csv):
        assert path.stat().st_size > 0
    assert json.loads(files.json.read_text())["format"] == "talpose-export"
    assert [line.split()[0] for line in told[1:]] == ["labels", "track", "refine"]


def test_an_earlier_demo_stays(talpose, small_sample, tmp_path):
    first = run_demo(tmp_path / "out", lambda line: None, quiet=True).files
    before = first.project.read_bytes()
    second = run_demo(tmp_path / "out", lambda line: None, quiet=True).files
    assert second.project.name == "walking_fox-2.talpose.json"
    assert first.project.read_bytes() == before


def test_a_file_is_no_folder_for_a_demo(small_sample, tmp_path):
    (tmp_path / "out").write_text("")
    with pytest.raises(TalposeError, match="is a file, not a folder"):
        run_demo(tmp_path / "out", lambda line: None, quiet=True)


def test_a_missing_sample_is_an_error_in_words(monkeypatch, tmp_path):
    monkeypatch.setattr(job, "sample_videos_dir", lambda: tmp_path)
    with pytest.raises(TalposeError, match="missing"):
        run_demo(tmp_path / "out", lambda line: None, quiet=True)


def test_the_edges_join_keypoints_of_the_sample():
    truth = json.loads((paths.sample_videos_dir() / "walking_fox.labels.json").read_text())
    assert {name for edge in EDGES for name in edge} == set(truth["keypoints"])
