"""Hostile bytes at every door: only errors in words may come of them."""

from __future__ import annotations

import contextlib
import json
import random
import traceback
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

import msgpack

from benchmarks.reliability.doors import make_doors
from benchmarks.reliability.mutations import Mutation, Plain, mutated_bytes, mutated_plain


@dataclass
class FuzzFigures:
    """What came of it.

    Attributes:
        seed: Repeats it.
        tried: Attempts at each door.
        taken: Of these, how many were sound after all.
        losses: Crashes: anything but an error in words, with where it came from.
    """

    seed: int
    tried: dict[str, int] = field(default_factory=dict[str, int])
    taken: dict[str, int] = field(default_factory=dict[str, int])
    losses: list[str] = field(default_factory=list[str])


def fuzz(folder: Path, seed: int, rounds: int) -> FuzzFigures:
    """Try every door.

    Args:
        folder: Empty; sound files are made there, and hostile ones.
        seed: Of every change made to sound bytes.
        rounds: Attempts at the rarest door; see ``DOORS`` for the others.
    """
    figures, rng = FuzzFigures(seed), random.Random(seed)  # noqa: S311  no secret
    for name, door in make_doors(folder, rng).items():
        weight, mutate = DOORS[name]
        figures.tried[name], figures.taken[name] = rounds * weight, 0
        for idx in range(rounds * weight):
            one = random.Random(f"{seed} {name} {idx}")  # noqa: S311  repeats one attempt
            hostile = mutate(one.choice(door.seeds), one)
            try:
                figures.taken[name] += door.enter(hostile)
            except Exception:  # noqa: BLE001  what is looked for
                figures.losses.append(f"{name} {idx}: {traceback.format_exc(limit=-3)}")
    return figures


def _mutated_message(data: bytes, rng: random.Random) -> bytes:
    """Changed as bytes or as what it says."""
    if rng.random() < 0.5:
        return mutated_bytes(data, rng)
    plain = cast("Plain", msgpack.unpackb(data))
    with contextlib.suppress(OverflowError):
        return cast("bytes", msgpack.packb(mutated_plain(plain, rng)))
    return data


def _mutated_json(data: bytes, rng: random.Random) -> bytes:
    """Changed as bytes, or as what it says, without the seal that would give it away."""
    if rng.random() < 0.4:
        return mutated_bytes(data, rng)
    plain = cast("dict[str, Plain]", json.loads(data))
    plain.pop("sha256", None)
    return json.dumps(mutated_plain(plain, rng)).encode()


def _mutated_lines(data: bytes, rng: random.Random) -> bytes:
    """One line of JSON changed."""
    lines = data.split(b"\n")
    place = rng.randrange(len(lines))
    lines[place] = _mutated_json(lines[place], rng)
    return b"\n".join(lines)


#: How often each door is tried relative to the others, cheap ones more often; and what is done to its bytes.
DOORS: dict[str, tuple[int, Mutation]] = {
    "commands": (50, _mutated_message),
    "answers": (10, _mutated_message),
    "projects": (3, _mutated_json),
    "journals": (3, mutated_bytes),
    "records": (3, _mutated_lines),
    "labels": (3, _mutated_json),
    "exports": (3, _mutated_json),
    "tables": (3, mutated_bytes),
    "coco": (3, _mutated_json),
    "skeletons": (3, _mutated_json),
    "trackers": (3, mutated_bytes),
    "videos": (1, mutated_bytes),
}
