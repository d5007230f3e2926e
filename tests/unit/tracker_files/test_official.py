"""Looking into torch's files without running what is in them."""

import pickle
import zipfile

import pytest

from talpose_app.errors import TrackerError
from talpose_app.tracker_files.official import check_official, read_contents

pytestmark = pytest.mark.engine


class Trap:
    """Leaves a mark wherever it is unpickled."""

    def __init__(self, mark):
        self.mark = mark

    def __reduce__(self):
        return (open, (str(self.mark), "w"))


def rewrite(source, target, change):
    """Copy an archive with its pickle changed, its check sums right."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w") as new:
        for entry in old.infolist():
            data = old.read(entry)
            new.writestr(entry.filename, change(data) if entry.filename.endswith("data.pkl") else data)
    return target


def test_names_and_window_are_read(small_official):
    contents = read_contents(small_official)
    assert contents.is_cotracker3
    assert contents.window_len == 60
    assert contents.calls == {
        "collections OrderedDict",
        "torch FloatStorage",
        "torch._utils _rebuild_tensor_v2",
    }
    check_official(small_official, 60)


def test_the_other_official_file_is_not_taken_for_this_one(small_official):
    with pytest.raises(TrackerError, match="windows of 60 frames, not of 16"):
        check_official(small_official, 16)


@pytest.mark.parametrize("protocol", [2, 4])
def test_what_would_run_code_is_refused_and_not_run(small_official, tmp_path, protocol):
    mark = tmp_path / "was_here"
    trap = pickle.dumps({"time_emb": Trap(mark)}, protocol=protocol)
    path = rewrite(small_official, tmp_path / "trap.pth", lambda data: trap)
    with pytest.raises(TrackerError, match="more than weights"):
        check_official(path, 60)
    assert not mark.exists()


def test_weights_of_another_network_are_refused(small_official, tmp_path):
    path = rewrite(
        small_official, tmp_path / "x.pth", lambda data: data.replace(b"virual_tracks", b"other_tracks_")
    )
    with pytest.raises(TrackerError, match="weights of a CoTracker3"):
        check_official(path, 60)


@pytest.mark.parametrize("content", [b"", b"<html>sign in</html>"])
def test_what_is_no_archive_is_refused(tmp_path, content):
    path = tmp_path / "x.pth"
    path.write_bytes(content)
    with pytest.raises(TrackerError):
        read_contents(path)


def test_an_archive_without_a_list_is_refused(tmp_path):
    path = tmp_path / "x.pth"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a/b", b"c")
    with pytest.raises(TrackerError, match="no list of weights"):
        read_contents(path)


def test_a_damaged_list_is_refused(small_official, tmp_path):
    path = rewrite(small_official, tmp_path / "x.pth", lambda data: data[: len(data) // 2])
    with pytest.raises(TrackerError):
        read_contents(path)
