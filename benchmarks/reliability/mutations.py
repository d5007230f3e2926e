"""Bytes that somebody might send: sound ones with something hostile done to them. The seed repeats them."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from copy import deepcopy
from typing import cast

#: Makes hostile bytes of sound ones.
Mutation = Callable[[bytes, random.Random], bytes]
Plain = None | bool | int | float | str | list["Plain"] | dict[str, "Plain"]

#: What takes the place of a sound value.
HOSTILE: tuple[Plain, ...] = (
    None, True, False, 0, -1, 1, 2**31, 2**53, 2**63 - 1, -(2**63), 1e308, -1e308, 5e-324, 0.5,
    "", "0", "NaN", "../../etc/passwd", "<img src=x onerror=alert(1)>", "\x00", "\u202e", "\ud7ff",
    "a" * 5000, [], {}, [None], [[[[[[[[1]]]]]]]], {"": {}}, cast("Plain", [0] * 1000),
)  # fmt: skip


def mutated_bytes(data: bytes, rng: random.Random) -> bytes:
    """Flip, cut, double, insert or overwrite, a few times."""
    changed = bytearray(data)
    for _ in range(rng.randint(1, 4)):
        place = rng.randrange(len(changed) + 1)
        stop = min(len(changed), place + rng.choice([1, 2, 4, 16, 200]))
        match rng.randrange(5):
            case 0 if place < len(changed):
                changed[place] ^= 1 << rng.randrange(8)
            case 1:
                del changed[place:stop]
            case 2:
                changed[place:place] = changed[place:stop]
            case 3:
                changed[place:place] = rng.randbytes(rng.choice([1, 2, 4, 8]))
            case _:
                changed[place:stop] = rng.choice([b"\xff", b"\x00", b"\x7f", b"9"]) * (stop - place)
    return bytes(changed)


def mutated_plain(plain: Plain, rng: random.Random) -> Plain:
    """Replace, remove, double or rename something at one to three places of maps and lists in each other."""
    changed = cast("Plain", json.loads(json.dumps(plain)))
    for _ in range(rng.randint(1, 3)):
        holders = list(_holders(changed))
        if not holders:
            return rng.choice(HOSTILE)
        _mutate(rng.choice(holders), rng)
    return changed


def _holders(value: Plain) -> list[list[Plain] | dict[str, Plain]]:
    """Every map and list that holds something."""
    found: list[list[Plain] | dict[str, Plain]] = []
    waiting: list[Plain] = [value]
    while waiting:
        match waiting.pop():
            case dict() as fields if fields:
                found.append(fields)
                waiting += fields.values()
            case list() as items if items:
                found.append(items)
                waiting += items
            case _:
                continue
    return found


def _mutate(holder: list[Plain] | dict[str, Plain], rng: random.Random) -> None:
    hostile = deepcopy(rng.choice(HOSTILE))
    if isinstance(holder, list):
        place = rng.randrange(len(holder))
        match rng.randrange(3):
            case 0:
                del holder[place]
            case 1:
                holder.append(deepcopy(holder[place]))
            case _:
                holder[place] = hostile
        return
    key = rng.choice(list(holder))
    match rng.randrange(5):
        case 0:
            del holder[key]
        case 1:
            holder[rng.choice(["extra", "__proto__", "type", key + "_"])] = holder.pop(key)
        case _:
            holder[key] = hostile
