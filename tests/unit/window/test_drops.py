"""Which of the dropped things is opened."""

from talpose_app.window.drops import first_file


def test_first_file(tmp_path):
    video = tmp_path / "a b.mp4"
    video.touch()
    assert first_file(["", str(tmp_path), str(tmp_path / "missing"), str(video)]) == video
    assert first_file([]) is None
    assert first_file([""]) is None
