"""The dialogs a browser does not have."""

from pathlib import Path

from talpose_app.server.dialogs import BrowserDialogs, Dialogs


def test_a_browser_chooses_nothing():
    dialogs: Dialogs = BrowserDialogs()
    assert dialogs.mode == "browser"
    assert dialogs.open_file("any") is None
    assert dialogs.open_file("video", Path("/d")) is None
    assert dialogs.save_file("walk.csv", ".csv") is None
