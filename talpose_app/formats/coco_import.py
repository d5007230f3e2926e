"""COCO keypoints back in; ``coco`` describes the format and writes it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import msgspec

from talpose_app.errors import FormatError
from talpose_app.formats.coco import FLAGS
from talpose_app.formats.importing import ImportOptions, ImportResult
from talpose_app.formats.incoming import FileContent, IncomingLabel, check_size, plan_import
from talpose_app.formats.json_text import read_json
from talpose_app.formats.pictures import picture_frame, pictures_of_video
from talpose_app.model.project import Project

_VISIBILITIES = {flag: visibility for visibility, flag in FLAGS.items() if flag}


class CocoImage(msgspec.Struct, frozen=True):
    """A picture."""

    id: int
    file_name: str
    width: int
    height: int


class CocoAttributes(msgspec.Struct, frozen=True):
    """Whose annotation it is: a name, or a number of CVAT (``track_id``) or sleap-io (``object_id``)."""

    individual: str | None = None
    track_id: int | None = None
    object_id: int | None = None

    @property
    def name(self) -> str | None:
        """What to call the individual; None if that is not told."""
        number = self.object_id if self.track_id is None else self.track_id
        return self.individual or (None if number is None else f"individual_{number}")


class CocoAnnotation(msgspec.Struct, frozen=True):
    """One individual on one picture; without ``keypoints`` a mere box, which is passed over."""

    image_id: int
    category_id: int
    keypoints: list[float] = []
    attributes: CocoAttributes = CocoAttributes()


class CocoCategory(msgspec.Struct, frozen=True):
    """What ``keypoints`` of an annotation are, in order; ``skeleton`` counts them from 1."""

    id: int
    keypoints: list[str] = []
    skeleton: list[tuple[int, int]] = []


class CocoFile(msgspec.Struct, frozen=True):
    """What is read of a file; other fields are passed over."""

    images: list[CocoImage]
    annotations: list[CocoAnnotation]
    categories: list[CocoCategory]


class CocoImporter:
    """Points with v = 2 become visible labels, those with v = 1 occluded ones."""

    name = "coco"
    title = "COCO keypoints"
    text = "Labels on pictures named img0012.png, with their visibility."
    extension = ".json"

    def read(self, path: Path, project: Project, options: ImportOptions = ImportOptions()) -> ImportResult:  # noqa: B008  immutable
        """See ``Importer.read``."""
        file = read_json(path, CocoFile, "a COCO keypoints file")
        return plan_import(path, _content(path, file, project), project, options)


def _content(path: Path, file: CocoFile, project: Project) -> FileContent:
    categories = {category.id: category for category in file.categories}
    for category in file.categories:
        _check_category(path, category)
    if not any(category.keypoints for category in file.categories):
        raise FormatError(f"{path} has no category with keypoints.")
    frames, notes = _frames(path, file, project)
    image_ids = {image.id for image in file.images}
    annotations = [one for one in file.annotations if one.keypoints]
    for one in annotations:
        if one.image_id not in image_ids or one.category_id not in categories:
            raise FormatError(f"{path} has an annotation of a picture or category that it lacks.")
    wanted = [one for one in annotations if one.image_id in frames]
    _check_identities(path, wanted)
    return FileContent(
        [
            label
            for one in wanted
            for label in _labels(path, one, categories[one.category_id], frames[one.image_id])
        ],
        keypoints=dict.fromkeys(name for category in file.categories for name in category.keypoints),
        individuals=list(dict.fromkeys(name for one in wanted if (name := one.attributes.name) is not None)),
        edges=[
            (category.keypoints[a - 1], category.keypoints[b - 1])
            for category in file.categories
            for a, b in category.skeleton
        ],
        notes=notes,
    )


def _check_category(path: Path, category: CocoCategory) -> None:
    names = category.keypoints
    if len(set(names)) != len(names) or any(not name.strip() for name in names):
        raise FormatError(f"{path} has a keypoint twice, or one without a name.")
    for a, b in category.skeleton:
        if a == b or not 1 <= min(a, b) <= max(a, b) <= len(names):
            raise FormatError(
                f"{path} joins the keypoints {a} and {b}, which are not two of 1 to {len(names)}."
            )


def _frames(path: Path, file: CocoFile, project: Project) -> tuple[dict[int, int], list[str]]:
    """Find the pictures of the project's video.

    Returns:
        Frame by id of the picture; and what the user should know.
    """
    if len({image.id for image in file.images}) != len(file.images):
        raise FormatError(f"{path} has two pictures of the same id.")
    places = [image.file_name.replace("\\", "/") for image in file.images]
    chosen, notes = pictures_of_video(path, places, project.video)
    frames: dict[int, int] = {}
    for idx in chosen:
        frame_idx = picture_frame(places[idx])
        if frame_idx is None:
            raise FormatError(
                f"{path}: the picture {places[idx]!r} does not tell its frame.",
                hint="Pictures must be named img0012.png for frame 12, counted from 0.",
            )
        check_size(path, (file.images[idx].width, file.images[idx].height), project)
        frames[file.images[idx].id] = frame_idx
    return frames, notes


def _check_identities(path: Path, annotations: list[CocoAnnotation]) -> None:
    """Refuse a file that leaves open which individual is which."""
    named = {one.attributes.name is not None for one in annotations}
    n_most = max(Counter(one.image_id for one in annotations).values(), default=0)
    if named == {True, False} or (named == {False} and n_most > 1):
        raise FormatError(
            f"{path} does not tell which individual each annotation is of.",
            hint='Each annotation needs "attributes" with "individual" or "track_id".',
        )


def _labels(
    path: Path, one: CocoAnnotation, category: CocoCategory, frame_idx: int
) -> Iterator[IncomingLabel]:
    numbers = one.keypoints
    if len(numbers) != 3 * len(category.keypoints):
        n_points = len(category.keypoints)
        raise FormatError(f"{path}, frame {frame_idx}: {len(numbers)} numbers for {n_points} keypoints.")
    for name, x, y, flag in zip(category.keypoints, numbers[::3], numbers[1::3], numbers[2::3], strict=True):
        if flag not in (0, *_VISIBILITIES):
            raise FormatError(f"{path}, {name!r} at frame {frame_idx}: v is {flag:g}, not 0, 1 or 2.")
        if flag:
            yield IncomingLabel(one.attributes.name, name, frame_idx, x, y, _VISIBILITIES[int(flag)])
