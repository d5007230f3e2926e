"""The labels in NWB: ``PoseTraining`` of ndx-pose, which holds what people placed and nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from types import ModuleType
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from talpose_app.model.label import Visibility
from talpose_app.model.project import Individual, Project

if TYPE_CHECKING:
    # The classes of ndx-pose's own types are made when it is loaded.
    from pynwb.core import NWBDataInterface
    from pynwb.image import ImageSeries


def pose_training(
    ndx_pose: ModuleType,
    project: Project,
    names: Sequence[str],
    skeleton: NWBDataInterface,
    video: ImageSeries,
) -> NWBDataInterface:
    """Make the container of all labels.

    Args:
        ndx_pose: The library.
        project: Has the labels.
        names: The individuals' names, as NWB takes them.
        skeleton: The skeleton in the file; its nodes are in the order of the project's keypoints.
        video: The video in the file.
    """
    individuals = list(zip(project.individuals, names, strict=True))
    frames = [
        _training_frame(ndx_pose, project, individuals, frame_idx, skeleton, video)
        for frame_idx in project.keyframes()
    ]
    made: NWBDataInterface = ndx_pose.PoseTraining(
        training_frames=ndx_pose.TrainingFrames(training_frames=frames),
        source_videos=ndx_pose.SourceVideos(image_series=[video]),
    )
    return made


def _training_frame(
    ndx_pose: ModuleType,
    project: Project,
    individuals: list[tuple[Individual, str]],
    frame_idx: int,
    skeleton: NWBDataInterface,
    video: ImageSeries,
) -> NWBDataInterface:
    instances = [
        _instance(ndx_pose, project, individual, name, frame_idx, skeleton)
        for individual, name in individuals
        if any(project.label(point, frame_idx) for point in project.points_of(individual))
    ]
    made: NWBDataInterface = ndx_pose.TrainingFrame(
        # Names are read in the order of the alphabet, which is so that of the frames.
        name=f"frame_{frame_idx:08}",
        skeleton_instances=ndx_pose.SkeletonInstances(skeleton_instances=instances),
        source_video=video,
        source_video_frame_index=np.uint32(frame_idx),
    )
    return made


def _instance(
    ndx_pose: ModuleType,
    project: Project,
    individual: Individual,
    name: str,
    frame_idx: int,
    skeleton: NWBDataInterface,
) -> NWBDataInterface:
    positions, is_visible = placed(project, individual, frame_idx)
    made: NWBDataInterface = ndx_pose.SkeletonInstance(
        name=name,
        id=np.uint32(individual.individual_id),
        node_locations=positions,
        node_visibility=is_visible,
        skeleton=skeleton,
    )
    return made


def placed(
    project: Project, individual: Individual, frame_idx: int
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Give what a person placed on an individual at a frame.

    Returns:
        Positions, shape (n_keypoints, 2), float64, x and y in image pixels, NaN where absent or not labeled;
        and which are visible, shape (n_keypoints,).
    """
    labels = [project.label(point, frame_idx) for point in project.points_of(individual)]
    positions = [(np.nan, np.nan) if label is None else (label.x, label.y) for label in labels]
    is_visible = [label is not None and label.visibility is Visibility.VISIBLE for label in labels]
    return np.array(positions, np.float64), np.array(is_visible, np.bool_)
