"""Writing files of HDF5 through the libraries of their formats, whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from talpose_app.errors import FormatError
from talpose_app.formats.files import replacing_file
from talpose_app.formats.libraries import reason

#: What h5py and the libraries above it raise, besides the system's errors, where they cannot write; a name or
#: an attribute of more than 64 kB is one such case.
_REFUSALS = (LookupError, RuntimeError, TypeError, ValueError)


@contextmanager
def replacing_hdf5(path: Path) -> Generator[Path]:
    """As ``replacing_file``, with what HDF5 and its libraries say put into one line.

    Args:
        path: Where the file is to be; a link is followed.

    Yields:
        Where to write: an empty file.

    Raises:
        FormatError: As ``replacing_file``, and where a library refuses what it is given.
    """
    with replacing_file(path) as draft:
        try:
            yield draft
        except OSError as error:
            # HDF5 adds a page of its own to what the system says.
            says = os.strerror(error.errno) if error.errno else reason(error)
            raise OSError(error.errno, says) from error
        except _REFUSALS as error:
            raise FormatError(f"{path} could not be written: {reason(error)}.") from error
