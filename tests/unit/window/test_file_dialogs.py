"""The port to native dialogs, on pywebview's side."""

from pathlib import Path

import pytest

from talpose_app.window.file_dialogs import WindowDialogs


class _Window:
    """What pywebview's window answers: always a tuple, or None when cancelled."""

    def __init__(self, answer):
        self.answer = answer
        self.asked = []

    def create_file_dialog(self, kind, **options):
        self.asked.append((int(kind), options))
        return self.answer


def _dialogs(window):
    dialogs = WindowDialogs()
    dialogs.attach(window)
    return dialogs


@pytest.mark.parametrize("kind", ["any", "video", "project", "labels"])
def test_open(kind):
    window = _Window(("/data/walk.mp4",))
    assert _dialogs(window).open_file(kind) == Path("/data/walk.mp4")
    ((_, options),) = window.asked
    assert options["file_types"]


@pytest.mark.parametrize("kind", ["any", "video", "project", "labels"])
def test_filters_are_written_as_pywebview_reads_them(kind):
    from webview.util import parse_file_type

    window = _Window(None)
    _dialogs(window).open_file(kind)
    for text in window.asked[0][1]["file_types"]:
        parse_file_type(text)


def test_cancelled():
    dialogs = _dialogs(_Window(None))
    assert dialogs.open_file("any") is None
    assert dialogs.save_file("walk.csv", ".csv") is None


@pytest.mark.parametrize(
    ("chosen", "path"), [("/d/out.csv", "/d/out.csv"), ("/d/out", "/d/out.csv"), ("/d/v1.2", "/d/v1.2.csv")]
)
def test_save_adds_the_extension(chosen, path):
    window = _Window((chosen,))
    assert _dialogs(window).save_file("walk.csv", ".csv") == Path(path)
    assert window.asked[0][1]["save_filename"] == "walk.csv"


@pytest.mark.parametrize(
    ("chosen", "path"), [("/d/CollectedData_Ada.csv", "/d/CollectedData_Ada.csv"), ("/d/a", "/d/a.lab.csv")]
)
def test_a_name_with_the_last_part_of_the_extension_is_whole(chosen, path):
    assert _dialogs(_Window((chosen,))).save_file("walk.lab.csv", ".lab.csv") == Path(path)


def test_without_a_window_nothing_is_chosen():
    assert WindowDialogs().open_file("any") is None


def test_a_dialog_begins_in_the_folder_that_is_named():
    window = _Window(None)
    _dialogs(window).open_file("video", Path("/data"))
    _dialogs(window).open_file("video")
    assert [options["directory"] for _, options in window.asked] == [str(Path("/data")), ""]
