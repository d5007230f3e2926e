import errno

import pytest

from talpose_app.errors import FormatError
from talpose_app.formats.hdf5_files import replacing_hdf5


@pytest.fixture
def path(tmp_path):
    old = tmp_path / "out.h5"
    old.write_text("old")
    return old


def test_what_was_written_takes_the_place_of_the_old_file(path):
    with replacing_hdf5(path) as draft:
        draft.write_text("new")
        assert path.read_text() == "old"
    assert path.read_text() == "new"


@pytest.mark.parametrize(
    ("error", "says"),
    [
        (OSError(errno.ENOSPC, "Can't write (time = Fri\n, filename = ...)"), "No space left on device"),
        (OSError("Can't flush\nmore"), "Can't flush"),
        (RuntimeError("Unable to fit.\nmore"), "Unable to fit"),
        (KeyError("gone"), "'gone'"),
    ],
)
def test_a_failure_is_told_in_one_line_and_leaves_the_old_file(path, error, says):
    def fail():
        with replacing_hdf5(path) as draft:
            draft.write_text("half")
            raise error

    with pytest.raises(FormatError) as caught:
        fail()
    assert str(caught.value).startswith(f"{path} could not be written: {says}.")
    assert "\n" not in str(caught.value)
    assert [entry.name for entry in path.parent.iterdir()] == ["out.h5"]
    assert path.read_text() == "old"
