"""The codec: golden bytes of every message, and what it refuses from a page."""

import contextlib
import json
import math
import os
from pathlib import Path

import msgpack
import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from talpose_app.errors import ProtocolError
from talpose_app.protocol import codec, messages
from tests.fixtures.wire_examples import EXAMPLES

GOLDEN = Path(__file__).parents[2] / "golden" / "protocol" / "messages.json"


def _name(message: messages.Message) -> str:
    return str(type(message).__struct_config__.tag)


def _golden() -> dict[str, str]:
    if os.environ.get("TALPOSE_WRITE_GOLDEN"):
        found = {_name(message): codec.encode(message).hex() for message in EXAMPLES}
        GOLDEN.write_text(json.dumps(found, indent=1) + "\n")
    return json.loads(GOLDEN.read_text())


def test_there_is_one_example_of_every_message():
    every = {
        value
        for value in vars(messages).values()
        if isinstance(value, type) and issubclass(value, messages.Message) and not value.__subclasses__()
    }
    assert {type(message) for message in EXAMPLES} == every
    assert len(EXAMPLES) == len(every)


@pytest.mark.parametrize("message", EXAMPLES, ids=_name)
def test_bytes_are_the_golden_ones(message):
    assert codec.encode(message).hex() == _golden()[_name(message)]


def test_golden_file_holds_nothing_else():
    assert set(_golden()) == {_name(message) for message in EXAMPLES}


@pytest.mark.parametrize("message", EXAMPLES, ids=_name)
def test_what_was_encoded_reads_back_equal(message):
    plain = msgpack.unpackb(codec.encode(message))
    assert msgspec.convert(plain, type(message)) == message


@pytest.mark.parametrize("message", [x for x in EXAMPLES if isinstance(x, messages.Command)], ids=_name)
def test_commands_decode_to_their_class(message):
    assert codec.decode_command(codec.encode(message)) == message


@given(x=st.floats(allow_nan=False, allow_infinity=False), y=st.floats(allow_nan=False, allow_infinity=False))
def test_positions_come_through_bit_for_bit(x, y):
    label = messages.LabelState(individual_id=1, keypoint_id=1, frame_idx=0, x=x, y=y)
    back = codec.decode_command(codec.encode(messages.SetLabels(id=1, labels=[label])))
    assert isinstance(back, messages.SetLabels)
    assert math.copysign(1, back.labels[0].x) == math.copysign(1, x)
    assert (back.labels[0].x, back.labels[0].y) == (x, y)


def test_whole_numbers_are_good_positions():
    """JavaScript writes 12.0 as the integer 12."""
    plain = {
        "type": "set_labels",
        "id": 1,
        "labels": [{"individual_id": 1, "keypoint_id": 1, "frame_idx": 0, "x": 12, "y": 7}],
    }
    back = codec.decode_command(msgpack.packb(plain))
    assert isinstance(back, messages.SetLabels)
    assert (back.labels[0].x, back.labels[0].y) == (12.0, 7.0)
    assert isinstance(back.labels[0].x, float)


def _label(x: object) -> dict[str, object]:
    label = {"individual_id": 1, "keypoint_id": 1, "frame_idx": 0, "x": x, "y": 1.0}
    return {"type": "set_labels", "id": 9, "labels": [label]}


REFUSED = {
    "nothing": b"",
    "not msgpack": b"\xc1",
    "cut short": codec.encode(messages.Undo(id=1))[:-1],
    "bytes behind": codec.encode(messages.Undo(id=1)) + b"\x00",
    "a list": msgpack.packb(["undo", 1]),
    "deep": b"\x91" * 200 + b"\x01",
    "deeper than the parser goes": b"\x91" * 5000 + b"\x01",
    "announces four billion fields": b"\xdf\xff\xff\xff\xff",
    "announces four billion items": b"\xdd\xff\xff\xff\xff",
    "announces four billion characters": b"\xdb\xff\xff\xff\xff",
    "an ext type": msgpack.packb(msgpack.ExtType(5, b"x")),
    "not UTF-8": b"\x81\xa4type\xa2\xff\xfe",
    "number as key": b"\x81\x01\x01",
    "a reply": codec.encode(messages.Done(id=1)),
    "an event": codec.encode(messages.ProjectClosed(recent=[])),
    "the base class": msgpack.packb({"type": "command", "id": 1}),
    "unknown type": msgpack.packb({"type": "format_disk", "id": 1}),
    "unknown field": msgpack.packb({"type": "undo", "id": 1, "extra": 1}),
    "missing field": msgpack.packb({"type": "undo"}),
    "wrong type of a field": msgpack.packb({"type": "undo", "id": "1"}),
    "NaN position": msgpack.packb(_label(math.nan)),
    "infinite position": msgpack.packb(_label(math.inf)),
    "text as position": msgpack.packb(_label("1.0")),
    "true as position": msgpack.packb(_label(True)),
    "raw bytes": msgpack.packb({"type": "add_keypoint", "id": 1, "name": b"nose"}),
    "a name of a megabyte": msgpack.packb({"type": "add_keypoint", "id": 1, "name": "n" * (1 << 20)}),
    "too large": msgpack.packb({"type": "undo", "id": 1, "extra": "n" * (5 << 20)}),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refuses(name):
    with pytest.raises(ProtocolError):
        codec.decode_command(REFUSED[name])


@given(st.binary(max_size=64))
def test_no_bytes_raise_anything_else(data):
    with contextlib.suppress(codec.CommandError):
        codec.decode_command(data)


@pytest.mark.parametrize(
    ("plain", "command_id"),
    [
        ({"type": "nonsense", "id": 4}, 4),
        (_label(math.nan), 9),
        ({"type": "undo", "id": True}, None),
        ({"type": "undo"}, None),
        ([1, 2], None),
    ],
)
def test_error_carries_the_id_that_can_be_answered(plain, command_id):
    with pytest.raises(codec.CommandError) as caught:
        codec.decode_command(msgpack.packb(plain))
    assert caught.value.command_id == command_id
    assert caught.value.code == "protocol"
