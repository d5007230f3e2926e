"""COCO keypoints: labels of pictures with their visibility, in the JSON that mmpose, CVAT and others read.

``keypoints`` of an annotation is a flat list of x, y, v. v is 0 for a point that is not labeled (x and y are
0 too), 1 for one that is labeled and hidden, 2 for one that is seen. ``num_keypoints`` counts the points with
v above 0. ``skeleton`` holds pairs of keypoints counted from 1. Source: cocodataset.org, "Data format".

Which animal an annotation is of, ``attributes`` tells: the name, and a number as CVAT's ``track_id``.
"""

from __future__ import annotations

from pathlib import Path

import msgspec

from talpose_app.formats.files import replacing
from talpose_app.formats.pictures import picture_name, video_folder
from talpose_app.formats.wording import describe_absent
from talpose_app.model.label import Label, Visibility
from talpose_app.model.project import Individual, Project

#: What COCO calls each visibility; an absent point has no position, which v = 0 alone allows.
FLAGS = {Visibility.VISIBLE: 2, Visibility.OCCLUDED: 1, Visibility.ABSENT: 0}

_CATEGORY_ID = 1

_Plain = str | int | float | list["_Plain"] | dict[str, "_Plain"]


class CocoExporter:
    """Labels, visible and occluded, one annotation for each individual and labeled frame."""

    name = "coco"
    title = "COCO keypoints"
    text = "Labels only, visible and occluded, for mmpose, Detectron2, CVAT, FiftyOne and others."
    extension = ".coco.json"

    def export(self, project: Project, path: Path) -> list[str]:
        """See ``Exporter.export``."""
        annotations: list[_Plain] = []
        frames: list[int] = []
        for frame_idx in project.keyframes():
            of_frame = [
                found
                for individual in project.individuals
                if (found := _annotation(project, individual, frame_idx)) is not None
            ]
            frames += [frame_idx] if of_frame else []
            annotations += [{"id": len(annotations) + 1 + i, **one} for i, one in enumerate(of_frame)]
        content: dict[str, _Plain] = {
            "images": [_image(project, frame_idx) for frame_idx in frames],
            "annotations": annotations,
            "categories": [_category(project)],
        }
        with replacing(path) as stream:
            stream.write(msgspec.json.encode(content).decode() + "\n")
        return describe_absent(sum(not label.has_position for label in project.all_labels()))


def _image_id(frame_idx: int) -> int:
    """From 1: some readers take an id of 0 for none."""
    return frame_idx + 1


def _image(project: Project, frame_idx: int) -> dict[str, _Plain]:
    video = project.video
    return {
        "id": _image_id(frame_idx),
        "file_name": f"{video_folder(video)}/{picture_name(video, frame_idx)}",
        "width": video.width,
        "height": video.height,
    }


def _category(project: Project) -> dict[str, _Plain]:
    places = {keypoint.keypoint_id: i for i, keypoint in enumerate(project.skeleton.keypoints, 1)}
    return {
        "id": _CATEGORY_ID,
        "name": "animal",
        "supercategory": "animal",
        "keypoints": [keypoint.name for keypoint in project.skeleton.keypoints],
        "skeleton": [[places[a], places[b]] for a, b in project.skeleton.edges],
    }


def _annotation(project: Project, individual: Individual, frame_idx: int) -> dict[str, _Plain] | None:
    """One individual at one frame; None if no point of it has a position there."""
    labels = [project.label(point, frame_idx) for point in project.points_of(individual)]
    placed = [label for label in labels if label is not None and label.has_position]
    if not placed:
        return None
    left, top = min(label.x for label in placed), min(label.y for label in placed)
    width, height = max(label.x for label in placed) - left, max(label.y for label in placed) - top
    return {
        "image_id": _image_id(frame_idx),
        "category_id": _CATEGORY_ID,
        "keypoints": [number for label in labels for number in _numbers(label)],
        "num_keypoints": len(placed),
        "bbox": [left, top, width, height],
        "area": width * height,
        "iscrowd": 0,
        "attributes": {"track_id": individual.individual_id, "individual": individual.name},
    }


def _numbers(label: Label | None) -> tuple[float, float, int]:
    if label is None or not label.has_position:
        return 0, 0, 0
    return label.x, label.y, FLAGS[label.visibility]
