"""Downloads in threads: started, followed, cancelled."""

import threading
from dataclasses import replace

import pytest

from talpose_app.errors import TrackerError
from talpose_app.tracker_files import download, manager
from talpose_app.tracker_files.download import Download
from talpose_app.tracker_files.manager import DownloadManager

pytestmark = pytest.mark.engine


@pytest.fixture
def changes():
    return []


@pytest.fixture
def downloads(known, monkeypatch, changes):
    monkeypatch.setattr(manager, "known_checkpoint", lambda name: replace(known, name=name))
    made = DownloadManager(changes.append, lambda which, control: Download(which, control, pause_s=0.001))
    yield made
    made.close()


def test_a_download_is_followed_to_its_end(downloads, known, server, changes):
    assert downloads.state(known).state == "absent"
    downloads.start(known.name)
    downloads.wait(known.name)
    state = downloads.state(known)
    assert (state.state, state.n_done, state.n_bytes) == (
        "installed",
        len(server.content),
        len(server.content),
    )
    assert set(changes) == {known.name}
    with pytest.raises(TrackerError, match="installed already"):
        downloads.start(known.name)


def test_a_failure_is_told_and_can_be_tried_again(downloads, known, server):
    server.cuts = [40_000, *[0] * 9]
    downloads.start(known.name)
    downloads.wait(known.name)
    state = downloads.state(known)
    assert (state.state, state.n_done) == ("failed", 40_000)
    assert "broke off" in state.error.message
    server.cuts = []
    downloads.start(known.name)
    downloads.wait(known.name)
    assert downloads.state(known).state == "installed"


def test_a_download_can_be_cancelled_and_begun_again(downloads, known, server):
    go_on, halfway = threading.Event(), threading.Event()

    def hold(position):
        if position >= 65_536:
            halfway.set()
            go_on.wait(30)

    server.on_chunk = hold
    downloads.start(known.name)
    assert halfway.wait(30)
    assert downloads.state(known).state == "downloading"
    with pytest.raises(TrackerError, match="being downloaded already"):
        downloads.start(known.name)
    downloads.cancel(known.name)
    go_on.set()
    downloads.wait(known.name)
    state = downloads.state(known)
    assert state.state == "begun"
    assert 0 < state.n_done < len(server.content)


def test_a_fault_of_the_program_reaches_the_user(downloads, known, monkeypatch):
    def fail(self):
        raise ValueError("odd")

    monkeypatch.setattr(download.Download, "run", fail)
    downloads.start(known.name)
    downloads.wait(known.name)
    assert "odd" in downloads.state(known).error.message


def test_cancelling_what_does_not_run_does_nothing(downloads, changes):
    downloads.cancel("cotracker3-offline")
    assert changes == []
