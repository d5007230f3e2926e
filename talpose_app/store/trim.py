"""Which part of a journal is needed: the last steps of the history, and every record since a snapshot."""

from __future__ import annotations

from collections.abc import Sequence

from talpose_app.store.journal import Did, Header, Line, Live, Past, Redid, encode_record
from talpose_app.store.snapshot import Mark


def trimmed(lines: Sequence[Line], project_id: str, base: Mark, max_steps: int, max_bytes: int) -> list[Line]:
    """Make the journal that begins at ``base``: older steps become ``past`` records, newer records stay.

    Args:
        lines: A whole journal.
        project_id: For the header.
        base: A revision the journal covers.
        max_steps: Steps to keep for undo.
        max_bytes: Bytes those steps may take.
    """
    done: list[Past] = []
    undone: list[Past] = []
    live: list[Line] = []
    for line in lines:
        record = line.record
        if isinstance(record, Header):
            continue
        if isinstance(record, Past):
            (undone if record.is_undone else done).append(record)
        elif record.revision <= base.revision:
            _move(record, done, undone)
        else:
            live.append(line)
    past = [encode_record(_as(step, is_undone=False)) for step in done]
    future = [encode_record(_as(step, is_undone=True)) for step in undone]
    header = encode_record(
        Header(schema=1, project_id=project_id, revision=base.revision, sum=base.journal_sum)
    )
    return [header, *_newest(past, max_steps, max_bytes), *_newest(future, max_steps, max_bytes), *live]


def _move(record: Live, done: list[Past], undone: list[Past]) -> None:
    """Do with the stacks what the history did."""
    if isinstance(record, Did):
        undone.clear()
        done.append(
            Past(
                revision=record.revision,
                title=record.title,
                is_undone=False,
                forward=record.forward,
                backward=record.backward,
            )
        )
        return
    source, target = (undone, done) if isinstance(record, Redid) else (done, undone)
    if source and source[-1].revision == record.of:
        target.append(source.pop())


def _as(step: Past, *, is_undone: bool) -> Past:
    return Past(
        revision=step.revision,
        title=step.title,
        is_undone=is_undone,
        forward=step.forward,
        backward=step.backward,
    )


def _newest(lines: list[Line], max_steps: int, max_bytes: int) -> list[Line]:
    kept: list[Line] = []
    total = 0
    for line in reversed(lines[-max_steps:]):
        total += len(line.data)
        if kept and total > max_bytes:
            break
        kept.append(line)
    return kept[::-1]
