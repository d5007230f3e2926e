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
