"""The messages: names on the wire, and their documentation."""

import re
from pathlib import Path

import pytest

from talpose_app.protocol import codec, messages

ROOT = Path(__file__).parents[3]
DOCS = ROOT / "docs" / "protocol.md"
CONNECTION = ROOT / "talpose_app" / "web" / "net" / "connection.js"


def _messages() -> list[type[messages.Message]]:
    every = [value for value in vars(messages).values() if isinstance(value, type)]
    return [x for x in every if issubclass(x, messages.Message) and not x.__subclasses__()]


def test_names_on_the_wire_are_the_class_names_in_snake_case():
    some = (messages.GetFrame, messages.Undo, messages.TrackUpdate)
    tags = {x.__name__: x.__struct_config__.tag for x in some}
    assert tags == {"GetFrame": "get_frame", "Undo": "undo", "TrackUpdate": "track_update"}


def test_every_command_has_an_id_and_is_known_to_the_codec():
    commands = [x for x in _messages() if issubclass(x, messages.Command)]
    assert tuple(commands) == codec.command_types()
    assert all("id" in x.__struct_fields__ for x in commands)


def test_the_page_knows_every_reply_for_one():
    (listed,) = re.findall(r"REPLY_TYPES = new Set\(\[(.*?)\]\)", CONNECTION.read_text(), re.DOTALL)
    replies = {str(x.__struct_config__.tag) for x in _messages() if issubclass(x, messages.Reply)}
    assert set(re.findall(r'"(\w+)"', listed)) == replies


def test_messages_cannot_be_changed():
    with pytest.raises(AttributeError):
        messages.Undo(id=1).id = 2  # type: ignore[misc]


@pytest.mark.parametrize("message", _messages(), ids=lambda x: x.__name__)
def test_message_is_documented(message):
    assert f"`{message.__struct_config__.tag}`" in DOCS.read_text()
