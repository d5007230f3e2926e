"""Reading a project whatever state its files are in: what is whole is used, what is not is named.

Nothing is written here; ``store`` keeps the damaged files and makes the state whole again.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from talpose_app.errors import ProjectError, SchemaError
from talpose_app.store.disk import Disk
from talpose_app.store.files import ProjectFiles
from talpose_app.store.journal import Damage, Line, read_lines
from talpose_app.store.migrations import NewerSchemaError, schema_of
from talpose_app.store.replay import Replayed, belongs_to, replay
from talpose_app.store.schema import SCHEMA
from talpose_app.store.snapshot import Snapshot, checksum_holds, snapshot_from_bytes


@dataclass(frozen=True, slots=True)
class RecoveryReport:
    """What was found when a project was opened.

    Attributes:
        n_replayed: Edits, undos and redos that were in the journal only: saved, not yet in the snapshot.
        findings: What was damaged and what was done about it, a sentence each.
        lost: What could not be brought back, a sentence each.
        kept_files: Copies of the damaged files.
    """

    n_replayed: int = 0
    findings: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()
    kept_files: tuple[Path, ...] = ()

    @property
    def is_clean(self) -> bool:
        """Whether every file was whole."""
        return not self.findings and not self.lost

    def text(self) -> str:
        """The whole report in sentences; empty if there is nothing to tell."""
        sentences = [*self.findings, *self.lost]
        if self.kept_files:
            sentences.append("Kept for you: " + ", ".join(path.name for path in self.kept_files) + ".")
        return " ".join(sentences)


@dataclass(slots=True)
class Loaded:
    """A project as its files tell it.

    Attributes:
        snapshot: The generation it starts from.
        snapshot_data: Bytes of ``name.talpose.json`` as found; None if there is none.
        journal_data: Bytes of the journal as found; None if there is none.
        replayed: The present.
        findings: What was wrong, a sentence each.
        is_snapshot_damaged: ``snapshot_data`` was not used.
        is_journal_foreign: The journal tells another history and was not used.
        old_schema: Schema of the snapshot if it is older than the present one.
        lines: The journal's lines.
    """

    snapshot: Snapshot
    snapshot_data: bytes | None
    journal_data: bytes | None
    replayed: Replayed
    findings: list[str]
    is_snapshot_damaged: bool
    is_journal_foreign: bool
    old_schema: int | None
    lines: list[Line | Damage]

    @property
    def tail(self) -> Damage | None:
        """A cut-off write at the end of the journal."""
        last = self.lines[-1] if self.lines else None
        return last if isinstance(last, Damage) else None

    @property
    def needs_rewrite(self) -> bool:
        """Whether snapshot and journal must be written anew before the next edit."""
        return (
            self.is_snapshot_damaged
            or self.is_journal_foreign
            or self.old_schema is not None
            or self.journal_data is None
            or not self.replayed.is_whole
        )


def load(files: ProjectFiles, disk: Disk) -> Loaded:
    """Read a project from the newest generation that is whole, and its journal.

    Raises:
        NewerSchemaError: A newer version of TALPose wrote it.
        SchemaError: No generation can be read.
        ProjectError: There is no such project, or the folder cannot be read.
    """
    findings: list[str] = []
    data = _read(files.snapshot, disk)
    snapshot = _read_snapshot(data, files, findings)
    is_damaged = snapshot is None
    if snapshot is None:
        snapshot = _read_backup(files, disk, findings) or _last_resort(data, files, findings)
    if snapshot is None:
        raise _unreadable(files, data, findings)
    journal = _read(files.journal, disk)
    lines = read_lines(journal or b"")
    is_foreign = not belongs_to(lines, snapshot)
    if is_foreign:
        findings.append("The journal belongs to another version of this project; it was set aside.")
    replayed = replay(snapshot, [] if is_foreign else lines, files.folder)
    _describe(journal, lines, replayed, findings)
    return Loaded(
        snapshot=snapshot,
        snapshot_data=data,
        journal_data=journal,
        replayed=replayed,
        findings=findings,
        is_snapshot_damaged=is_damaged,
        is_journal_foreign=is_foreign,
        old_schema=None if is_damaged or data is None else _older_schema(data),
        lines=lines,
    )


def _read(path: Path, disk: Disk) -> bytes | None:
    if disk.stamp(path) is None:
        return None
    try:
        return disk.read(path)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise ProjectError(f"{path} cannot be read ({error.strerror}).") from error


def _read_snapshot(data: bytes | None, files: ProjectFiles, findings: list[str]) -> Snapshot | None:
    """The present generation; None, and a finding, if it is missing or damaged."""
    name = files.snapshot.name
    if data is None:
        findings.append(f"{name} is missing.")
        return None
    if not checksum_holds(data):
        findings.append(f"{name} was damaged, or changed by another program, since it was saved.")
        _refuse_newer(data, files)
        return None
    try:
        return snapshot_from_bytes(data, files.folder)
    except NewerSchemaError:
        raise
    except SchemaError as error:
        findings.append(f"{name} cannot be used: {error.message}")
        return None


def _refuse_newer(data: bytes, files: ProjectFiles) -> None:
    """A newer file may be sealed in another way; it must not be taken for damaged."""
    try:
        snapshot_from_bytes(data, files.folder)
    except NewerSchemaError:
        raise
    except SchemaError:
        return


def _read_backup(files: ProjectFiles, disk: Disk, findings: list[str]) -> Snapshot | None:
    for path in files.backups:
        data = _read(path, disk)
        if data is None or not checksum_holds(data):
            continue
        try:
            snapshot = snapshot_from_bytes(data, files.folder)
        except SchemaError:
            continue
        findings.append(f"The project was recovered from {path.name} and the journal.")
        return snapshot
    return None


def _last_resort(data: bytes | None, files: ProjectFiles, findings: list[str]) -> Snapshot | None:
    """A file whose checksum fails but which reads well: better than nothing, and said."""
    if data is None:
        return None
    try:
        snapshot = snapshot_from_bytes(data, files.folder)
    except SchemaError:
        return None
    findings.append("There is no older generation, so it was opened as it is. Check the labels.")
    return snapshot


def _unreadable(files: ProjectFiles, data: bytes | None, findings: list[str]) -> ProjectError:
    if data is None:
        return ProjectError(f"There is no project {files.snapshot}.")
    return SchemaError(
        " ".join(findings),
        hint="Nothing was changed. Restore the file from a backup, or make a new project.",
    )


def _older_schema(data: bytes) -> int | None:
    schema = schema_of(data)
    return schema if schema < SCHEMA else None


def _describe(
    journal: bytes | None, lines: list[Line | Damage], replayed: Replayed, findings: list[str]
) -> None:
    """Say what is wrong with the journal."""
    findings += replayed.findings
    for line in lines:
        if not isinstance(line, Damage):
            continue
        assert journal is not None
        size = line.stop - line.start
        if not line.is_tail:
            findings.append(f"{size} bytes in the middle of the journal are damaged.")
        elif not journal.endswith(b"\n"):
            findings.append(
                f"The journal ends within a record ({size} bytes), as after a power cut; "
                "everything acknowledged before is there."
            )
        else:
            findings.append("The last record of the journal is damaged.")
            replayed.lost.append(f"The edit after {replayed.mark.revision} could not be read.")
