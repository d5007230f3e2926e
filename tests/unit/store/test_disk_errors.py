"""Each kind of refusal has its way out."""

import errno

import pytest

from talpose_app.errors import ProjectError
from talpose_app.store.disk_errors import NotWritableError, disk_errors


@pytest.mark.parametrize(
    ("code", "hint"),
    [
        (errno.ENOSPC, "space"),
        (errno.EROFS, "Copy the project"),
        (errno.EACCES, "Copy the project"),
        (errno.ENOENT, "gone"),
        (errno.EIO, "Check the disk"),
    ],
)
def test_the_hint_fits_the_error(code, hint):
    with (
        pytest.raises(ProjectError, match="It cannot be saved: boom") as caught,
        disk_errors("It cannot be saved"),
    ):
        raise OSError(code, "boom")
    assert hint in caught.value.hint


def test_a_missing_right_is_told_apart():
    with pytest.raises(NotWritableError), disk_errors("It cannot be saved"):
        raise PermissionError(errno.EACCES, "Permission denied")


def test_other_errors_pass():
    with pytest.raises(KeyError), disk_errors("never"):
        raise KeyError
