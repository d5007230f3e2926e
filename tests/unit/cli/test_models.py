import pytest

from talpose_app import paths
from talpose_app.tracking.checkpoints import KNOWN_CHECKPOINTS


@pytest.fixture
def user_file(talpose_home):
    """A damaged checkpoint in the user's folder."""
    path = paths.user_checkpoints_dir() / "scaled_offline.pth"
    path.write_bytes(b"no checkpoint")
    return path


def test_every_known_tracker_is_listed(talpose):
    out = talpose("models", "list").done().out
    assert all(known.name in out for known in KNOWN_CHECKPOINTS)
    assert str(paths.user_checkpoints_dir()) in out


def test_json_tells_which_are_installed(talpose, user_file):
    listed = {line["name"]: line for line in talpose("models", "list", "--json").done().lines}
    assert listed["cotracker3-offline"]["installed"] is True
    assert listed["cotracker3-offline"]["path"] == str(user_file)
    assert listed["cotracker3-offline"]["license"] == "CC-BY-NC 4.0"
    assert listed["cotracker3-online"]["installed"] is False


def test_a_damaged_file_is_found(talpose, user_file):
    ran = talpose("models", "verify", "cotracker3-offline", "--json")
    assert ran.code == 1
    (said,) = ran.lines
    assert said["ok"] is False
    assert said["problem"]


def test_what_is_not_installed_cannot_be_verified(talpose):
    ran = talpose("models", "verify", "cotracker3-online")
    assert ran.code == 1
    assert "scaled_online.pth" in ran.err


def test_a_tracker_is_got_and_is_there(talpose, file_server, small_official, monkeypatch):
    server = file_server(small_official.read_bytes())
    shrink(monkeypatch, len(server.content))
    words = ("models", "get", "cotracker3-offline", "--from", server.url)
    refused = talpose(*words)
    assert refused.code == 1
    assert "--accept-licence" in refused.err
    assert server.ranges == []
    assert "is installed" in talpose(*words, "--accept-licence").done().out
    (path,) = paths.user_checkpoints_dir().glob("*.pth")
    assert path.read_bytes() == server.content
    assert talpose(*words, "--json").done().lines == [{"name": "cotracker3-offline", "path": str(path)}]
    assert len(server.ranges) == 1
    assert talpose("models", "verify", "cotracker3-offline").code == 0


def shrink(monkeypatch, n_bytes):
    """Let the official file be as small as the test's."""
    from dataclasses import replace

    from talpose_app.tracking import checkpoints

    small = [
        replace(known, source=known.source and replace(known.source, n_bytes=n_bytes))
        for known in KNOWN_CHECKPOINTS
    ]
    monkeypatch.setattr(checkpoints, "KNOWN_CHECKPOINTS", tuple(small))


def test_only_safe_addresses_are_asked(talpose):
    ran = talpose("models", "get", "cotracker3-offline", "--from", "http://example.org/x", "--accept-licence")
    assert ran.code == 1
    assert "https://" in ran.err


def test_what_comes_with_the_program_is_there(talpose):
    assert "is installed" in talpose("models", "get", "talpose-small").done().out


def test_an_unknown_tracker_is_told(talpose):
    assert "There are: cotracker3-offline" in talpose("models", "get", "fox").err


def test_an_own_file_is_added_and_listed(talpose, tmp_path):
    from talpose_app.tracking.checkpoints import find_checkpoint

    file = tmp_path / "my_lab.safetensors"
    file.write_bytes(find_checkpoint("talpose-small").path.read_bytes())
    assert "my_lab is installed" in talpose("models", "add", file).done().out
    assert "my_lab" in talpose("models", "list").done().out
    assert talpose("models", "list", "--json").done().lines[-1]["name"] == "my_lab"
    assert "my_lab: whole" in talpose("models", "verify").done().out


def test_a_file_changed_since_it_came_is_found(talpose, tmp_path):
    from talpose_app.tracker_files.receipts import Receipt, write_receipt
    from talpose_app.tracking.checkpoints import find_checkpoint

    path = paths.user_checkpoints_dir() / "my_lab.safetensors"
    path.write_bytes(find_checkpoint("talpose-small").path.read_bytes())
    write_receipt(path, Receipt(sha256="0" * 64, n_bytes=1, origin="x", license="y"))
    ran = talpose("models", "verify", "my_lab")
    assert ran.code == 1
    assert "not as it was when it arrived" in ran.out


def test_the_licence_is_shown(talpose):
    out = talpose("models", "licence", "cotracker3-online").done().out
    assert out.startswith("Creative Commons Attribution-NonCommercial 4.0")
