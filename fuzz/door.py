"""One door under libFuzzer: ``python -m fuzz.door NAME CORPUS [libFuzzer's options]``; never returns.

With a file in place of the corpus, that input alone is tried.
"""

from __future__ import annotations

import importlib
import os
import random
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from benchmarks.reliability.mutations import Mutation

#: libFuzzer's own mutation: bytes and the most that may come of them.
BlindMutation = Callable[[bytes, int], bytes]


def main(name: str, corpus: Path, options: list[str]) -> None:
    """Put the door's sound bytes into the corpus and let libFuzzer change them.

    Args:
        name: Of ``benchmarks.reliability.doors``.
        corpus: Folder of what reached new code so far, which grows; or one input.
        options: libFuzzer's own.
    """
    # Loaded by name: type checks go on where it is not installed.
    atheris = importlib.import_module("atheris")
    with atheris.instrument_imports(include=["talpose_app"]):
        doors = importlib.import_module("benchmarks.reliability.doors")
        mutate = importlib.import_module("benchmarks.reliability.fuzz").DOORS[name][1]
    folder = Path(tempfile.mkdtemp(prefix="talpose-fuzz-"))
    os.environ["TALPOSE_HOME"] = str(folder / "home")  # The user's own folder is left alone.
    door = doors.make_doors(folder, random.Random(20251))[name]  # noqa: S311  no secret
    if not corpus.is_file():
        corpus.mkdir(parents=True, exist_ok=True)
        for idx, seed in enumerate(door.seeds):
            (corpus / f"seed-{idx}").write_bytes(seed)

    def enter(data: bytes) -> None:
        door.enter(data)

    def mutate_blindly(data: bytes, max_size: int) -> bytes:
        # Looked up each time: before the start it is another function, which refuses.
        return atheris.Mutate(data, max_size)

    mutator = knowing(mutate, mutate_blindly)
    atheris.Setup([sys.argv[0], str(corpus), *options], enter, custom_mutator=mutator)
    atheris.Fuzz()


def knowing(mutate: Mutation, blind: BlindMutation) -> Callable[[bytes, int, int], bytes]:
    """Every other time, change what the bytes say rather than the bytes.

    Args:
        mutate: Knows the format; may fail on bytes that are not of it.
        blind: Takes any.
    """

    def change(data: bytes, max_size: int, seed: int) -> bytes:
        rng = random.Random(seed)  # noqa: S311  no secret
        if rng.random() < 0.5:
            return blind(data, max_size)
        try:
            return mutate(data, rng)[:max_size]
        except (ValueError, TypeError, AttributeError, RecursionError):
            return blind(data, max_size)

    return change


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), sys.argv[3:])
