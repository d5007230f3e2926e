"""One project on the disk: what is acknowledged here survives a crash and a power cut.

The snapshot is the project at some revision; the journal holds every step since, and
the history before. Folding brings the snapshot up to date; it never makes anything
durable that was not so already.
"""

from __future__ import annotations

import secrets
import threading
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal, NamedTuple

import msgspec

from talpose_app.errors import ProjectError, SchemaError
from talpose_app.model.history import History, Step
from talpose_app.model.project import Project
from talpose_app.store.disk import Disk, RealDisk
from talpose_app.store.disk_errors import disk_errors
from talpose_app.store.edit_codec import encode_checked, encode_edit
from talpose_app.store.files import ProjectFiles
from talpose_app.store.journal import (
    Damage,
    Did,
    Header,
    Line,
    Live,
    Past,
    Redid,
    Undid,
    encode_record,
    read_lines,
)
from talpose_app.store.journal_file import JournalFile
from talpose_app.store.lock import ProjectLock
from talpose_app.store.recovery import Loaded, RecoveryReport, load
from talpose_app.store.snapshot import Mark, Snapshot, SnapshotWriter, View, snapshot_from_bytes
from talpose_app.store.snapshot_file import SnapshotFile, keep_aside
from talpose_app.store.trim import trimmed

#: Steps of the history that outlive a restart.
MAX_STEPS = 500

#: Bytes those steps may take; a run over a long video takes megabytes.
MAX_HISTORY_BYTES = 64 << 20


@dataclass(frozen=True, slots=True)
class Entry:
    """What is appended: an edit, or the undo or redo of one.

    Attributes:
        kind: What happened.
        step: The edit made, undone or redone; its ``revision`` is set by ``append`` for ``do``.
    """

    kind: Literal["do", "undo", "redo"]
    step: Step


class OpenedProject(NamedTuple):
    """What ``ProjectStore.open`` found."""

    store: ProjectStore
    project: Project
    history: History
    revision: int
    recovery: RecoveryReport
    view: View


def _refuse_existing(files: ProjectFiles, disk: Disk) -> None:
    if disk.stamp(files.snapshot) is not None:
        raise ProjectError(f"{files.snapshot} exists already.", hint="Open it, or choose another name.")
    if any(disk.stamp(backup) is not None for backup in files.backups):
        raise ProjectError(
            f"{files.snapshot} is missing, but its backups are there.",
            hint="Open it to have it recovered, or choose another name.",
        )


class ProjectStore:
    """The files of one project, open for reading or for writing. Thread-safe."""

    def __init__(
        self, files: ProjectFiles, disk: Disk, lock: ProjectLock | None, project_id: str, mark: Mark
    ) -> None:
        self.files = files
        self._refusal = f"{files.snapshot.name} cannot be saved"
        self._disk = disk
        self._lock = lock
        self._project_id = project_id
        self._mark = mark
        self._folded = mark
        self._writer = SnapshotWriter(files.folder)
        self._snapshot = SnapshotFile(files, disk)
        self._journal = JournalFile(files, disk)
        self._append_lock = threading.Lock()
        # Taken before _append_lock where both are needed.
        self._fold_lock = threading.RLock()

    # ------------------------------------------------------- create, open

    @classmethod
    def create(
        cls, path: Path, project: Project, view: View | None = None, *, disk: Disk | None = None
    ) -> ProjectStore:
        """Write a new project and open it.

        Args:
            path: ``name.talpose.json``; must not exist.
            project: What to write.
            view: View settings.
            disk: Where; the real one if None.

        Raises:
            ProjectLockedError: Another process has it open.
            ProjectError: The file exists, or cannot be written.
        """
        files, disk = ProjectFiles.at(path), disk or RealDisk()
        lock = ProjectLock.acquire(files.lock)
        try:
            _refuse_existing(files, disk)
            store = cls(files, disk, lock, secrets.token_hex(8), Mark(0, secrets.token_hex(4)))
            with disk_errors(f"{files.snapshot.name} cannot be saved"):
                if disk.stamp(files.journal) is not None:
                    keep_aside(files, disk, files.journal, "other", "journal")
            store.rebuild(project, History(), view or {})
        except BaseException:
            lock.release()
            raise
        return store

    @classmethod
    def open(cls, path: Path, *, read_only: bool = False, disk: Disk | None = None) -> OpenedProject:
        """Open a project at its last acknowledged edit.

        Args:
            path: ``name.talpose.json``.
            read_only: Take no lock and write nothing.
            disk: Where; the real one if None.

        Raises:
            ProjectLockedError: Another process has it open.
            SchemaError: A newer version wrote it, or no generation of it can be read.
            ProjectError: It is not there, or its folder cannot be read or written.
        """
        files, disk = ProjectFiles.at(path), disk or RealDisk()
        if disk.stamp(files.folder) is None:
            raise ProjectError(f"There is no project {files.snapshot}.")
        if read_only:
            return cls._opened(load(files, disk), files, disk, None)
        lock = ProjectLock.acquire(files.lock)
        try:
            return cls._opened(load(files, disk), files, disk, lock)
        except BaseException:
            lock.release()
            raise

    @classmethod
    def _opened(
        cls, loaded: Loaded, files: ProjectFiles, disk: Disk, lock: ProjectLock | None
    ) -> OpenedProject:
        replayed = loaded.replayed
        store = cls(files, disk, lock, loaded.snapshot.project_id, replayed.mark)
        store._folded = loaded.snapshot.mark
        kept: list[Path] = []
        if lock is not None:
            with disk_errors(f"{files.snapshot.name} cannot be saved"):
                kept = store._keep_damaged(loaded)
                store._begin_writing(loaded)
        report = RecoveryReport(replayed.n_applied, tuple(loaded.findings), tuple(replayed.lost), tuple(kept))
        return OpenedProject(
            store, replayed.project, replayed.history, store.mark.revision, report, loaded.snapshot.view
        )

    def _keep_damaged(self, loaded: Loaded) -> list[Path]:
        """Copy whatever is not whole, or about to be replaced by something that is not the same."""
        kept: list[Path] = []
        if loaded.snapshot_data is not None:
            if loaded.is_snapshot_damaged:
                kept.append(keep_aside(self.files, self._disk, self.files.snapshot, "damaged", "json"))
            elif loaded.old_schema is not None:
                kind = f"schema-{loaded.old_schema}"
                kept.append(keep_aside(self.files, self._disk, self.files.snapshot, kind, "json"))
        if loaded.journal_data and loaded.is_journal_foreign:
            kept.append(keep_aside(self.files, self._disk, self.files.journal, "other", "journal"))
        elif loaded.journal_data and (loaded.tail is not None or not loaded.replayed.is_whole):
            kept.append(keep_aside(self.files, self._disk, self.files.journal, "damaged", "journal"))
        return kept

    def _begin_writing(self, loaded: Loaded) -> None:
        """Make the files whole, so that edits can be appended."""
        self._snapshot.remember(loaded.snapshot_data)
        replayed = loaded.replayed
        if loaded.needs_rewrite:
            # A place the old journal never reached: should the rewrite be cut off, its records cannot apply.
            self._mark = Mark(replayed.mark.revision + 1, secrets.token_hex(4))
            self.rebuild(replayed.project, replayed.history, loaded.snapshot.view)
            return
        data = loaded.journal_data
        assert data is not None
        length = len(data) if loaded.tail is None else loaded.tail.start
        if not data[:length].endswith(b"\n"):
            # The last record is whole but for its newline.
            self._journal.rewrite([line for line in loaded.lines if not isinstance(line, Damage)])
            return
        self._journal.open(length, len(loaded.lines))

    # ------------------------------------------------------------- append

    @property
    def mark(self) -> Mark:
        """Place in the history of the last acknowledged entry."""
        return self._mark

    @property
    def is_folded(self) -> bool:
        """Whether the snapshot is up to date."""
        return self._folded == self._mark

    @property
    def is_read_only(self) -> bool:
        """Whether the store takes no edits."""
        return self._lock is None

    def append(self, entry: Entry) -> Step:
        """Write an entry; durable on return.

        Returns:
            The step; one just made with its revision and stored size.

        Raises:
            EditError: The edit could not be read back; nothing was written.
            JournalLostError: Somebody removed the journal; ``rebuild``, then append again.
            ProjectError: The disk refused; nothing was acknowledged, and the files are as before.
        """
        with self._append_lock, disk_errors(self._refusal):
            record = self._record_of(entry)
            line = encode_record(record)
            self._journal.append(line)
            self._mark = Mark(record.revision, line.sum)
        if entry.kind != "do":
            return entry.step
        return replace(entry.step, revision=record.revision, n_bytes=len(line.data))

    def _record_of(self, entry: Entry) -> Live:
        revision, prev = self._mark.revision + 1, self._mark.journal_sum
        at = datetime.now(UTC).isoformat(timespec="seconds")
        step = entry.step
        if entry.kind == "undo":
            return Undid(revision=revision, prev=prev, at=at, of=step.revision)
        if entry.kind == "redo":
            return Redid(revision=revision, prev=prev, at=at, of=step.revision)
        folder = self.files.folder
        forward = msgspec.Raw(encode_checked(step.forward, folder))
        backward = msgspec.Raw(encode_checked(step.backward, folder))
        return Did(revision=revision, prev=prev, at=at, title=step.title, forward=forward, backward=backward)

    # --------------------------------------------------------------- fold

    def fold(self, project: Project, mark: Mark, view: View) -> Path | None:
        """Bring the snapshot up to date; edits can be appended meanwhile.

        Args:
            project: The project at ``mark``.
            mark: ``ProjectStore.mark`` when ``project`` was the present.
            view: View settings.

        Returns:
            Where another program's version of the snapshot was kept, if it had been changed.

        Raises:
            ProjectError: The disk refused, or the snapshot could not be read back; the old one and the
                journal stand.
        """
        with self._fold_lock, disk_errors(self._refusal):
            before = self._folded
            if mark.revision < before.revision:
                return None  # Another thread was faster with a newer one.
            snapshot = Snapshot(self._project_id, mark, project, view)
            conflict = self._snapshot.write(self._encoded(snapshot))
            self._folded = mark
            if self._journal.n_lines > 3 * MAX_STEPS or self._journal.length > 3 * MAX_HISTORY_BYTES:
                self._trim(before)
            return conflict

    def _trim(self, base: Mark) -> None:
        """Shorten the journal; it still leads from the first backup, at ``base``, to the present."""
        with self._append_lock:
            length = self._journal.length
        lines = read_lines(self._disk.read(self.files.journal)[:length])
        whole = [line for line in lines if isinstance(line, Line)]
        if len(whole) < len(lines):
            return  # Damaged while it was open; opening it next time sees to that.
        kept = trimmed(whole, self._project_id, base, MAX_STEPS, MAX_HISTORY_BYTES)
        prepared = self._journal.prepare(kept)
        with self._append_lock:
            tail = self._disk.read(self.files.journal)[length : self._journal.length]
            self._journal.swap(prepared, tail)

    def rebuild(self, project: Project, history: History, view: View) -> None:
        """Write snapshot and journal anew from what is in memory.

        Raises:
            ProjectError: The disk refused.
        """
        with self._fold_lock, self._append_lock, disk_errors(self._refusal):
            self._hold_lock()
            snapshot = Snapshot(self._project_id, self._mark, project, view)
            data = self._encoded(snapshot)
            past = [encode_record(self._past(step, is_undone=False)) for step in history.done]
            future = [encode_record(self._past(step, is_undone=True)) for step in history.undone]
            header = Header(
                schema=1,
                project_id=self._project_id,
                revision=self._mark.revision,
                sum=self._mark.journal_sum,
            )
            self._snapshot.write_twice(data)
            self._journal.rewrite([encode_record(header), *past, *future])
            self._folded = self._mark

    def _encoded(self, snapshot: Snapshot) -> bytes:
        """The snapshot's bytes; a good file is never replaced by one that could not be opened again."""
        try:
            data = self._writer.to_bytes(snapshot)
            snapshot_from_bytes(data, self.files.folder)
        except SchemaError as error:
            hint = "The file stands as it was, and the journal has every edit."
            raise ProjectError(f"{self._refusal}: {error.message}", hint=hint) from error
        except UnicodeEncodeError as error:
            why = f"{error.object!r} holds bytes that are no text"
            raise ProjectError(f"{self._refusal}: {why}.", hint="Rename the file or folder.") from error
        return data

    def _past(self, step: Step, *, is_undone: bool) -> Past:
        folder = self.files.folder
        forward = msgspec.Raw(encode_edit(step.forward, folder))
        backward = msgspec.Raw(encode_edit(step.backward, folder))
        return Past(
            revision=step.revision, title=step.title, is_undone=is_undone, forward=forward, backward=backward
        )

    def _hold_lock(self) -> None:
        """Take the lock again if its file vanished with the journal: another process may have it by now."""
        assert self._lock is not None
        if not self._lock.is_held:
            lock = ProjectLock.acquire(self.files.lock)
            self._lock.release()
            self._lock = lock

    def close(self) -> None:
        """Release journal and lock; a second call does nothing."""
        with self._fold_lock, self._append_lock:
            self._journal.close()
            if self._lock is not None:
                self._lock.release()
