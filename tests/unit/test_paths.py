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
