import codecs

import msgspec
import pytest

from talpose_app.errors import FormatError
from talpose_app.formats.json_text import read_json


class Content(msgspec.Struct):
    frames: dict[str, float]


def read(tmp_path, data):
    path = tmp_path / "file.json"
    path.write_bytes(data)
    return read_json(path, Content, "a file of frames")


def test_a_byte_order_mark_is_passed_over(tmp_path):
    assert read(tmp_path, codecs.BOM_UTF8 + b'{"frames": {"1": -0.0}}').frames == {"1": -0.0}


@pytest.mark.parametrize(
    "text",
    [
        '{"frames": {"1": 2, "1": 2}}',
        '{"frames": {"1": 2, "\\u0031": 3}}',
        '{"frames": {}, "frames": {"1": 2}}',
        '{"frames": {}, "other": [{"a": {"1": 0, "1": 0}}]}',
    ],
)
def test_a_key_that_is_there_twice_is_refused(tmp_path, text):
    with pytest.raises(FormatError, match="twice"):
        read(tmp_path, text.encode())


def test_the_same_key_in_two_objects_is_no_repetition(tmp_path):
    assert read(tmp_path, b'{"frames": {"a": 1}, "x": {"a": 1}, "y": [{"a": 1}, {"a": 2}]}').frames == {
        "a": 1
    }


@pytest.mark.parametrize(
    "data",
    [
        b"", b"{", b'{"frames": {"1": NaN}}', b'{"frames": {"1": 1e400}}', b'{"frames": {}, "x": "\xb1"}',
        b'{"frames": {}, "x": ' + b"[" * 100_000, b'{"frames": {}, "x": ' + b"9" * 10_000 + b"}",
        "{}".encode("utf-16"),
    ],
    ids=lambda data: repr(data[:30]),
)  # fmt: skip
def test_what_is_no_such_file_is_refused_in_words(tmp_path, data):
    with pytest.raises(FormatError, match="is not a file of frames"):
        read(tmp_path, data)


def test_a_missing_file_is_an_error_in_words(tmp_path):
    with pytest.raises(FormatError, match="cannot be read"):
        read_json(tmp_path / "no.json", Content, "a file of frames")
