"""The project: everything the user made and the tracks made from it, as one immutable value."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from talpose_app.model.bent_tracks import BendMemo, BentTracks
from talpose_app.model.label import Label, PointId
from talpose_app.model.run import Run
from talpose_app.model.skeleton import Skeleton
from talpose_app.model.track import Track
from talpose_app.model.video import VideoInfo

#: Labels of one point by frame.
PointLabels = Mapping[int, Label]


@dataclass(frozen=True, slots=True)
class Individual:
    """One animal (or person, or machine) through the whole video."""

    individual_id: int
    name: str


@dataclass(frozen=True, slots=True)
class Project:
    """One video with its skeleton, labels, tracks and runs.

    A change makes a new project through an edit (``model.edits``); mappings are
    never changed in place.

    Attributes:
        video: What is labeled.
        skeleton: Keypoints, edges, symmetries.
        individuals: At least one.
        labels: By point, then by frame. Points without labels are left out.
        made: Tracks as runs and filters made them, by point; each spans the whole video. What is shown,
            exported and scored is ``tracks``.
        runs: In the order they ran.
        bends: Keeps what was worked out for ``tracks`` from one project to the next.
    """

    video: VideoInfo
    skeleton: Skeleton = field(default_factory=Skeleton)
    individuals: tuple[Individual, ...] = (Individual(1, "individual_1"),)
    labels: Mapping[PointId, PointLabels] = field(default_factory=dict[PointId, PointLabels])
    made: Mapping[PointId, Track] = field(default_factory=dict[PointId, Track])
    runs: tuple[Run, ...] = ()
    bends: BendMemo = field(default_factory=BendMemo, repr=False, compare=False)

    @property
    def tracks(self) -> Mapping[PointId, Track]:
        """The tracks: as made, and bent through labels set or moved since."""
        return BentTracks(self.made, self.labels, self.bends)

    def points(self) -> list[PointId]:
        """Every individual's keypoints, individuals first, in display order."""
        return [point for individual in self.individuals for point in self.points_of(individual)]

    def points_of(self, individual: Individual) -> list[PointId]:
        """An individual's keypoints, in display order."""
        return [PointId(individual.individual_id, k.keypoint_id) for k in self.skeleton.keypoints]

    def label(self, point: PointId, frame_idx: int) -> Label | None:
        """The label of a point at a frame, or None."""
        return self.labels.get(point, {}).get(frame_idx)

    def all_labels(self) -> Iterator[Label]:
        """Every label, by point in display order, then by frame."""
        for point in self.points():
            of_point = self.labels.get(point, {})
            for frame_idx in sorted(of_point):
                yield of_point[frame_idx]

    def keyframes(self) -> list[int]:
        """The frames that hold at least one label, ascending."""
        return sorted({frame_idx for of_point in self.labels.values() for frame_idx in of_point})

    def has_point(self, point: PointId) -> bool:
        """Whether the individual and the keypoint exist."""
        known = any(i.individual_id == point.individual_id for i in self.individuals)
        return known and point.keypoint_id in self.skeleton

    def next_run_id(self) -> int:
        """The id the next run gets."""
        return max((run.run_id for run in self.runs), default=0) + 1
