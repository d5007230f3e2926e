"""A trimmed journal has the same history, shorter."""

import msgspec

from talpose_app.store.journal import Did, Header, Past, Redid, Undid, encode_record
from talpose_app.store.snapshot import Mark
from talpose_app.store.trim import trimmed


def did(revision):
    raw = msgspec.Raw(b"%d" % revision)
    return Did(revision=revision, prev="", at="", title=f"Step {revision}", forward=raw, backward=raw)


def undid(revision, of):
    return Undid(revision=revision, prev="", at="", of=of)


def redid(revision, of):
    return Redid(revision=revision, prev="", at="", of=of)


def trim(records, base, max_steps=100, max_bytes=1 << 20):
    lines = [encode_record(record) for record in records]
    return [line.record for line in trimmed(lines, "p", Mark(base, "sum"), max_steps, max_bytes)]


def stacks(records):
    past = [r for r in records if isinstance(r, Past)]
    return [r.revision for r in past if not r.is_undone], [r.revision for r in past if r.is_undone]


def test_steps_before_the_base_become_the_past_and_later_records_stay():
    records = trim([did(1), did(2), undid(3, 2), did(4), undid(5, 4)], base=3)
    assert records[0] == Header(schema=1, project_id="p", revision=3, sum="sum")
    assert stacks(records) == ([1], [2])
    assert records[-2:] == [did(4), undid(5, 4)]


def test_a_redo_moves_a_step_back():
    assert stacks(trim([did(1), undid(2, 1), redid(3, 1)], base=3)) == ([1], [])


def test_a_new_edit_forgets_what_was_undone():
    assert stacks(trim([did(1), undid(2, 1), did(3)], base=3)) == ([3], [])


def test_the_past_of_a_trimmed_journal_is_trimmed_again():
    first = trim([did(1), did(2), did(3), undid(4, 3)], base=4)
    assert stacks(trim([*first, redid(5, 3)], base=5)) == ([1, 2, 3], [])


def test_only_the_newest_steps_are_kept():
    records = [did(revision) for revision in range(1, 9)]
    assert stacks(trim(records, base=8, max_steps=3)) == ([6, 7, 8], [])
    assert stacks(trim(records, base=8, max_bytes=1)) == ([8], [])
