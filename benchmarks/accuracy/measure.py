"""The run: every method on every clip, one at a time, skipping what the file already holds."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from benchmarks.accuracy.annotator import MAX_LOOKS, annotate
from benchmarks.accuracy.clips import Clip, clip_content, load_clip
from benchmarks.accuracy.method import Method
from benchmarks.accuracy.protocols import Task, evenly_labeled, first_only
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
        confirms: Whether the annotator of B confirms what is right in a frame.
    """

    name: str
    every: int = 10
    strategy: str = "worst"
    max_looks: int = MAX_LOOKS
    confirms: bool = False

    @property
    def setting(self) -> str:
        """What of it makes results differ."""
        rest = ", the rest confirmed" if self.confirms else ""
        looks = f"{self.strategy}, {self.max_looks} looks at most{rest}"
        return {"first": "", "A": str(self.every), "B": looks}[self.name]


def measure(
    folder: Path, clips: Sequence[str], methods: Sequence[Method], protocol: Protocol, file: ResultFile
) -> Iterator[Result]:
    """Measure what is missing and yield every wanted result, clip by clip.

    Methods of one clip share its task and a cache that is empty at first. What a tracker computes for TRACK
    serves its refinements, whose seconds leave it out, whatever the file held before.

    Raises:
        TalposeError: A clip cannot be read or tracked.
    """
    for name in clips:
        content = clip_content(folder / name)
        work = _ClipWork(folder / name, protocol)
        with _cold_cache():
            for method in methods:
                key = Key(name, method.name, method.version, protocol.name, protocol.setting, content)
                result = file.find(key)
                if result is None:
                    result = work.measured(key, method)
                    file.add(result)
                yield result


class _ClipWork:
    """One clip, read when the first result of it is missing, and the one task of A and first."""

    def __init__(self, folder: Path, protocol: Protocol) -> None:
        self._folder, self._protocol = folder, protocol

    @cached_property
    def _clip(self) -> Clip:
        return load_clip(self._folder)

    @cached_property
    def _task(self) -> Task:
        is_first = self._protocol.name == "first"
        return first_only(self._clip) if is_first else evenly_labeled(self._clip, self._protocol.every)

    def measured(self, key: Key, method: Method) -> Result:
        protocol = self._protocol
        if protocol.name == "B":
            strategy = STRATEGIES[protocol.strategy]
            session = annotate(self._clip, method, strategy, protocol.max_looks, confirms=protocol.confirms)
            stages = session.stages
            return make_result(key, session.task, session.prediction, stages, stages[-1].seconds)
        method.forget()
        prediction = method.predict(self._task, None)
        return make_result(key, self._task, prediction, (), prediction.seconds)


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
