"""Arrays come back bit for bit, and a text that unpacks to more is refused before it does."""

import base64
import zlib

import numpy as np
import pytest

from talpose_app.errors import SchemaError
from talpose_app.store.arrays import array_from_text, array_to_text


def test_every_bit_comes_back():
    bits = np.array([0x7FC00001, 0xFFC00000, 0x80000000, 1, 0x7F7FFFFF, 0x3DCCCCCD], np.uint32)
    array = bits.view(np.float32).reshape(3, 2)
    again = array_from_text(array_to_text(array), np.float32, (3, 2))
    assert again.tobytes() == array.tobytes()
    assert again.flags.writeable


def test_the_documented_way_of_reading_it_works():
    text = array_to_text(np.array([[1.5, -2.0]], np.float32))
    assert np.frombuffer(zlib.decompress(base64.b64decode(text)), "<f4").tolist() == [1.5, -2.0]


@pytest.mark.parametrize("text", ["", "not base64!", base64.b64encode(b"not zlib").decode(), "é"])
def test_what_is_no_array_is_refused(text):
    with pytest.raises(SchemaError):
        array_from_text(text, np.float32, (1, 2))


@pytest.mark.parametrize("n_frames", [9, 11])
def test_another_length_is_refused(n_frames):
    text = array_to_text(np.zeros(10, np.uint8))
    with pytest.raises(SchemaError, match="bytes its frames need"):
        array_from_text(text, np.uint8, (n_frames,))


def test_a_bomb_is_not_unpacked():
    bomb = base64.b64encode(zlib.compress(bytes(50_000_000))).decode()
    with pytest.raises(SchemaError):
        array_from_text(bomb, np.uint8, (10,))
