import os
import time

import pytest

from talpose_app.errors import FormatError
from talpose_app.formats.sleap import SleapExporter
from talpose_app.formats.sleap_file import load_slp
from talpose_app.formats.sleap_reader import ask, read_slp, send_content


@pytest.fixture
def slp(labeled_project, tmp_path):
    path = tmp_path / "a.slp"
    SleapExporter().export(labeled_project, path)
    return path


def test_a_file_comes_over_whole(slp):
    assert repr(read_slp(slp)) == repr(load_slp(str(slp)))  # NaN is not equal to itself.


def test_what_is_no_sleap_file_is_refused_in_one_line(tmp_path):
    path = tmp_path / "a.slp"
    for content in (b"", b"no such thing", b"\x89HDF\r\n\x1a\n" + bytes(100)):
        path.write_bytes(content)
        with pytest.raises(FormatError, match="no SLEAP file") as caught:
            read_slp(path)
        assert "\n" not in str(caught.value)


def test_a_file_cut_short_is_refused(slp):
    slp.write_bytes(slp.read_bytes()[:-1000])
    with pytest.raises(FormatError, match="damaged"):
        read_slp(slp)


def test_a_newer_file_is_refused(slp):
    import h5py

    with h5py.File(slp, "a") as file:
        file["metadata"].attrs["format_id"] = 9.0
    with pytest.raises(FormatError, match="newer"):
        read_slp(slp)


def test_a_missing_file_and_a_folder_are_refused(tmp_path):
    for path in (tmp_path / "no.slp", tmp_path):
        with pytest.raises(FormatError, match="cannot be read"):
            read_slp(path)


def crashing(path, sender):
    os.abort()


def hanging(path, sender):
    time.sleep(600)


def test_a_reader_that_crashes_or_hangs_is_told(slp):
    with pytest.raises(FormatError, match="reading it crashes"):
        ask(slp, crashing, 60)
    with pytest.raises(FormatError, match="does not end"):
        ask(slp, hanging, 0)


def test_what_the_process_sends(slp, tmp_path):
    sent = []
    sender = type("Sender", (), {"send_bytes": staticmethod(sent.append)})()
    send_content(str(tmp_path / "no.slp"), sender)
    send_content(str(slp), sender)
    assert [bool(part) for part in sent] == [True, False, False, True]
