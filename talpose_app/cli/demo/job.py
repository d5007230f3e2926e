"""The demo's work, step by step: project, labels, track, refine, score, pictures, exports."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from talpose_app.cli.demo import overlay
from talpose_app.cli.demo.picture import Method, Story, compose, most_improved_frame
from talpose_app.cli.evaluation import TruthTable, lay_out_truth
from talpose_app.cli.projects import create_project
from talpose_app.cli.runs import RunFollower
from talpose_app.errors import TalposeError
from talpose_app.formats.importing import ImportOptions
from talpose_app.formats.registry import exporter, importer
from talpose_app.formats.talpose_labels import read_truth
from talpose_app.formats.wording import counted
from talpose_app.model.edits import ChangeSkeleton
from talpose_app.model.label import PointId
from talpose_app.model.project import Project
from talpose_app.model.run import RunKind
from talpose_app.model.skeleton import Skeleton
from talpose_app.paths import sample_videos_dir
from talpose_app.session.events import RunStatus
from talpose_app.session.run_options import RunOptions
from talpose_app.session.session import Session
from talpose_app.tracking.anchors import Anchors
from talpose_app.tracking.interpolation import straight_lines
from talpose_app.tracking.labels import LabelTable
from talpose_app.tracking.scoring import score

SAMPLE = "walking_fox"

#: Keyframes that a user in a hurry would label.
N_LABEL_FRAMES = 6

#: Enough to see the loss fall, quick enough to watch.
N_STEPS = 12

#: How the sample's keypoints are joined in the pictures.
EDGES = (
    ("nose", "eye"), ("eye", "ear_tip"), ("eye", "withers"), ("withers", "tail_base"),
    ("tail_base", "tail_tip"), ("withers", "right_front_elbow"), ("right_front_elbow", "right_front_wrist"),
    ("right_front_wrist", "right_front_paw"), ("withers", "left_front_wrist"),
    ("left_front_wrist", "left_front_paw"), ("tail_base", "right_hind_knee"),
    ("right_hind_knee", "right_hind_hock"), ("right_hind_hock", "right_hind_paw"),
    ("tail_base", "left_hind_hock"), ("left_hind_hock", "left_hind_paw"),
)  # fmt: skip

_COLORS = {"linear": "#94a1ad", "track": "#56b4e9", "refine": "#e69f00"}
_TITLES = {"linear": "Interpolation", "track": "TRACK", "refine": "REFINE"}


@dataclass(frozen=True, slots=True)
class DemoFiles:
    """Where everything is.

    Attributes:
        project: The project; opens in the app.
        overlay: Video with tracks, trails, skeleton and labels.
        picture: Before and after.
        json: Full export.
        csv: Tidy table.
    """

    project: Path
    overlay: Path
    picture: Path
    json: Path
    csv: Path


@dataclass(frozen=True, slots=True, eq=False)
class DemoResult:
    """What came out.

    Attributes:
        n_labels: Labels taken from the truth.
        label_frames: Frames that hold them.
        methods: ``linear``, ``track``, ``refine``, with their scores.
        track: The first run.
        refine: The second run.
        files: Where everything is.
    """

    n_labels: int
    label_frames: tuple[int, ...]
    methods: dict[str, Method]
    track: RunStatus
    refine: RunStatus
    files: DemoFiles


def run_demo(folder: Path, tell: Callable[[str], None], *, quiet: bool) -> DemoResult:
    """Do the main job on the sample.

    Args:
        folder: Gets all files; made if it is missing. An earlier demo in it stays.
        tell: Called with a line about each step done.
        quiet: No progress bars.

    Raises:
        TalposeError: The sample is missing, or a step failed.
    """
    video, truth_file = _sample_files()
    if folder.exists() and not folder.is_dir():
        raise TalposeError(f"{folder} is a file, not a folder.", hint="Name another folder with -o.")
    folder.mkdir(parents=True, exist_ok=True)
    files, copy = _new_names(folder), folder / video.name
    if not copy.exists():
        shutil.copyfile(video, copy)
    with create_project(files.project, copy) as session:
        info = session.project.video
        tell(f"{copy.name}: {info.width}x{info.height}, {counted(info.n_frames, 'frame')}")
        n_labels = _label(session, truth_file)
        label_frames = tuple(session.project.keyframes())
        tell(f"labels   {n_labels} at {len(label_frames)} frames, from the sample's truth")
        track = RunFollower(session, "Tracking", quiet=quiet).run(RunOptions(RunKind.TRACK))
        tracked = session.project
        tell(f"track    {track.seconds:.1f} s with {track.tracker} ({track.device})")
        refine = RunFollower(session, "Refining", quiet=quiet).run(
            RunOptions(RunKind.REFINE, n_steps=N_STEPS)
        )
        refined = session.project
        tell(f"refine   {refine.seconds:.1f} s, {counted(refine.step, 'step')}{_losses(refine)}")
        table = _truth_table(refined, truth_file)
        methods = _methods(tracked, refined, table)
        result = DemoResult(n_labels, label_frames, methods, track, refine, files)
        _write_pictures(session, tracked, refined, table, result)
        exporter("json").export(refined, files.json)
        exporter("csv").export(refined, files.csv)
    return result


def _sample_files() -> tuple[Path, Path]:
    folder = sample_videos_dir()
    video, truth = folder / f"{SAMPLE}.mp4", folder / f"{SAMPLE}.labels.json"
    for path in (video, truth):
        if not path.is_file():
            raise TalposeError(f"The sample's file {path} is missing.", hint="Reinstall TALPose.")
    return video, truth


def _new_names(folder: Path) -> DemoFiles:
    """Names that no earlier demo has taken."""
    number = 1
    while True:
        stem = SAMPLE if number == 1 else f"{SAMPLE}-{number}"
        files = DemoFiles(
            folder / f"{stem}.talpose.json",
            folder / f"{stem}.overlay.mp4",
            folder / f"{stem}.before-after.png",
            folder / f"{stem}.export.json",
            folder / f"{stem}.csv",
        )
        if not files.project.exists():
            return files
        number += 1


def _label(session: Session, truth_file: Path) -> int:
    """Take the labels of a few frames, evenly spread, from the truth."""
    last = session.project.video.n_frames - 1
    frames = frozenset(round(float(at)) for at in np.linspace(0, last, N_LABEL_FRAMES))
    options = ImportOptions(frames=frames, time_of=session.reader.index.time_s)
    taken = importer("talpose-labels").read(truth_file, session.project, options)
    session.apply("Import labels", taken.edit)
    session.apply("Set edges", ChangeSkeleton(_joined(session.project.skeleton)))
    return taken.n_new


def _joined(skeleton: Skeleton) -> Skeleton:
    """The skeleton with the edges whose keypoints it has."""
    ids = {keypoint.name: keypoint.keypoint_id for keypoint in skeleton.keypoints}
    return skeleton.with_edges(tuple((ids[a], ids[b]) for a, b in EDGES if a in ids and b in ids))


def _losses(status: RunStatus) -> str:
    return f", loss {status.losses[0]:.3g} to {min(status.losses):.3g}" if status.losses else ""


def _truth_table(project: Project, truth_file: Path) -> TruthTable:
    individual_id = project.individuals[0].individual_id
    points = {
        keypoint.name: PointId(individual_id, keypoint.keypoint_id)
        for keypoint in project.skeleton.keypoints
        if PointId(individual_id, keypoint.keypoint_id) in project.tracks
    }
    return lay_out_truth(project, read_truth(truth_file, project), points)


def _methods(tracked: Project, refined: Project, table: TruthTable) -> dict[str, Method]:
    positions: dict[str, NDArray[np.floating]] = {
        "linear": _interpolated(refined, table.points),
        "track": _positions(tracked, table.points),
        "refine": _positions(refined, table.points),
    }
    size = refined.video.size
    return {
        key: Method(_TITLES[key], _COLORS[key], found, score(found, table.positions, table.mask, size))
        for key, found in positions.items()
    }


def _positions(project: Project, points: tuple[PointId, ...]) -> NDArray[np.float32]:
    """Predicted positions, shape (n_frames, n_points, 2), image pixels."""
    return np.stack([project.tracks[point].positions for point in points], axis=1)


def _interpolated(project: Project, points: tuple[PointId, ...]) -> NDArray[np.float64]:
    """What one gets without a tracker: labels joined by straight lines; shape (n_frames, n_points, 2)."""
    labels = LabelTable.from_labels(points, project.all_labels())
    return straight_lines(Anchors.from_labels(labels, (0, project.video.n_frames)))


def _write_pictures(
    session: Session, tracked: Project, refined: Project, table: TruthTable, result: DemoResult
) -> None:
    before, after = overlay.Drawing.of(tracked), overlay.Drawing.of(refined)
    track, refine = result.track, result.refine
    story = Story(
        f"A walking fox: {len(table.names)} keypoints, labeled at {len(result.label_frames)} "
        f"of {refined.video.n_frames} frames",
        f"{track.tracker} on {track.device}: tracked in {track.seconds:.1f} s, then refined on the labels "
        f"in {refine.seconds:.1f} s ({counted(refine.step, 'step')})",
        tuple(result.methods.values()),
        before,
        after,
        table.positions,
        table.mask,
        result.label_frames,
        refine.losses,
    )
    shown = most_improved_frame(
        result.methods["track"], result.methods["refine"], table.positions, table.mask
    )
    result.files.picture.write_bytes(compose(story, session.reader.frame(shown), shown).png())
    scale = overlay.enlargement(refined.video.width, refined.video.height)

    def drawn(frame_idx: int, frame: NDArray[np.uint8]) -> NDArray[np.uint8]:
        canvas = overlay.frame_canvas(frame, scale)
        overlay.draw(canvas, after, frame_idx, scale)
        return canvas.pixels

    frames = session.reader.frames(0, refined.video.n_frames)
    pictures = (drawn(frame_idx, frame) for frame_idx, frame in enumerate(frames))
    overlay.write_video(result.files.overlay, pictures, refined.video.fps)
