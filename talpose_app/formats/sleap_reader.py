"""Reads ``.slp`` files in a process of their own: a damaged one may hang or crash HDF5's native code."""

from __future__ import annotations

import signal
from collections.abc import Callable
from multiprocessing.connection import Connection, Pipe
from multiprocessing.context import SpawnProcess
from pathlib import Path

import msgspec

from talpose_app.errors import FormatError
from talpose_app.formats.libraries import SLEAP_IO, reason
from talpose_app.formats.sleap_file import SlpFile, load_slp

#: How long a sound file may take: the start of the process on a busy machine, and ten times what was measured
#: for each megabyte.
_START_S, _PER_MEGABYTE_S = 30.0, 2.0

_WAY_OUT = "Open it in SLEAP and save it anew."

#: What the process runs: reads a file and sends what was wrong with it, empty for nothing, and its content.
Target = Callable[[str, Connection], None]


def read_slp(path: Path) -> SlpFile:
    """Read a file.

    Raises:
        FormatError: sleap-io is not installed, or the file cannot be read, is no ``.slp`` or damaged.
    """
    SLEAP_IO.check_installed()
    try:
        with path.open("rb") as file:
            n_bytes = file.seek(0, 2)
    except OSError as error:
        raise FormatError(f"{path} cannot be read: {error.strerror or error}.") from error
    content = ask(path, send_content, _START_S + _PER_MEGABYTE_S * n_bytes / 1e6)
    return msgspec.msgpack.decode(content, type=SlpFile)


def ask(path: Path, target: Target, limit_s: float) -> bytes:
    """Run ``target`` on a file and wait for what it sends.

    Args:
        path: The file.
        target: Of a module that the process can import.
        limit_s: How long it may take, in seconds.

    Raises:
        FormatError: It failed, crashed, or took longer.
    """
    receiver, sender = Pipe(duplex=False)
    child = SpawnProcess(target=target, args=(str(path.absolute()), sender), name="SLEAP reader", daemon=True)
    child.start()
    sender.close()
    try:
        if not receiver.poll(limit_s):
            raise FormatError(f"{path} is damaged: reading it does not end.", hint=_WAY_OUT)
        failure, content = receiver.recv_bytes().decode(), receiver.recv_bytes()
    except (EOFError, OSError) as error:
        raise FormatError(f"{path} is damaged: reading it crashes.", hint=_WAY_OUT) from error
    finally:
        receiver.close()
        child.kill()
        child.join()
    if failure:
        raise FormatError(f"{path} is no SLEAP file, damaged, or too new: {failure}.", hint=_WAY_OUT)
    return content


def send_content(path: str, sender: Connection) -> None:
    """Read a file, in the process of its own; see ``Target``."""
    # Ctrl+C reaches both processes; the one that waits tells the user and ends this one.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    failure, content = "", b""
    try:
        content = msgspec.msgpack.encode(load_slp(path))
    except Exception as error:  # noqa: BLE001  the boundary of the process: the other one tells the user
        failure = reason(error)
    sender.send_bytes(failure.encode(errors="replace"))
    sender.send_bytes(content)
