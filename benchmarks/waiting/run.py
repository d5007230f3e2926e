"""What a user waits for, timed at the tracker's port: TRACK, and what a correction changes."""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.accuracy.engine_method import LoadedTracker
from benchmarks.made_video import labels_of, positions, write_video
from talpose_app.tracking.labels import LabelTable
from talpose_app.tracking.tracker import RefineOptions, RunUpdate, TrackRequest

#: Frames between a keypoint's labels.
_LABEL_EVERY = 15

#: Steps of REFINE before the correction, and after it.
_STEPS_BEFORE, _STEPS_AFTER = 2, 3


@dataclass(frozen=True, slots=True)
class Waits:
    """Seconds of wall time.

    Attributes:
        features_per_frame: Of TRACK from the file: decoding and features, for each frame.
        track: TRACK from the video file with an empty cache.
        track_again: TRACK after a label was added: features are there, all paths are found again.
        refine_start: REFINE until its first tracks, after TRACK.
        refine_step: A step of it.
        correction: From a label added while REFINE runs to tracks that know it.
        catch_up: The step after it, which also brings network and hidden labels up to date.
    """

    features_per_frame: float
    track: float
    track_again: float
    refine_start: float
    refine_step: float
    correction: float
    catch_up: float


class _Watch:
    """Control of a run that notes when stages begin, and hands over labels once."""

    def __init__(self) -> None:
        self.began: dict[str, float] = {}
        self.corrected: LabelTable | None = None

    def amended_labels(self) -> LabelTable | None:
        """See ``RunControl``."""
        labels, self.corrected = self.corrected, None
        return labels

    def report(self, stage: str, fraction: float) -> None:  # noqa: ARG002  of the port
        """See ``RunControl``."""
        self.began.setdefault(stage, time.perf_counter())


def measure(tracker: str, n_frames: int, n_points: int) -> Waits:
    """Make a video and work on it as a user would."""
    fresh = LoadedTracker(tracker, "cpu").fresh()
    truth = positions(np.arange(n_frames, dtype=np.int64), n_points)
    added = [(_LABEL_EVERY + _LABEL_EVERY // 2, 0), (2 * _LABEL_EVERY + _LABEL_EVERY // 2, 0)]
    labels, more, most = (labels_of(truth, _LABEL_EVERY, added[:count]) for count in range(3))
    with tempfile.TemporaryDirectory(prefix="talpose-benchmark-") as folder:
        os.environ["TALPOSE_HOME"] = folder
        video = Path(folder) / "made.mp4"
        write_video(video, n_frames)

        def request(table: LabelTable, previous: RunUpdate | None = None) -> TrackRequest:
            tracks = None if previous is None else previous.positions
            return TrackRequest(
                str(video), "made", n_frames, table, (0, n_frames), fresh.name, previous=tracks
            )

        watch, started = _Watch(), time.perf_counter()
        *_, tracked = fresh.track(request(labels), watch)
        track = time.perf_counter() - started
        features = watch.began["paths"] - watch.began["features"]
        started = time.perf_counter()
        *_, tracked = fresh.track(request(more, tracked), _Watch())
        track_again = time.perf_counter() - started
        options = RefineOptions(n_steps=_STEPS_BEFORE + _STEPS_AFTER)
        watch = _Watch()
        updates = fresh.refine(request(more, tracked), options, watch)
        refined = _refine(updates, watch, most)
    return Waits(features / n_frames, track, track_again, *refined)


def _refine(
    updates: Iterator[RunUpdate], watch: _Watch, corrected: LabelTable
) -> tuple[float, float, float, float]:
    """Seconds to the first update, of a usual step (mean), of the correction, and of the step after it."""
    seconds: list[float] = []
    started = time.perf_counter()
    for step, _ in enumerate(updates):
        seconds.append(time.perf_counter() - started)
        if step == _STEPS_BEFORE:
            watch.corrected = corrected
        started = time.perf_counter()
    first, *before = seconds[: _STEPS_BEFORE + 1]
    correction, catch_up, *after = seconds[_STEPS_BEFORE + 1 :]
    return first, float(np.mean([*before, *after])), correction, catch_up
