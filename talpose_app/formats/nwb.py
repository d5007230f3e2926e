"""NWB files, ``.nwb``, with the extension ndx-pose: tracks and labels apart, on the video's clock.

In the processing module ``behavior``: a ``PoseEstimation`` for each individual, with a series for each
keypoint that passes through the labels, and a ``PoseTraining`` with the labels alone. ``control`` of a series
says of each frame whether a person or a tracker put the point there.
"""

from __future__ import annotations

import importlib
import uuid
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from talpose_app import __version__
from talpose_app.formats.dense import dense_point
from talpose_app.formats.files import check_target
from talpose_app.formats.frame_times import FrameTimes, frame_times
from talpose_app.formats.hdf5_files import replacing_hdf5
from talpose_app.formats.libraries import NDX_POSE
from talpose_app.formats.nwb_names import POSE_FIELDS, describe_renamed, nwb_names
from talpose_app.formats.nwb_training import pose_training
from talpose_app.formats.wording import counted
from talpose_app.model.label import PointId, Visibility
from talpose_app.model.project import Individual, Project

if TYPE_CHECKING:
    from ndx_pose import PoseEstimation, PoseEstimationSeries
    from pynwb import NWBFile, ProcessingModule
    from pynwb.core import NWBDataInterface
    from pynwb.file import Subject
    from pynwb.image import ImageSeries

#: Where positions count from, for people: NWB has no field for programs.
REFERENCE_FRAME = (
    "(0, 0) is the center of the top-left pixel of the video as displayed, so that pixel centers are whole "
    "numbers; x runs to the right, y down."
)

CONFIDENCE_DEFINITION = (
    "How far the tracker's position can be trusted; 1 where a person placed the point, 0 without a position."
)

#: What the numbers in ``control`` mean; their order is that of ``dense.Status``.
CONTROL_DESCRIPTION = (
    "neither labeled nor predicted",
    "predicted, visible",
    "predicted, hidden",
    "label, visible",
    "label, occluded",
    "label, absent",
)

_COUNTED_TIMES = "The times are counted from its average frame rate: the video could not be read."


class NwbExporter:
    """Tracks as ``PoseEstimation``, labels as ``PoseTraining``."""

    name = "nwb"
    title = "NWB, ndx-pose"
    extension = ".nwb"

    @property
    def text(self) -> str:
        """See ``Exporter``."""
        return NDX_POSE.offer(
            "Tracks and labels with the times of the frames, for neuroscience archives and movement."
        )

    def export(self, project: Project, path: Path) -> list[str]:
        """See ``Exporter.export``."""
        libraries = _Libraries.load()
        check_target(path)
        times, names = frame_times(project.video), _Names.of(project)
        video_name = _video_name(project, path)
        with replacing_hdf5(path) as draft:
            file = _nwb_file(libraries, project, names, times, video_name)
            # Given a name, pynwb would warn that the draft's does not end in .nwb.
            with (
                libraries.h5py.File(draft, "w") as hdf5,
                libraries.pynwb.NWBHDF5IO(file=hdf5, mode="w") as output,
            ):
                output.write(file)
        return _report(project, names, times, is_beside=(path.resolve().parent / video_name).is_file())


class _Libraries(NamedTuple):
    """What writes the file."""

    pynwb: ModuleType
    ndx_pose: ModuleType
    h5py: ModuleType

    @classmethod
    def load(cls) -> _Libraries:
        """Load them.

        Raises:
            FormatError: They are not installed.
        """
        NDX_POSE.check_installed()
        return cls(importlib.import_module("pynwb"), NDX_POSE.load(), importlib.import_module("h5py"))


class _Names(NamedTuple):
    """Names as NWB takes them, in display order."""

    keypoints: list[str]
    individuals: list[str]

    @classmethod
    def of(cls, project: Project) -> _Names:
        """Name a project's keypoints and individuals."""
        return cls(
            nwb_names((keypoint.name for keypoint in project.skeleton.keypoints), POSE_FIELDS),
            nwb_names(individual.name for individual in project.individuals),
        )

    def container(self, place: int) -> str:
        """Name of an individual's ``PoseEstimation``; readers look for this very name where there is one."""
        return "PoseEstimation" if len(self.individuals) == 1 else f"PoseEstimation_{self.individuals[place]}"


def _nwb_file(
    libraries: _Libraries, project: Project, names: _Names, times: FrameTimes, video_name: str
) -> NWBFile:
    video_path = Path(project.video.path)
    video = _video(libraries.pynwb, project, times, video_name)
    made: NWBFile = libraries.pynwb.NWBFile(
        session_description=f"Keypoints in the video {video_path.name}, placed by people and tracked by "
        f"TALPose. session_start_time is {times.began_is}.",
        # movement takes it for the individual's name, and it has to differ from that of any other file.
        identifier=f"{video_path.stem}-{uuid.uuid4()}",
        session_start_time=times.began,
        subject=_subject(libraries.pynwb, project),
        acquisition=[video],
        processing=[_behavior(libraries, project, names, video)],
    )
    return made


def _subject(pynwb: ModuleType, project: Project) -> Subject | None:
    """An only individual; the format has no room for several."""
    if len(project.individuals) != 1:
        return None
    made: Subject = pynwb.file.Subject(
        subject_id=project.individuals[0].name, description="Name of the individual in TALPose."
    )
    return made


def _behavior(libraries: _Libraries, project: Project, names: _Names, video: ImageSeries) -> ProcessingModule:
    """Everything but the video."""
    ndx_pose = libraries.ndx_pose
    skeleton = _skeleton(ndx_pose, project, names)
    content: list[NWBDataInterface] = [ndx_pose.Skeletons(skeletons=[skeleton])]
    for place, individual in enumerate(project.individuals):
        series = _series(ndx_pose, project, individual, names.keypoints, video)
        container = names.container(place)
        content.append(_pose_estimation(ndx_pose, project, individual, container, series, skeleton, video))
    if project.keyframes():
        content.append(pose_training(ndx_pose, project, names.individuals, skeleton, video))
    made: ProcessingModule = libraries.pynwb.ProcessingModule(
        name="behavior", description="Keypoints of animals, by TALPose", data_interfaces=content
    )
    return made


def _video_name(project: Project, path: Path) -> str:
    """The video as seen from the file's folder; its bare name if it lies elsewhere.

    Files are published: names of folders that they do not travel with tell nothing but who worked where.
    """
    video, folder = Path(project.video.path), path.resolve().parent
    return video.relative_to(folder).as_posix() if video.is_relative_to(folder) else video.name


def _video(pynwb: ModuleType, project: Project, times: FrameTimes, video_name: str) -> ImageSeries:
    """The video, which stays a file of its own, with the time of each frame."""
    made: ImageSeries = pynwb.image.ImageSeries(
        name="video",
        description="The labeled video. " + ("" if times.is_read else _COUNTED_TIMES),
        unit="n.a.",
        format="external",
        external_file=[video_name],
        starting_frame=[0],
        dimension=list(project.video.size),
        timestamps=times.times_s,
    )
    return made


def _skeleton(ndx_pose: ModuleType, project: Project, names: _Names) -> NWBDataInterface:
    places = {keypoint.keypoint_id: i for i, keypoint in enumerate(project.skeleton.keypoints)}
    edges = [(places[a], places[b]) for a, b in project.skeleton.edges]
    number = np.uint8 if len(places) <= np.iinfo(np.uint8).max else np.uint32
    made: NWBDataInterface = ndx_pose.Skeleton(
        name="skeleton", nodes=names.keypoints, edges=np.array(edges, number).reshape(-1, 2)
    )
    return made


def _series(
    ndx_pose: ModuleType, project: Project, individual: Individual, names: Sequence[str], video: ImageSeries
) -> list[PoseEstimationSeries]:
    """A series for each keypoint of an individual; all share the video's times."""
    made: list[PoseEstimationSeries] = []
    for keypoint, name in zip(project.skeleton.keypoints, names, strict=True):
        dense = dense_point(project, PointId(individual.individual_id, keypoint.keypoint_id))
        one: PoseEstimationSeries = ndx_pose.PoseEstimationSeries(
            name=name,
            description=f"{keypoint.name} of {individual.name}",
            data=dense.positions,
            unit="pixels",
            reference_frame=REFERENCE_FRAME,
            timestamps=video,
            confidence=dense.confidence,
            confidence_definition=CONFIDENCE_DEFINITION,
            control=dense.status,
            control_description=list(CONTROL_DESCRIPTION),
        )
        made.append(one)
    return made


def _pose_estimation(
    ndx_pose: ModuleType,
    project: Project,
    individual: Individual,
    name: str,
    series: list[PoseEstimationSeries],
    skeleton: NWBDataInterface,
    video: ImageSeries,
) -> PoseEstimation:
    made: PoseEstimation = ndx_pose.PoseEstimation(
        name=name,
        pose_estimation_series=series,
        description=f"Keypoints of {individual.name} in every frame: where a person placed them, else where "
        "a tracker found them, as control tells. What people placed is in PoseTraining, in full precision.",
        scorer=", ".join(_trackers(project, individual)) or None,
        source_software="TALPose",
        source_software_version=__version__,
        skeleton=skeleton,
        source_video=video,
    )
    return made


def _trackers(project: Project, individual: Individual) -> list[str]:
    """What made the tracks of an individual, trackers and filters, in the order they ran."""
    run_ids = {
        span.run_id
        for point, track in project.made.items()
        if point.individual_id == individual.individual_id
        for span in track.provenance
    }
    return list(dict.fromkeys(run.tracker for run in project.runs if run.run_id in run_ids))


def _report(project: Project, names: _Names, times: FrameTimes, *, is_beside: bool) -> list[str]:
    name = Path(project.video.path).name
    n_absent = sum(label.visibility is Visibility.ABSENT for label in project.all_labels())
    report = describe_renamed((x.name for x in project.skeleton.keypoints), names.keypoints)
    report += describe_renamed((x.name for x in project.individuals), names.individuals)
    if n_absent:
        report.append(
            f"{counted(n_absent, 'label')} of absent points without a position in PoseTraining, as if not "
            "labeled; control of the series tells."
        )
    if project.skeleton.symmetries:
        report.append("Which keypoints mirror each other is not in the file.")
    if not times.is_read:
        report.append(f"{name} could not be read: the times are counted from its average frame rate.")
    if not times.is_recorded:
        day = f"{times.began:%Y-%m-%d %H:%M} UTC"
        report.append(
            f"When {name} was recorded is not known: session_start_time is {times.began_is}, {day}."
        )
    if not is_beside:
        report.append(f"The file looks for {name} in its own folder: keep the two together.")
    return report
