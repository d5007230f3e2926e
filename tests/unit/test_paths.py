"""Where things lie, and paths that lead nowhere."""

from pathlib import Path

import pytest

from talpose_app import paths


def test_resources_are_found_in_a_checkout():
    assert (paths.web_dir() / "index.html").is_file()
    assert (paths.sample_videos_dir() / "walking_fox.mp4").is_file()
    assert (paths.bundled_checkpoints_dir() / "talpose-small.safetensors").is_file()


def test_installed_resources_win(tmp_path, monkeypatch):
    (tmp_path / "_bundled" / "checkpoints").mkdir(parents=True)
    monkeypatch.setattr(paths, "_PACKAGE", tmp_path)
    assert paths.bundled_checkpoints_dir() == tmp_path / "_bundled" / "checkpoints"


def test_user_folders_move_with_the_environment(talpose_home):
    for folder in (paths.user_checkpoints_dir(), paths.user_cache_dir(), paths.user_state_dir()):
        assert folder.is_dir()
        assert folder.parent == talpose_home


def test_a_checkout_is_not_frozen():
    assert not paths.is_frozen()


def test_what_is_there_is_there(tmp_path):
    (tmp_path / "a").touch()
    assert paths.exists(tmp_path)
    assert not paths.is_file(tmp_path)
    assert paths.is_file(tmp_path / "a")
    assert not paths.exists(tmp_path / "b")


@pytest.mark.parametrize("path", ["/tmp/" + "a" * 5000, "a\0b", "/proc/self/mem/x", "\ud800"])
def test_a_path_that_cannot_be_leads_to_nothing(path):
    assert not paths.exists(Path(path))
    assert not paths.is_file(Path(path))


def test_a_closed_folder_or_a_drive_that_is_gone_leads_to_nothing(monkeypatch):
    """A path of another user's, a network drive that hangs up: what the system says of them."""
    for error in (PermissionError(13, "Permission denied"), OSError(107, "Not connected")):

        def fail(self, error=error):
            raise error

        monkeypatch.setattr(Path, "stat", fail)
        assert not paths.is_file(Path("walk.mp4"))


def test_a_user_folder_that_cannot_be_made_says_what_to_do(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("TALPOSE_HOME", str(tmp_path / "file"))
    with pytest.raises(NotADirectoryError, match="TALPOSE_HOME must name a folder"):
        paths.user_state_dir()
