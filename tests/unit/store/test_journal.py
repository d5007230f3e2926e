"""Lines of the journal: whole ones are found whatever lies around them."""

import msgspec
import pytest

from talpose_app.store.journal import Damage, Did, Header, Line, Past, Redid, Undid, encode_record, read_lines

RAW = msgspec.Raw(b'{"edit":"change_runs","runs":[]}')
HEADER = Header(schema=1, project_id="p", revision=0, sum="0")
RECORDS = [
    HEADER,
    Past(revision=3, title="Set", is_undone=True, forward=RAW, backward=RAW),
    Did(revision=4, prev="a", at="now", title='"}\n{"crc":"', forward=RAW, backward=RAW),
    Undid(revision=5, prev="b", at="now", of=4),
    Redid(revision=6, prev="c", at="now", of=4),
]
LINES = [encode_record(record) for record in RECORDS]
DATA = b"".join(line.data for line in LINES)


def whole(found) -> list[bytes]:
    return [piece.data for piece in found if isinstance(piece, Line)]


def test_every_record_comes_back():
    found = read_lines(DATA)
    assert [type(line.record) for line in found] == [type(record) for record in RECORDS]
    assert whole(found) == [line.data for line in LINES]
    assert found[3].record == RECORDS[3]


def test_every_line_is_json():
    for line in DATA.splitlines():
        assert set(msgspec.json.decode(line)) == {"crc", "record"}


def test_an_empty_journal_has_no_lines():
    assert read_lines(b"") == []


@pytest.mark.parametrize("victim", range(len(LINES)))
def test_any_flipped_bit_costs_at_most_its_line_and_its_neighbor(victim):
    start = sum(len(line.data) for line in LINES[:victim])
    for offset in range(len(LINES[victim].data)):
        for bit in range(8):
            damaged = bytearray(DATA)
            damaged[start + offset] ^= 1 << bit
            kept = whole(read_lines(bytes(damaged)))
            others = [line.data for idx, line in enumerate(LINES) if idx != victim]
            # Damage to a newline costs nothing: the record before it is whole.
            assert kept in (others, [line.data for line in LINES])


def test_a_cut_at_any_byte_keeps_every_whole_line():
    ends = [sum(len(line.data) for line in LINES[: n + 1]) for n in range(len(LINES))]
    for length in range(len(DATA)):
        found = read_lines(DATA[:length])
        # A line is whole without its newline too.
        assert len(whole(found)) == sum(end - 1 <= length for end in ends)
        if found and isinstance(found[-1], Damage):
            assert found[-1].is_tail
            assert found[-1].stop == length


def test_damage_in_the_middle_is_no_tail():
    garbage = b"\x00garbage\n" * 3
    found = read_lines(LINES[0].data + garbage + LINES[3].data)
    assert found[1] == Damage(len(LINES[0].data), len(LINES[0].data) + len(garbage))


def test_zeros_at_the_end_are_a_tail():
    found = read_lines(DATA + bytes(4096))
    assert found[-1] == Damage(len(DATA), len(DATA) + 4096, is_tail=True)
