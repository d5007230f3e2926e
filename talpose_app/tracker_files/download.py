"""One download: it goes on where it broke off, and its file appears only when it has been found whole."""

from __future__ import annotations

import contextlib
import errno
import http.client
import shutil
import threading
import urllib.error
from collections.abc import Callable, Generator
from dataclasses import dataclass
from pathlib import Path

import msgspec

from talpose_app import paths
from talpose_app.errors import TrackerError
from talpose_app.tracker_files.official import check_official
from talpose_app.tracker_files.receipts import Receipt, now, write_receipt
from talpose_app.tracker_files.web import Answer, ask, explain
from talpose_app.tracking.checkpoints import KnownCheckpoint, Source, weights_sha256

_CHUNK_BYTES = 1 << 17

#: How often the connection may break without a byte gained in between.
_N_TRIES = 5

#: Waited before another try, doubled each time.
_PAUSE_S = 1.0

#: Room that must be left on the disk.
_SPARE_BYTES = 64 << 20

#: How many times larger or smaller than expected a file may be before it is taken for something else.
_SIZE_FACTOR = 2

_NETWORK_ERRORS = (urllib.error.URLError, http.client.HTTPException, OSError)


class DownloadCancelled(Exception):  # noqa: N818  no error: the user asked for it
    """The download was cancelled; what came so far is kept."""


class _DiskFault(Exception):  # noqa: N818  never leaves this module
    """A fault of the disk, wrapped so that nobody takes it for one of the network."""

    def __init__(self, error: OSError) -> None:
        super().__init__(str(error))
        self.error = error


class _Progress(msgspec.Struct, frozen=True):
    """What is known of a part, written beside it."""

    url: str
    identity: str
    n_bytes: int | None
    sha256: str | None = None


@dataclass(frozen=True, slots=True)
class DownloadControl:
    """The download's line to whoever asked for it.

    Attributes:
        report: Told how many bytes have come, and of how many.
        cancelled: Set to cancel.
    """

    report: Callable[[int, int], None]
    cancelled: threading.Event


class Download:
    """Gets one tracker's file.

    Args:
        known: Which; one with a source.
        control: Progress and cancelling.
        url: Another place to get it from than the publisher's.
        pause_s: Waited before the second try.
    """

    def __init__(
        self,
        known: KnownCheckpoint,
        control: DownloadControl,
        *,
        url: str | None = None,
        pause_s: float = _PAUSE_S,
    ) -> None:
        if known.source is None:
            raise TrackerError(f"{known.name} comes with TALPose; there is nothing to download.")
        self._known = known
        self._source: Source = known.source
        self._url = url or known.source.url
        self._control = control
        self._pause_s = pause_s
        self._path = paths.user_checkpoints_dir() / known.filename
        self._part = self._path.with_name(self._path.name + ".part")
        self._notes = self._path.with_name(self._path.name + ".part.json")

    def run(self) -> Path:
        """Download, check, and put the file in its place.

        The licence must have been accepted: its name and the time go into the receipt.

        Returns:
            The file.

        Raises:
            TrackerError: The network failed, the disk is full, or the file is not what it should be.
            DownloadCancelled: It was cancelled; the next run goes on.
        """
        try:
            announced = self._fetch_all()
            with _on_disk():
                return self._settle(announced)
        except _DiskFault as fault:
            raise self._disk_error(fault.error) from fault

    # ---------------------------------------------------------------- fetching

    def _fetch_all(self) -> str | None:
        """Fetch until all is there; return the hash that the server announces."""
        notes = self._read_notes()
        if notes is not None and notes.url == self._url and notes.n_bytes == self._n_have():
            # Ended between the last byte and the check.
            return notes.sha256
        n_failures, most = 0, self._n_have()
        while True:
            try:
                answer = self._open()
                if answer is not None:
                    self._fetch(answer)
                    if self._n_have() == (answer.n_bytes or self._n_have()):
                        return answer.sha256
                error: Exception = http.client.IncompleteRead(b"")
            except _NETWORK_ERRORS as caught:
                if not _may_pass(caught):
                    raise self._in_words(caught) from caught
                error = caught
            # Only more than ever before counts as gained: a server whose file is shorter than it says is
            # given up.
            n_failures = 1 if self._n_have() > most else n_failures + 1
            most = max(most, self._n_have())
            if n_failures >= _N_TRIES:
                raise self._in_words(error) from error
            if self._control.cancelled.wait(self._pause_s * 2 ** (n_failures - 1)):
                raise DownloadCancelled

    def _in_words(self, error: Exception) -> TrackerError:
        told = explain(error, self._url, self._source.page)
        kept = self._n_have()
        return TrackerError(told.message, hint=f"{told.hint} What came so far is kept.") if kept else told

    def _open(self) -> Answer | None:
        """Ask for what is missing; None if the part is of no use and the next try starts anew."""
        start, notes = self._n_have(), self._read_notes()
        if start and (notes is None or notes.url != self._url):
            self._forget()
            start = 0
        try:
            answer = ask(self._url, start)
        except urllib.error.HTTPError as error:
            if error.code != http.HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE or not start:
                raise
            error.close()
            self._forget()
            return None
        if answer.start and not self._continues(answer, start, notes):
            answer.body.close()
            self._forget()
            return None
        self._check_size(answer)
        with _on_disk():
            if not answer.start:
                self._part.write_bytes(b"")
            note = _Progress(self._url, answer.identity, answer.n_bytes, answer.sha256)
            self._notes.write_bytes(msgspec.json.encode(note))
        return answer

    @staticmethod
    def _continues(answer: Answer, start: int, notes: _Progress | None) -> bool:
        """Whether the rest that is offered belongs to the part that is there."""
        same = notes is not None and (answer.identity, answer.n_bytes) == (notes.identity, notes.n_bytes)
        return same and answer.start == start

    def _check_size(self, answer: Answer) -> None:
        """Refuse what cannot be the file, before it is downloaded."""
        expected, offered = self._source.n_bytes, answer.n_bytes
        if offered is None:
            offered = expected
        if not expected / _SIZE_FACTOR <= offered <= expected * _SIZE_FACTOR:
            answer.body.close()
            raise TrackerError(
                f"The server offers {_mb(offered)} where {self._known.filename} has about {_mb(expected)}.",
                hint="It may be a page that asks you to sign in to the network; open it in a browser first.",
            )
        free = shutil.disk_usage(self._path.parent).free
        missing = offered - answer.start
        if free < missing + _SPARE_BYTES:
            answer.body.close()
            raise TrackerError(
                f"{_mb(missing)} are needed in {self._path.parent}, {_mb(free)} are free.",
                hint="Make room, or set TALPOSE_HOME to a folder on another disk.",
            )

    def _fetch(self, answer: Answer) -> None:
        limit = answer.n_bytes or self._source.n_bytes * _SIZE_FACTOR
        n_have = answer.start
        with contextlib.closing(answer.body), _on_disk_open(self._part) as write:
            while chunk := answer.body.read1(_CHUNK_BYTES):
                n_have += len(chunk)
                if n_have > limit:
                    self._forget()
                    raise TrackerError("The server sends more than it announced; nothing was kept.")
                write(chunk)
                self._control.report(n_have, answer.n_bytes or max(n_have, self._source.n_bytes))
                if self._control.cancelled.is_set():
                    raise DownloadCancelled

    # ---------------------------------------------------------------- settling

    def _settle(self, announced: str | None) -> Path:
        """Check the part and give it its name."""
        try:
            sha256 = weights_sha256(self._part)
            self._check_hash(sha256, self._source.sha256, "its publisher states")
            self._check_hash(sha256, announced, "the server announces")
            check_official(self._part, self._source.window_len)
        except TrackerError as error:
            self._forget()
            raise _named(error, self._part, self._path) from error
        receipt = Receipt(
            sha256=sha256,
            n_bytes=self._part.stat().st_size,
            origin=self._url,
            announced_sha256=announced,
            license=self._known.license,
            accepted_at=now(),
            stored_at=now(),
        )
        write_receipt(self._path, receipt)
        self._part.replace(self._path)
        self._notes.unlink(missing_ok=True)
        return self._path

    def _check_hash(self, found: str, expected: str | None, whose: str) -> None:
        if expected not in (None, found):
            raise TrackerError(
                f"{self._known.filename} arrived damaged: hash {found[:12]}…, {whose} {expected[:12]}….",
                hint="Nothing was kept; try again.",
            )

    def _n_have(self) -> int:
        try:
            return self._part.stat().st_size
        except FileNotFoundError:
            return 0

    def _read_notes(self) -> _Progress | None:
        try:
            return msgspec.json.decode(self._notes.read_bytes(), type=_Progress)
        except (OSError, msgspec.DecodeError, UnicodeDecodeError):
            return None

    def _forget(self) -> None:
        with _on_disk():
            self._part.unlink(missing_ok=True)
            self._notes.unlink(missing_ok=True)

    def _disk_error(self, error: OSError) -> TrackerError:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            hint = "Make room and start the download again; it goes on where it stopped."
            return TrackerError(f"The disk of {self._path.parent} is full.", hint=hint)
        text = f"{self._path.parent} cannot be written to: {error.strerror}."
        return TrackerError(text, hint="Make it writable, or set TALPOSE_HOME to a folder that is.")


def n_bytes_begun(known: KnownCheckpoint) -> int:
    """How much of a tracker's file has been downloaded before and waits for the rest, in bytes."""
    try:
        return (paths.user_checkpoints_dir() / f"{known.filename}.part").stat().st_size
    except OSError:
        return 0


def _may_pass(error: Exception) -> bool:
    """Whether trying again may help."""
    if isinstance(error, urllib.error.HTTPError):
        return error.code >= http.HTTPStatus.INTERNAL_SERVER_ERROR
    cause = error.reason if isinstance(error, urllib.error.URLError) else error
    return isinstance(
        cause, http.client.HTTPException | ConnectionResetError | TimeoutError | BrokenPipeError
    )


@contextlib.contextmanager
def _on_disk_open(path: Path) -> Generator[Callable[[bytes], object]]:
    """Open a file for appending; faults of opening, writing and closing it are the disk's."""
    with _on_disk():
        file = path.open("ab", buffering=0)

    def write(chunk: bytes) -> None:
        with _on_disk():
            file.write(chunk)

    try:
        yield write
    finally:
        with _on_disk():
            file.close()


@contextlib.contextmanager
def _on_disk() -> Generator[None]:
    """Tell the disk's faults from the network's: both are OSErrors."""
    try:
        yield
    except OSError as error:
        raise _DiskFault(error) from error


def _named(error: TrackerError, part: Path, path: Path) -> TrackerError:
    """The same error about the file under its final name."""
    return TrackerError(
        error.message.replace(str(part), path.name).replace(part.name, path.name), hint=error.hint
    )


def _mb(n_bytes: float) -> str:
    return f"{n_bytes / 1e6:,.1f} MB"
