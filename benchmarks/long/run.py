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
from benchmarks.made_video import labels_of, positions
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
    labels = labels_of(truth, _LABEL_EVERY)
    request = TrackRequest(str(video), f"long-{n_frames}", n_frames, labels, (0, n_frames), fresh.name)
    with tempfile.TemporaryDirectory(prefix="talpose-benchmark-") as home:
        os.environ["TALPOSE_HOME"] = home
        idle, wall, cpu = _peak_gb(), time.perf_counter(), time.process_time()
        *_, last = fresh.track(request, Unattended())
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    errors = np.linalg.norm(last.positions - truth, axis=-1)[frames % _LABEL_EVERY != 0]
    return Cost(n_frames, n_points, wall, cpu, _peak_gb(), idle, float(np.median(errors)))


def _peak_gb() -> float:
    unit = 1 if sys.platform == "darwin" else 1024  # bytes or kilobytes
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1e9
