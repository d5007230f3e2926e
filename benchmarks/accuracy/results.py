"""Results and the file they live in: one JSON file, a result a line, from which a stopped run goes on."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.accuracy.annotator import Stage
from benchmarks.accuracy.method import Prediction
from benchmarks.accuracy.metrics import Score, score
from benchmarks.accuracy.protocols import Task
from talpose_app.errors import UsageError

#: Raised when what a result means has changed: older files are then measured anew.
VERSION = 2


@dataclass(frozen=True, slots=True)
class Key:
    """What makes a result the same result.

    Attributes:
        clip: Name of the clip.
        method: Name of the method.
        version: Of the method: a hash of its weights, or empty.
        protocol: ``first``, ``A`` or ``B``.
        setting: Of the protocol: frames between labels, or the strategy and when it gives up.
        content: Hash of the clip's labels and video.
    """

    clip: str
    method: str
    version: str
    protocol: str
    setting: str
    content: str

    @property
    def title(self) -> str:
        """The protocol with its setting."""
        names = {"first": "first", "A": f"A, every {self.setting}", "B": f"B, {self.setting}"}
        return names[self.protocol]


@dataclass(frozen=True, slots=True)
class Points:
    """The scored points one by one; lists of the same length.

    Attributes:
        frame: Frame index.
        point: Index of the keypoint.
        x: Predicted, image pixels; None where nothing was predicted.
        y: The same.
        error: Distance from the truth, image pixels; None where nothing was predicted.
        confidence: In [0, 1]; empty of methods that have none.
    """

    frame: list[int]
    point: list[int]
    x: list[float | None]
    y: list[float | None]
    error: list[float | None]
    confidence: list[float]

    @property
    def errors_px(self) -> NDArray[np.float64]:
        """Errors, shape (n,), infinite where nothing was predicted."""
        return np.array([np.inf if error is None else error for error in self.error], np.float64)


@dataclass(frozen=True, slots=True)
class Result:
    """One method on one clip under one protocol.

    Attributes:
        key: What was measured.
        score: How close it came (protocol B: at the end of the session).
        seconds: Wall time of computing.
        tolerance_px: Of the clip.
        diagonal_px: Of its frames.
        labels: Labels given in all.
        group: ``animal``, ``rigid`` or ``apart``: which means the clip counts in.
        points: The scored points.
        stages: Protocol B's curve; empty otherwise.
    """

    key: Key
    score: Score
    seconds: float
    tolerance_px: float
    diagonal_px: float
    labels: int
    group: str
    points: Points
    stages: list[Stage]


class ResultFile:
    """Results on the disk, complete after every addition.

    Args:
        path: The file; None keeps results in memory only.

    Raises:
        UsageError: The file holds something else.
    """

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self.results: list[Result] = []
        if path is not None and path.is_file():
            self.results = _read(path)

    def find(self, key: Key) -> Result | None:
        """The result measured earlier, if any."""
        return next((result for result in self.results if result.key == key), None)

    def present(self, wanted: Iterable[Key]) -> list[Result]:
        """Every result that still holds, in the order of measuring: of one version of each method and clip.

        Args:
            wanted: Say which versions those are; of what they don't name, the latest measured is taken.
        """
        keys = [*(result.key for result in self.results), *wanted]
        version = {key.method: key.version for key in keys}
        content = {key.clip: key.content for key in keys}
        return [
            result
            for result in self.results
            if version[result.key.method] == result.key.version
            and content[result.key.clip] == result.key.content
        ]

    def add(self, result: Result) -> None:
        """Add a result and write the file whole."""
        self.results.append(result)
        if self._path is None:
            return
        rows = ",\n".join(json.dumps(asdict(result)) for result in self.results)
        temporary = self._path.with_suffix(".part")
        temporary.write_text(f'{{"version": {VERSION}, "results": [\n{rows}\n]}}\n', encoding="utf-8")
        temporary.replace(self._path)


def make_result(
    key: Key, task: Task, prediction: Prediction, stages: Sequence[Stage], seconds: float
) -> Result:
    """Score a prediction and keep its points, rounded to hundredths of a pixel."""
    clip = task.clip
    frames, points = task.scored.nonzero()
    tracks = prediction.tracks[frames, points].astype(np.float64)
    errors = np.hypot(*(tracks - clip.positions[frames, points]).T)
    confidence = prediction.confidence
    return Result(
        key,
        score(task, prediction.tracks),
        round(seconds, 3),
        clip.tolerance_px,
        clip.diagonal,
        len(task.labels.frame_idx),
        "animal" if clip.is_animal else "rigid" if clip.is_main else "apart",
        Points(
            frames.tolist(),
            points.tolist(),
            _rounded(tracks[:, 0]),
            _rounded(tracks[:, 1]),
            _rounded(errors),
            [] if confidence is None else [round(float(c), 4) for c in confidence[frames, points]],
        ),
        list(stages),
    )


def _read(path: Path) -> list[Result]:
    """Read a file's results; none of another version of the file."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        if content["version"] != VERSION:
            return []
        return [_restored(row) for row in content["results"]]
    except (ValueError, KeyError, TypeError) as error:
        raise UsageError(f"{path} holds no results.", hint="Name another file for --json.") from error


def _rounded(values: NDArray[np.float64]) -> list[float | None]:
    return [round(value, 2) if np.isfinite(value) else None for value in values.tolist()]


def _restored(row: dict[str, Any]) -> Result:
    return Result(
        Key(**row["key"]),
        Score(**row["score"]),
        row["seconds"],
        row["tolerance_px"],
        row["diagonal_px"],
        row["labels"],
        row["group"],
        Points(**row["points"]),
        [Stage(**stage) for stage in row["stages"]],
    )
