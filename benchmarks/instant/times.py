"""From a label to its new track, durable: through a real session with a real journal."""

from __future__ import annotations

import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from talpose_app.engine_client.client import EngineClient
from talpose_app.model.edits import Batch, ChangeLabels, ChangeSkeleton, ChangeTracks, LabelChange
from talpose_app.model.label import Label, PointId
from talpose_app.model.project import Project
from talpose_app.model.skeleton import Skeleton
from talpose_app.model.track import Provenance, Track
from talpose_app.model.video import VideoInfo
from talpose_app.session.session import Session
from talpose_app.store.store import ProjectStore

#: Frames between a keypoint's labels that its track was made from.
_LABEL_EVERY = 20


@dataclass(frozen=True, slots=True)
class Answer:
    """What a label took.

    Attributes:
        frames: Of the video.
        points: Tracked keypoints.
        ms: Milliseconds of each label, from the edit to the new track, the label on the disk.
        bend_ms: Of these, the bend alone.
        journal_bytes: What each label added to the journal.
    """

    frames: int
    points: int
    ms: tuple[float, ...]
    bend_ms: tuple[float, ...]
    journal_bytes: float

    def line(self) -> str:
        """A row of the table."""
        p50, p95 = np.percentile(self.ms, (50, 95))
        bend50, bend95 = np.percentile(self.bend_ms, (50, 95))
        return (
            f"| {self.frames} | {self.points} | {p50:.1f} / {p95:.1f} | {bend50:.2f} / {bend95:.2f} | "
            f"{self.journal_bytes:.0f} |"
        )


HEAD = (
    "| frames | keypoints | label to durable track, ms (p50 / p95) | of it the bend | bytes of journal |\n"
    "|---|---|---|---|---|"
)


def answer(n_frames: int, n_points: int, n_labels: int, seed: int = 0) -> Answer:
    """Place labels all over a tracked project, moving some again, and time each."""
    rng = np.random.default_rng(seed)
    with tempfile.TemporaryDirectory(prefix="talpose-benchmark-") as folder:
        session = _tracked_session(Path(folder) / "made.talpose.json", n_frames, n_points, rng)
        journal = session.path.with_name("made.talpose.journal")
        size = journal.stat().st_size
        ms: list[float] = []
        bend_ms: list[float] = []
        for _ in range(n_labels):
            point, frame = PointId(1, 1 + int(rng.integers(n_points))), int(rng.integers(n_frames))
            x, y = rng.uniform(0, 400, 2).tolist()
            label = Label(point, frame, x, y)
            begin = time.perf_counter()
            session.apply("Place", ChangeLabels((LabelChange(point, frame, label),)))
            applied = time.perf_counter()
            track = session.project.tracks[point]
            done = time.perf_counter()
            assert track.positions[frame].tolist() == np.array((x, y), np.float32).tolist()
            ms.append(1000 * (done - begin))
            bend_ms.append(1000 * (done - applied))
        per_label = (journal.stat().st_size - size) / n_labels
        session.close()
    return Answer(n_frames, n_points, tuple(ms), tuple(bend_ms), per_label)


def _tracked_session(path: Path, n_frames: int, n_points: int, rng: np.random.Generator) -> Session:
    """A project whose video is never opened; its tracks pass through their labels."""
    info = VideoInfo(
        path="made.mp4", width=640, height=480, n_frames=n_frames, time_base=(1, 30), fps=30.0,
        duration_s=n_frames / 30, codec="h264", fingerprint="made", is_variable_rate=False,
    )  # fmt: skip
    ProjectStore.create(path, Project(info)).close()
    session = Session.open(path, EngineClient())
    fill(session, n_points, rng)
    return session


def fill(session: Session, n_points: int, rng: np.random.Generator) -> None:
    """Give a new project keypoints, each with a track and the labels it passes through."""
    info = session.project.video
    skeleton = Skeleton()
    for number in range(n_points):
        skeleton = skeleton.with_keypoint(f"point_{number + 1}")
    points = [PointId(1, number + 1) for number in range(n_points)]
    tracks = [(point, _track(info, rng)) for point in points]
    labels = tuple(
        LabelChange(
            point,
            frame,
            Label(point, frame, float(track.positions[frame, 0]), float(track.positions[frame, 1])),
        )
        for point, track in tracks
        for frame in range(0, info.n_frames, _LABEL_EVERY)
    )
    session.apply(
        "Make", Batch((ChangeSkeleton(skeleton), ChangeTracks(tuple(tracks)), ChangeLabels(labels)))
    )
    session.save()


def _track(info: VideoInfo, rng: np.random.Generator) -> Track:
    """A random walk inside the picture."""
    n_frames = info.n_frames
    steps = np.cumsum(rng.normal(size=(n_frames, 2)), axis=0)
    size = np.array(info.size)
    positions = (size * (0.5 + 0.4 * np.sin(steps / size))).astype(np.float32)
    confidence = rng.uniform(0.3, 1.0, n_frames).astype(np.float32)
    confidence[::_LABEL_EVERY] = 1.0
    return Track(positions, np.ones(n_frames, np.bool_), confidence, (Provenance(0, n_frames, 1),))
