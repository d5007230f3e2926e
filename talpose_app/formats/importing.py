"""What every importer shares: options, the result, and the rule that no label is silently overwritten."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable
from dataclasses import dataclass
from enum import Enum, auto

from talpose_app.model.edits import Batch, ChangeLabels, LabelChange
from talpose_app.model.label import Label, PointId
from talpose_app.model.project import Project

#: Places named one by one in a report; more are counted.
_N_NAMED = 3


@dataclass(frozen=True, slots=True)
class ImportOptions:
    """What to take from a file.

    Attributes:
        every: Only frames whose index is divisible by this.
        frames: Only these frames; None for all.
        individual_id: Who gets the labels of a file of one individual; None for the one that the file names,
            or the first if it names none.
        overwrite: Whether a label of the file replaces a different one of the project.
        time_of: Presentation time of a frame in seconds, kept with each label; None without the video.
    """

    every: int = 1
    frames: Container[int] | None = None
    individual_id: int | None = None
    overwrite: bool = False
    time_of: Callable[[int], float] | None = None

    def takes(self, frame_idx: int) -> bool:
        """Whether this frame of the file is wanted."""
        return frame_idx % self.every == 0 and (self.frames is None or frame_idx in self.frames)

    def time_s(self, frame_idx: int) -> float | None:
        """Presentation time of a frame in seconds; None if it is not known."""
        return None if self.time_of is None else self.time_of(frame_idx)


@dataclass(frozen=True, slots=True)
class ImportResult:
    """What an import will do.

    Attributes:
        edit: The one undoable step.
        n_new: Labels where there was none.
        n_replaced: Labels that take the place of a different one (``overwrite``).
        n_same: Labels the project has already, exactly.
        n_kept: Labels left out because the project has a different one there.
        n_keypoints: Keypoints that are added.
        report: What the user should know, in sentences; empty when everything was taken.
    """

    edit: Batch
    n_new: int
    n_replaced: int
    n_same: int
    n_kept: int
    n_keypoints: int
    report: list[str]


class _Outcome(Enum):
    NEW = auto()
    REPLACED = auto()
    SAME = auto()
    KEPT = auto()


@dataclass(frozen=True, slots=True)
class MergedLabels:
    """Labels of a file held against those of the project.

    Attributes:
        edit: Sets the new labels, and the replaced ones.
        n_new: Labels where there was none.
        n_replaced: Labels that take the place of a different one.
        n_same: Labels the project has already.
        kept: Labels of the project that stay although the file says otherwise.
    """

    edit: ChangeLabels
    n_new: int
    n_replaced: int
    n_same: int
    kept: tuple[Label, ...]


def merge_labels(project: Project, incoming: Iterable[Label], *, overwrite: bool) -> MergedLabels:
    """Work out which labels of a file the project takes.

    Args:
        project: Its labels are what the user has; they win unless ``overwrite``.
        incoming: At most one a point and frame.
        overwrite: Whether a different label of the project is replaced.
    """
    changes: list[LabelChange] = []
    kept: list[Label] = []
    counts = dict.fromkeys(_Outcome, 0)
    for label in incoming:
        present = project.labels.get(label.point, {}).get(label.frame_idx)
        outcome = _outcome(present, label, overwrite=overwrite)
        counts[outcome] += 1
        if outcome in (_Outcome.NEW, _Outcome.REPLACED):
            changes.append(LabelChange(label.point, label.frame_idx, label))
        elif present is not None and outcome is _Outcome.KEPT:
            kept.append(present)
    return MergedLabels(
        ChangeLabels(tuple(changes)),
        counts[_Outcome.NEW],
        counts[_Outcome.REPLACED],
        counts[_Outcome.SAME],
        tuple(kept),
    )


def _outcome(present: Label | None, label: Label, *, overwrite: bool) -> _Outcome:
    if present is None:
        return _Outcome.NEW
    if _says_the_same(present, label):
        return _Outcome.SAME
    return _Outcome.REPLACED if overwrite else _Outcome.KEPT


def _says_the_same(a: Label, b: Label) -> bool:
    """Whether two labels agree bit for bit; the time stamp is the video's, not the user's."""
    if a.visibility is not b.visibility:
        return False
    return not a.has_position or (a.x.hex(), a.y.hex()) == (b.x.hex(), b.y.hex())


def describe_kept(project: Project, kept: tuple[Label, ...]) -> list[str]:
    """Say which labels of the project stayed although the file says otherwise; empty when none did."""
    if not kept:
        return []
    named = [f"{_name(project, label.point)} at frame {label.frame_idx}" for label in kept[:_N_NAMED]]
    more = len(kept) - len(named)
    places = ", ".join(named) + (f" and {more} more" if more > 0 else "")
    are = "label differs" if len(kept) == 1 else "labels differ"
    return [f"{len(kept)} {are} from the project's, which was kept ({places}). Overwrite to take the file's."]


def _name(project: Project, point: PointId) -> str:
    """What to call a point: the keypoint, and its individual if there are several."""
    keypoint = project.skeleton.keypoint(point.keypoint_id).name
    if len(project.individuals) == 1:
        return keypoint
    whose = next(i.name for i in project.individuals if i.individual_id == point.individual_id)
    return f"{keypoint} of {whose}"


def describe_outside(project: Project, labels: Iterable[Label]) -> list[str]:
    """Say how many labels lie outside the picture; they are taken as they are."""
    n_outside = sum(label.has_position and not project.video.shows(label.x, label.y) for label in labels)
    if not n_outside:
        return []
    if n_outside == 1:
        return ["1 label lies outside the picture; it was taken as it is."]
    return [f"{n_outside} labels lie outside the picture; they were taken as they are."]
