"""The run: every method on every clip, one at a time, skipping what the file already holds."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.accuracy.annotator import MAX_LOOKS, annotate
from benchmarks.accuracy.clips import Clip, load_clip
from benchmarks.accuracy.method import Method
from benchmarks.accuracy.protocols import evenly_labeled, first_only
from benchmarks.accuracy.results import Key, Result, ResultFile, make_result
from benchmarks.accuracy.strategies import STRATEGIES


@dataclass(frozen=True, slots=True)
class Protocol:
    """How labels are given.

    Attributes:
        name: ``first``, ``A`` or ``B``.
        every: Frames between labels in A.
        strategy: Where the annotator of B looks next: a name of ``STRATEGIES``.
        max_looks: Frames after which the annotator of B gives up.
    """

    name: str
    every: int = 10
    strategy: str = "worst"
    max_looks: int = MAX_LOOKS

    @property
    def setting(self) -> str:
        """What of it makes results differ."""
        return {"first": "", "A": str(self.every), "B": self.strategy}[self.name]


def measure(
    folder: Path, clips: Sequence[str], methods: Sequence[Method], protocol: Protocol, file: ResultFile
) -> Iterator[Result]:
    """Measure what is missing and yield every wanted result, clip by clip."""
    for name in clips:
        clip: Clip | None = None
        for method in methods:
            key = Key(name, method.name, method.version, protocol.name, protocol.setting)
            result = file.find(key)
            if result is None:
                clip = clip or load_clip(folder / name)
                with _cold_cache():
                    result = _measured(key, clip, method, protocol)
                file.add(result)
            yield result


def _measured(key: Key, clip: Clip, method: Method, protocol: Protocol) -> Result:
    if protocol.name == "B":
        session = annotate(clip, method, STRATEGIES[protocol.strategy], protocol.max_looks)
        return make_result(key, session.task, session.prediction, session.stages, session.stages[-1].seconds)
    task = first_only(clip) if protocol.name == "first" else evenly_labeled(clip, protocol.every)
    method.forget()
    prediction = method.predict(task, None)
    return make_result(key, task, prediction, (), prediction.seconds)


@contextmanager
def _cold_cache() -> Generator[None]:
    """Give the engine an empty cache, so that seconds do not depend on what ran before."""
    before = os.environ.get("TALPOSE_HOME")
    with tempfile.TemporaryDirectory(prefix="talpose-benchmark-") as home:
        os.environ["TALPOSE_HOME"] = home
        try:
            yield
        finally:
            if before is None:
                del os.environ["TALPOSE_HOME"]
            else:
                os.environ["TALPOSE_HOME"] = before
