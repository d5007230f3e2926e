"""Arrays as text: base64 of zlib of the little-endian bytes."""

from __future__ import annotations

import base64
import binascii
import zlib
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from talpose_app.errors import SchemaError

_Scalar = TypeVar("_Scalar", np.float32, np.uint8)

#: Fast; the low bits of tracks are nearly random, and a higher level gains only a few per cent.
_LEVEL = 1


def array_to_text(array: NDArray[Any]) -> str:
    """Encode an array bit for bit, NaN payloads included."""
    little_endian = np.ascontiguousarray(array, array.dtype.newbyteorder("<"))
    return base64.b64encode(zlib.compress(little_endian.tobytes(), _LEVEL)).decode("ascii")


def array_from_text(text: str, dtype: type[_Scalar], shape: tuple[int, ...]) -> NDArray[_Scalar]:
    """Decode an array of a known shape.

    Never unpacks more than the shape needs, however small the text.

    Raises:
        SchemaError: The text holds something else.
    """
    expected = int(np.prod(shape)) * np.dtype(dtype).itemsize
    unpacker = zlib.decompressobj()
    try:
        data = unpacker.decompress(base64.b64decode(text, validate=True), expected + 1)
    except (binascii.Error, ValueError, zlib.error) as error:
        raise SchemaError(f"A track's array cannot be unpacked ({error}).") from error
    if len(data) != expected or not unpacker.eof:
        raise SchemaError(f"A track's array does not have the {expected} bytes its frames need.")
    stored = np.frombuffer(data, np.dtype(dtype).newbyteorder("<")).reshape(shape)
    return stored.astype(dtype)
