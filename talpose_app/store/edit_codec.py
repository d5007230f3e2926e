"""Edits to plain shapes and back, and the edit that stays undecoded until it is needed."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import msgspec

from talpose_app.errors import EditError, SchemaError
from talpose_app.model.edits import (
    Batch,
    ChangeIndividuals,
    ChangeLabels,
    ChangeRuns,
    ChangeSkeleton,
    ChangeTracks,
    ChangeVideo,
    Edit,
    LabelChange,
)
from talpose_app.model.label import PointId
from talpose_app.model.project import Project
from talpose_app.store.codec import (
    individuals_from_shape,
    individuals_to_shape,
    label_from_shape,
    label_to_shape,
    run_from_shape,
    run_to_shape,
    skeleton_from_shape,
    skeleton_to_shape,
    track_from_shape,
    track_to_shape,
    video_from_shape,
    video_to_shape,
)
from talpose_app.store.schema import (
    AnyEditShape,
    BatchShape,
    ChangeIndividualsShape,
    ChangeLabelsShape,
    ChangeRunsShape,
    ChangeSkeletonShape,
    ChangeTracksShape,
    ChangeVideoShape,
    LabelChangeShape,
    TrackChangeShape,
)

_decoder = msgspec.json.Decoder(AnyEditShape)
_encoder = msgspec.json.Encoder()


@dataclass(frozen=True, slots=True)
class StoredEdit:
    """An edit of the history as it lies in the journal; decoded only if it is applied.

    Attributes:
        data: JSON of an edit shape.
        folder: Folder that relative paths start from.
    """

    data: bytes
    folder: Path

    def load(self) -> Edit:
        """Decode the edit.

        Raises:
            SchemaError: The data is no edit.
        """
        try:
            return edit_from_shape(_decoder.decode(self.data), self.folder)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
            raise SchemaError(f"An edit in the journal cannot be read ({error}).") from error

    def apply(self, project: Project) -> tuple[Project, Edit]:
        """See ``Edit.apply``."""
        return self.load().apply(project)


def encode_edit(edit: Edit, folder: Path) -> bytes:
    """Encode an edit as JSON of its shape."""
    if isinstance(edit, StoredEdit):
        return edit.data
    return _encoder.encode(edit_to_shape(edit, folder))


def encode_checked(edit: Edit, folder: Path) -> bytes:
    """Encode an edit, and make sure that it can be read again before anybody relies on it.

    Raises:
        EditError: It holds something that the journal cannot.
    """
    try:
        data = encode_edit(edit, folder)
        StoredEdit(data, folder).load()
    except (SchemaError, UnicodeEncodeError) as error:
        raise EditError(
            f"The change cannot be saved: {_reason(error)}.", hint="Nothing was changed."
        ) from error
    return data


def _reason(error: SchemaError | UnicodeEncodeError) -> str:
    if isinstance(error, SchemaError):
        return error.message.rstrip(".")
    return f"{error.object!r} holds bytes that are no text"


def edit_to_shape(edit: Edit, folder: Path) -> AnyEditShape:  # noqa: PLR0911  one return an edit class
    """Encode an edit."""
    match edit:
        case ChangeLabels(changes):
            return ChangeLabelsShape(changes=[_label_change_to_shape(change) for change in changes])
        case ChangeSkeleton(skeleton):
            return ChangeSkeletonShape(skeleton=skeleton_to_shape(skeleton))
        case ChangeIndividuals(individuals):
            return ChangeIndividualsShape(individuals=individuals_to_shape(individuals))
        case ChangeTracks(changes):
            return ChangeTracksShape(
                changes=[
                    TrackChangeShape(
                        individual_id=point.individual_id,
                        keypoint_id=point.keypoint_id,
                        track=None if track is None else track_to_shape(point, track),
                    )
                    for point, track in changes
                ]
            )
        case ChangeRuns(runs):
            return ChangeRunsShape(runs=[run_to_shape(run) for run in runs])
        case ChangeVideo(video):
            return ChangeVideoShape(video=video_to_shape(video, folder))
        case Batch(edits):
            return BatchShape(edits=[edit_to_shape(part, folder) for part in edits])
        case StoredEdit():
            return edit_to_shape(edit.load(), folder)
        case _:
            raise TypeError(f"{type(edit).__name__} has no stored form; add it to store/edit_codec.py")


def _label_change_to_shape(change: LabelChange) -> LabelChangeShape:
    return LabelChangeShape(
        individual_id=change.point.individual_id,
        keypoint_id=change.point.keypoint_id,
        frame_idx=int(change.frame_idx),
        label=None if change.label is None else label_to_shape(change.label),
    )


def edit_from_shape(shape: AnyEditShape, folder: Path) -> Edit:  # noqa: PLR0911  one return an edit class
    """Decode an edit.

    Raises:
        SchemaError: A part of it contradicts another.
    """
    match shape:
        case ChangeLabelsShape():
            return ChangeLabels(tuple(_label_change_from_shape(change) for change in shape.changes))
        case ChangeSkeletonShape():
            return ChangeSkeleton(skeleton_from_shape(shape.skeleton))
        case ChangeIndividualsShape():
            return ChangeIndividuals(individuals_from_shape(shape.individuals))
        case ChangeTracksShape():
            return ChangeTracks(
                tuple(
                    (
                        PointId(change.individual_id, change.keypoint_id),
                        None if change.track is None else track_from_shape(change.track),
                    )
                    for change in shape.changes
                )
            )
        case ChangeRunsShape():
            return ChangeRuns(tuple(run_from_shape(run) for run in shape.runs))
        case ChangeVideoShape():
            return ChangeVideo(video_from_shape(shape.video, folder))
        case BatchShape():
            return Batch(tuple(edit_from_shape(part, folder) for part in shape.edits))


def _label_change_from_shape(shape: LabelChangeShape) -> LabelChange:
    label = None if shape.label is None else label_from_shape(shape.label)
    return LabelChange(PointId(shape.individual_id, shape.keypoint_id), shape.frame_idx, label)
