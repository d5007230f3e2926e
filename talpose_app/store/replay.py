"""From a snapshot and a journal to the present: the project, its history, and what could not be read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from talpose_app.errors import TalposeError
from talpose_app.model.edits import Edit
from talpose_app.model.history import History, Step
from talpose_app.model.project import Project
from talpose_app.store.edit_codec import StoredEdit
from talpose_app.store.journal import Damage, Did, Header, Line, Live, Past, Redid, Undid
from talpose_app.store.snapshot import Mark, Snapshot


@dataclass(slots=True)
class Replayed:
    """The present, and how it was reached.

    Attributes:
        project: The project now.
        history: What can be undone and redone.
        mark: Place in the history.
        n_applied: Records newer than the snapshot that were applied.
        findings: What was wrong with the journal, a sentence each.
        lost: Edits that could not be applied, a sentence each.
        is_whole: Whether the journal can be continued as it is (but for a cut-off tail).
    """

    project: Project
    mark: Mark
    history: History = field(default_factory=History)
    n_applied: int = 0
    findings: list[str] = field(default_factory=list[str])
    lost: list[str] = field(default_factory=list[str])
    is_whole: bool = True


def belongs_to(lines: Sequence[Line | Damage], snapshot: Snapshot) -> bool:
    """Whether a journal tells the history of this snapshot, not of another version of the project."""
    for line in lines:
        if isinstance(line, Damage):
            continue
        record = line.record
        if isinstance(record, Header) and record.project_id != snapshot.project_id:
            return False
        if isinstance(record, Past) or record.revision != snapshot.mark.revision:
            continue
        sum_here = record.sum if isinstance(record, Header) else line.sum
        if sum_here != snapshot.mark.journal_sum:
            return False
    return True


def replay(snapshot: Snapshot, lines: Sequence[Line | Damage], folder: Path) -> Replayed:
    """Apply every record newer than the snapshot; collect the history from all of them.

    Damage costs the edits it covers and the history before it, never the edits behind it
    that still fit.
    """
    return _Replay(snapshot, folder).run(lines)


class _Replay:
    """The walk over the lines."""

    def __init__(self, snapshot: Snapshot, folder: Path) -> None:
        self._snapshot_mark = snapshot.mark
        self._folder = folder
        self._result = Replayed(snapshot.project, snapshot.mark)
        self._steps: dict[int, Step] = {}
        self._at: Mark | None = None

    def run(self, lines: Sequence[Line | Damage]) -> Replayed:
        for line in lines:
            if isinstance(line, Damage):
                self._result.is_whole &= line.is_tail
            elif isinstance(line.record, Header):
                self._begin(line.record)
            elif isinstance(line.record, Past):
                self._remember_past(line.record, len(line.data))
            else:
                self._take(line.record, line)
        return self._end()

    def _begin(self, header: Header) -> None:
        self._at = Mark(header.revision, header.sum)
        if header.revision > self._snapshot_mark.revision:
            self._note_gap(self._snapshot_mark.revision + 1, header.revision)

    def _remember_past(self, past: Past, n_bytes: int) -> None:
        step = self._step(past, n_bytes)
        self._result.history.restore(step, is_undone=past.is_undone)

    def _step(self, record: Past | Did, n_bytes: int) -> Step:
        forward = StoredEdit(bytes(record.forward), self._folder)
        backward = StoredEdit(bytes(record.backward), self._folder)
        step = Step(record.title, forward, backward, record.revision, n_bytes)
        self._steps[step.revision] = step
        return step

    def _take(self, record: Live, line: Line) -> None:
        self._check_order(record)
        self._at = Mark(record.revision, line.sum)
        step = self._step(record, len(line.data)) if isinstance(record, Did) else self._steps.get(record.of)
        if record.revision > self._snapshot_mark.revision:
            self._apply(record, step)
        self._move(record, step)

    def _check_order(self, record: Live) -> None:
        if self._at is None:  # the header is damaged
            self._result.is_whole = False
            self._note_gap(self._snapshot_mark.revision + 1, record.revision - 1)
        elif record.revision != self._at.revision + 1:
            self._note_gap(self._at.revision + 1, record.revision - 1)
        elif record.prev != self._at.journal_sum:
            self._result.findings.append(
                f"Record {record.revision} of the journal does not follow the one before it."
            )
            self._forget_history()

    def _note_gap(self, first: int, last: int) -> None:
        self._forget_history()
        first = max(first, self._snapshot_mark.revision + 1)
        if first == last:
            self._result.lost.append(f"Edit {first} could not be read.")
        elif first < last:
            self._result.lost.append(f"Edits {first} to {last} could not be read.")

    def _forget_history(self) -> None:
        # Undoing across a hole would lead to states that never were.
        self._result.history.clear()
        self._result.is_whole = False

    def _apply(self, record: Live, step: Step | None) -> None:
        if step is None:
            self._note_lost_step(record)
            return
        edit: Edit = step.backward if isinstance(record, Undid) else step.forward
        try:
            self._result.project, _ = edit.apply(self._result.project)
        except TalposeError as error:
            self._result.lost.append(
                f"Edit {record.revision} ({step.title}) does not fit any more: {error.message}"
            )
            self._forget_history()
            return
        self._result.n_applied += 1

    def _note_lost_step(self, record: Live) -> None:
        """An undo or redo of a damaged edit; one that was never applied is told as lost already."""
        if not isinstance(record, Did) and record.of <= self._snapshot_mark.revision:
            kind = "undo" if isinstance(record, Undid) else "redo"
            self._result.lost.append(
                f"The {kind} at {record.revision} cannot be repeated: edit {record.of} is damaged."
            )
            self._forget_history()

    def _move(self, record: Live, step: Step | None) -> None:
        history = self._result.history
        match record:
            case Did():
                assert step is not None
                history.record(step)
            case Undid(of=of):
                if history.undo_step is not None and history.undo_step.revision == of:
                    history.mark_undone()
            case Redid(of=of):
                if history.redo_step is not None and history.redo_step.revision == of:
                    history.mark_redone()

    def _end(self) -> Replayed:
        result = self._result
        if self._at is None or self._at.revision < self._snapshot_mark.revision:
            # The history in the journal ends before the snapshot and does not lead to it.
            self._forget_history()
        else:
            result.mark = self._at
        return result
