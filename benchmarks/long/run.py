"""One run of TRACK over a whole made video, and what it cost."""

from __future__ import annotations

import os
import resource
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.accuracy.engine_method import LoadedTracker, Unattended
from benchmarks.long.video import positions
from talpose_app.model.label import Label, PointId, Visibility
from talpose_app.tracking.labels import LabelTable
from talpose_app.tracking.tracker import TrackRequest

#: Frames between a keypoint's labels.
_LABEL_EVERY = 50


@dataclass(frozen=True, slots=True)
class Cost:
    """What a run took.

    Attributes:
        frames: Of the video.
        points: Keypoints.
        wall: Seconds.
        cpu: Processor seconds.
        peak_gb: Most memory the process ever had, GB.
        idle_gb: The same before the run began: the program, torch and the weights.
        median_px: Median error at frames without labels, image pixels: the run did what it should.
    """

    frames: int
    points: int
    wall: float
    cpu: float
    peak_gb: float
    idle_gb: float
    median_px: float


def track_once(video: Path, n_frames: int, n_points: int, tracker: str) -> Cost:
    """Track from a video file with an empty cache; meant for a process of its own."""
    fresh = LoadedTracker(tracker, "cpu").fresh()
    frames = np.arange(n_frames, dtype=np.int64)
    truth = positions(frames, n_points)
    labels = _labels(truth)
    request = TrackRequest(str(video), f"long-{n_frames}", n_frames, labels, (0, n_frames), fresh.name)
    with tempfile.TemporaryDirectory(prefix="talpose-benchmark-") as home:
        os.environ["TALPOSE_HOME"] = home
        idle, wall, cpu = _peak_gb(), time.perf_counter(), time.process_time()
        *_, last = fresh.track(request, Unattended())
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    errors = np.linalg.norm(last.positions - truth, axis=-1)[frames % _LABEL_EVERY != 0]
    return Cost(n_frames, n_points, wall, cpu, _peak_gb(), idle, float(np.median(errors)))


def _labels(truth: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> LabelTable:
    points = [PointId(1, idx + 1) for idx in range(truth.shape[1])]
    labels = [
        Label(point, frame_idx, float(x), float(y), Visibility.VISIBLE)
        for frame_idx in range(0, len(truth), _LABEL_EVERY)
        for point, (x, y) in zip(points, truth[frame_idx], strict=True)
    ]
    return LabelTable.from_labels(points, labels)


def _peak_gb() -> float:
    unit = 1 if sys.platform == "darwin" else 1024  # bytes or kilobytes
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1e9
