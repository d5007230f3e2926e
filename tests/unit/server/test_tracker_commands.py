"""Commands about trackers' files, with downloads from a server of the test's own."""

from dataclasses import replace

import pytest

from talpose_app import paths
from talpose_app.errors import TrackerError, UsageError
from talpose_app.protocol import messages as m
from talpose_app.server import tracker_commands as module
from talpose_app.server.dialogs import BrowserDialogs
from talpose_app.server.tracker_commands import TrackerCommands
from talpose_app.tracker_files import manager
from talpose_app.tracking.checkpoints import KNOWN_CHECKPOINTS, find_checkpoint

NAME = "cotracker3-offline"


class Chooser:
    """A window whose user always chooses the same file."""

    mode = "window"

    def __init__(self, path=None):
        self.path = path

    def open_file(self, kind):
        assert kind == "tracker"
        return self.path


@pytest.fixture
def told():
    return []


@pytest.fixture
def commands(told):
    made = TrackerCommands(BrowserDialogs(), told.append)
    yield made
    made.close()


@pytest.fixture
def own(tmp_path):
    path = tmp_path / "my_lab.safetensors"
    path.write_bytes(find_checkpoint("talpose-small").path.read_bytes())
    return path


def test_every_tracker_is_told_of(commands):
    states = {state.name: state for state in commands.states()}
    official, built_in = states[NAME], states["talpose-small"]
    assert (official.state, official.is_installed, official.licence) == ("absent", False, "CC-BY-NC 4.0")
    assert official.source.startswith("https://")
    assert official.place == str(paths.user_checkpoints_dir() / "scaled_offline.pth")
    assert official.gist
    assert (built_in.state, built_in.source, built_in.gist) == ("installed", None, "")
    assert built_in.n_bytes > 1_000_000


def test_without_a_yes_nothing_is_downloaded(commands, told):
    with pytest.raises(UsageError, match="accepted"):
        commands.get_tracker(m.GetTracker(id=1, name=NAME, has_accepted=False))
    assert told == []


@pytest.mark.engine
def test_a_download_is_told_of_until_it_is_there(told, file_server, small_official, monkeypatch):
    server = file_server(small_official.read_bytes())
    official = KNOWN_CHECKPOINTS[0]
    source = replace(official.source, url=server.url, n_bytes=len(server.content))
    known = replace(official, source=source)
    monkeypatch.setattr(manager, "known_checkpoint", lambda name: known)
    monkeypatch.setattr(module, "KNOWN_CHECKPOINTS", (known,))
    commands = TrackerCommands(BrowserDialogs(), told.append)
    downloads = commands._downloads
    assert isinstance(commands.get_tracker(m.GetTracker(id=1, name=NAME, has_accepted=True)), m.Done)
    downloads.wait(NAME)
    states = [event.trackers[0].state for event in told]
    assert states[0] in ("downloading", "checking", "installed")
    assert states[-1] == "installed"
    commands.cancel_tracker(m.CancelTracker(id=2, name=NAME))
    commands.close()


def test_a_chosen_file_becomes_a_tracker(told, own):
    commands = TrackerCommands(Chooser(own), told.append)
    commands.add_tracker(m.AddTracker(id=1))
    changed, notice = told
    assert "my_lab" in [tracker.name for tracker in changed.trackers]
    assert "my_lab" in commands.names()
    assert "my_lab is installed" in notice.message


def test_cancelled_nothing_is_added(told):
    TrackerCommands(Chooser(None), told.append).add_tracker(m.AddTracker(id=1))
    assert told == []


def test_a_browser_is_told_to_drop(commands):
    with pytest.raises(UsageError, match="Drop the file"):
        commands.add_tracker(m.AddTracker(id=1))


def test_a_damaged_file_is_not_taken(commands, own, told):
    own.write_bytes(own.read_bytes()[:-9])
    with pytest.raises(TrackerError):
        commands.place(own)
    assert told == []


def test_the_licence_is_answered(commands):
    reply = commands.show_licence(m.ShowLicence(id=3, name=NAME))
    assert reply.text.startswith("Creative Commons")
