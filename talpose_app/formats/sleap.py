"""SLEAP's project file, ``.slp``: labels as user instances, tracks as predicted ones, written by sleap-io.

An instance is one individual at one frame, with a point for every keypoint: position, ``visible``, and
``complete``, which SLEAP sets where a person placed the point. Positions mean the same in both programs since
SLEAP 1.1: the center of the top-left pixel is (0, 0).

A user instance has no word for "not labeled": SLEAP learns that a point which is not visible is not there. So
where an individual is labeled in part, the rest of its points come from the tracks and stay without
``complete``, as in SLEAP where a person corrects some points of a prediction.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from talpose_app import __version__
from talpose_app.formats.files import check_target
from talpose_app.formats.hdf5_files import replacing_hdf5
from talpose_app.formats.libraries import SLEAP_IO
from talpose_app.formats.wording import counted
from talpose_app.model.label import Label, Visibility
from talpose_app.model.project import Individual, Project

if TYPE_CHECKING:
    from sleap_io.model.instance import Instance, PredictedInstance, Track
    from sleap_io.model.labeled_frame import LabeledFrame
    from sleap_io.model.labels import Labels
    from sleap_io.model.skeleton import Skeleton
    from sleap_io.model.video import Video

#: In a file's provenance: TALPose wrote it, so that points without ``complete`` were placed by nobody.
WRITER_KEY = "talpose_version"


class SleapExporter:
    """Labels and tracks in the file that SLEAP opens."""

    name = "sleap"
    title = "SLEAP"
    extension = ".slp"

    @property
    def text(self) -> str:
        """See ``Exporter``."""
        return SLEAP_IO.offer(
            "Labels with their visibility and tracks with scores, for SLEAP and what reads its files."
        )

    def export(self, project: Project, path: Path) -> list[str]:
        """See ``Exporter.export``."""
        sio = SLEAP_IO.load()
        check_target(path)
        labels, counts = _labels(sio, project)
        with replacing_hdf5(path) as draft:
            sio.save_slp(labels, str(draft), verbose=False)
        return counts.report()


@dataclass
class _Counts:
    """What the format cannot say as it is, counted in points.

    Attributes:
        absent: Labels of absent points.
        occluded: Occluded labels.
        hidden: Predictions of hidden points.
        filled: Points of user instances that were taken from a track.
        unknown: Points of user instances that have neither label nor prediction.
    """

    absent: int = 0
    occluded: int = 0
    hidden: int = 0
    filled: int = 0
    unknown: int = 0

    def report(self) -> list[str]:
        """Tell the user, in sentences."""
        sentences = [
            (
                self.occluded,
                "occluded label",
                "marked as not visible. The file has the position; SLEAP uses it for nothing.",
            ),
            (self.hidden, "prediction", "of hidden points marked as not visible, with the position."),
            (self.absent, "label", "of absent points marked as not visible, without a position."),
            (
                self.filled,
                "unlabeled point",
                'beside labeled ones filled in from tracks, without "complete". SLEAP trains on them.',
            ),
            (
                self.unknown,
                "unlabeled point",
                "beside labeled ones marked as not visible, for want of a track. SLEAP learns that.",
            ),
        ]
        return [f"{counted(n, noun)} {what}" for n, noun, what in sentences if n]


def _labels(sio: ModuleType, project: Project) -> tuple[Labels, _Counts]:
    video, skeleton = _video(sio, project), _skeleton(sio, project)
    tracks: list[Track] = [sio.Track(individual.name) for individual in project.individuals]
    counts = _Counts()
    instances: dict[int, list[Instance]] = {}
    for individual, track in zip(project.individuals, tracks, strict=True):
        predicted = _predicted(project, individual)
        counts.hidden += int(np.count_nonzero(_has_position(predicted) & (predicted[..., 3] == 0)))
        for frame_idx in _labeled_frames(project, individual):
            points = _placed(project, individual, frame_idx, predicted[frame_idx], counts)
            user: Instance = sio.Instance(points, skeleton=skeleton, track=track)
            instances.setdefault(frame_idx, []).append(user)
        for frame_idx in np.flatnonzero(_has_position(predicted).any(axis=1)).tolist():
            one = _predicted_instance(sio, predicted[frame_idx], skeleton, track)
            instances.setdefault(frame_idx, []).append(one)
    frames: list[LabeledFrame] = [
        sio.LabeledFrame(video=video, frame_idx=frame_idx, instances=instances[frame_idx])
        for frame_idx in sorted(instances)
    ]
    labels: Labels = sio.Labels(
        frames, [video], [skeleton], tracks=tracks, provenance={WRITER_KEY: __version__}
    )
    return labels, counts


def _video(sio: ModuleType, project: Project) -> Video:
    """The video as SLEAP notes it; the file itself is not opened."""
    video = project.video
    backend = {
        "type": "MediaVideo",
        "shape": [video.n_frames, video.height, video.width, 3],
        "filename": video.path,
        "grayscale": False,
        "bgr": True,
        "dataset": "",
        "input_format": "",
        "fps": video.fps,
    }
    made: Video = sio.Video(video.path, backend_metadata=backend, open_backend=False)
    return made


def _skeleton(sio: ModuleType, project: Project) -> Skeleton:
    keypoints = project.skeleton.keypoints
    places = {keypoint.keypoint_id: i for i, keypoint in enumerate(keypoints)}
    made: Skeleton = sio.Skeleton(
        [keypoint.name for keypoint in keypoints],
        [(places[a], places[b]) for a, b in project.skeleton.edges],
        [(places[a], places[b]) for a, b in project.skeleton.symmetries],
        name="TALPose",
    )
    return made


def _labeled_frames(project: Project, individual: Individual) -> list[int]:
    """The frames at which a point of the individual has a label, ascending."""
    points = project.points_of(individual)
    return sorted({frame_idx for point in points for frame_idx in project.labels.get(point, {})})


def _predicted(project: Project, individual: Individual) -> NDArray[np.float64]:
    """The tracks of an individual as columns of sleap-io.

    Returns:
        Shape (n_frames, n_keypoints, 5), float64: x and y in image pixels (NaN where nothing is predicted),
        score in [0, 1], visible, complete (0: nobody placed it).
    """
    points = project.points_of(individual)
    table = np.zeros((project.video.n_frames, len(points), 5))
    table[..., :2] = np.nan
    for column, point in enumerate(points):
        track = project.tracks.get(point)
        if track is None:
            continue
        found = np.isfinite(track.positions).all(axis=1)
        table[found, column, :2] = track.positions[found]
        table[found, column, 2] = track.confidence[found]
        table[found, column, 3] = track.visibility[found]
    return table


def _has_position(table: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Which points of a table of ``_predicted`` are predicted; one axis less than it has."""
    return ~np.isnan(table[..., 0])


def _predicted_instance(
    sio: ModuleType, points: NDArray[np.float64], skeleton: Skeleton, track: Track
) -> PredictedInstance:
    """Make the predicted instance of a frame from its row of ``_predicted``, shape (n_keypoints, 5)."""
    score = float(points[_has_position(points), 2].mean())
    made: PredictedInstance = sio.PredictedInstance(points, skeleton=skeleton, track=track, score=score)
    return made


def _placed(
    project: Project,
    individual: Individual,
    frame_idx: int,
    predicted: NDArray[np.float64],
    counts: _Counts,
) -> NDArray[np.float64]:
    """The points of a user instance.

    Args:
        project: Has the labels.
        individual: Whose.
        frame_idx: A frame at which one of its points is labeled.
        predicted: The frame's row of ``_predicted``, shape (n_keypoints, 5).
        counts: Goes up by what is found.

    Returns:
        Shape (n_keypoints, 4), float64: x and y in image pixels, NaN without a position; visible, complete.
    """
    rows = [
        _unlabeled(predicted[column], counts) if label is None else _labeled(label, counts)
        for column, label in enumerate(
            project.label(point, frame_idx) for point in project.points_of(individual)
        )
    ]
    return np.array(rows)


def _labeled(label: Label, counts: _Counts) -> tuple[float, float, float, float]:
    counts.absent += label.visibility is Visibility.ABSENT
    counts.occluded += label.visibility is Visibility.OCCLUDED
    return label.x, label.y, float(label.visibility is Visibility.VISIBLE), 1.0


def _unlabeled(predicted: NDArray[np.float64], counts: _Counts) -> tuple[float, float, float, float]:
    """A point that nobody labeled: as predicted, shape (5,); without a position if it is not."""
    x, y, _, visible, _ = predicted.tolist()
    if math.isnan(x):
        counts.unknown += 1
    else:
        counts.filled += 1
    return x, y, visible, 0.0
