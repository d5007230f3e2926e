"""The note that the window opened."""

import pytest

from talpose_app.window.trust import Trust

HERE = {"DISPLAY": ":0", "USER": "fox", "HOME": "/home/fox"}


@pytest.fixture
def note(tmp_path):
    return tmp_path / "window_opened"


def test_it_holds_once_confirmed_until_withdrawn(note):
    trust = Trust(note, HERE)
    assert not trust.holds()
    trust.confirm()
    assert Trust(note, HERE).holds()
    trust.withdraw()
    trust.withdraw()
    assert not Trust(note, HERE).holds()


@pytest.mark.parametrize("change", [{"DISPLAY": ":1"}, {"WAYLAND_DISPLAY": "w"}, {"QT_QPA_PLATFORM": "xcb"}])
def test_another_display_or_toolkit_is_tried_anew(note, change):
    Trust(note, HERE).confirm()
    assert not Trust(note, {**HERE, **change}).holds()
    assert Trust(note, {**HERE, "HOME": "/elsewhere"}).holds()


def test_a_note_that_cannot_be_read_counts_as_none(note):
    note.write_bytes(b"\xff\xfe\xff")
    assert not Trust(note, HERE).holds()
