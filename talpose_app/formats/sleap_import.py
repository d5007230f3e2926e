"""SLEAP's labels back in: user instances become labels, predicted ones do not.

``sleap`` describes the file and writes it, ``sleap_file`` reads it.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from talpose_app.errors import FormatError
from talpose_app.formats.importing import ImportOptions, ImportResult
from talpose_app.formats.incoming import FileContent, IncomingLabel, check_size, plan_import
from talpose_app.formats.libraries import SLEAP_IO
from talpose_app.formats.sleap_file import SlpFile, SlpInstance, SlpPoint, SlpVideo
from talpose_app.formats.sleap_reader import read_slp
from talpose_app.formats.wording import counted
from talpose_app.model.label import Visibility
from talpose_app.model.project import Project
from talpose_app.model.video import VideoInfo

#: Videos named one by one in an error; more are counted.
_N_NAMED = 10


class SleapImporter:
    """Points of user instances become labels, visible or occluded; tracks become individuals."""

    name = "sleap"
    title = "SLEAP"
    extension = ".slp"

    @property
    def text(self) -> str:
        """See ``Importer``."""
        return SLEAP_IO.offer("Labels of a .slp file, with their visibility; predictions are not read.")

    def read(self, path: Path, project: Project, options: ImportOptions = ImportOptions()) -> ImportResult:  # noqa: B008  immutable
        """See ``Importer.read``."""
        return plan_import(path, _content(path, read_slp(path), project), project, options)


def _content(path: Path, file: SlpFile, project: Project) -> FileContent:
    if file.is_mixed_up:
        raise FormatError(
            f"{path} holds pictures of videos that are numbered with gaps, and sleap-io mixes those up.",
            hint="Save the project in SLEAP without pictures, as .slp.",
        )
    video_idx, notes = choose_video(path, file.videos, project.video)
    if (size := file.videos[video_idx].size) is not None:
        check_size(path, size, project)
    wanted = [one for one in file.instances if one.video_idx == video_idx]
    _check_identities(path, file, wanted)
    labels: list[IncomingLabel] = []
    n_filled = 0
    for one in wanted:
        individual = None if one.track_idx is None else file.tracks[one.track_idx]
        n_filled += sum(_is_filled(file, one, point) and not math.isnan(point.x) for point in one.points)
        points = (point for point in one.points if not _is_filled(file, one, point))
        labels += _labels(individual, one.frame_idx, points, tells_absent=file.is_ours)
    used = sorted({one.track_idx for one in wanted if one.track_idx is not None})
    return FileContent(
        labels,
        keypoints=dict.fromkeys(file.keypoints),
        individuals=[file.tracks[idx] for idx in used],
        edges=file.edges,
        symmetries=file.symmetries,
        notes=[
            *notes,
            *_describe(len(file.instances) - len(wanted), file.n_predicted.get(video_idx, 0), n_filled),
            *([] if file.is_ours else _describe_hidden(labels)),
        ],
    )


def choose_video(path: Path, videos: Sequence[SlpVideo], video: VideoInfo) -> tuple[int, list[str]]:
    """Choose the project's video among those of a file. A single other one is taken, and that is told.

    Args:
        path: The file, for messages.
        videos: Those it knows.
        video: Whose labels are wanted.

    Returns:
        Its index in ``videos``, and what the user should know.

    Raises:
        FormatError: None or several could be it, or its pictures were cropped.
    """
    own = Path(video.path).name
    candidates = _candidates(videos, video)
    if len(candidates) != 1:
        names = ", ".join(one.name for one in videos[:_N_NAMED])
        more = f" and {len(videos) - _N_NAMED} more" if len(videos) > _N_NAMED else ""
        fits = "more than one of them fits" if candidates else "none of them fits"
        raise FormatError(
            f"{path} knows the videos {names}{more}, and {fits} {own}."
            if videos
            else f"{path} knows no video.",
            hint="Save a file in SLEAP with this video alone.",
        )
    chosen = videos[candidates[0]]
    if chosen.is_cropped:
        raise FormatError(
            f"{path}: positions in {chosen.name} count from the corner of a crop.",
            hint="Import labels of the whole picture.",
        )
    return candidates[0], _describe_video(chosen, video)


def _candidates(videos: Sequence[SlpVideo], video: VideoInfo) -> list[int]:
    """Which videos of a file could be this one: the only one, or those of its name, size and length.

    Of several the name decides alone: recordings of one camera are alike in size and often in length.
    """
    found = list(range(len(videos)))
    if len(found) <= 1:
        return found
    named = [idx for idx in found if _stem(videos[idx].name) == _stem(Path(video.path).name)]
    sized = [idx for idx in named if videos[idx].size in (video.size, None)]
    long = [idx for idx in sized if videos[idx].n_frames == video.n_frames]
    return named if len(named) == 1 else sized if len(sized) == 1 or not long else long


def _stem(name: str) -> str:
    return name.rpartition(".")[0] or name


def _describe_video(chosen: SlpVideo, video: VideoInfo) -> list[str]:
    """Say where the file's video differs: its frames need not be this one's."""
    own = Path(video.path).name
    differs = [f"are of a video {chosen.name}, this one is {own}"] if _stem(chosen.name) != _stem(own) else []
    if chosen.n_frames not in (None, video.n_frames):
        differs.append(f"are of {counted(chosen.n_frames or 0, 'frame')}, this video has {video.n_frames}")
    if not differs:
        return []
    return [f"The labels {', and '.join(differs)}: look whether they sit where they should."]


def _check_identities(path: Path, file: SlpFile, instances: Sequence[SlpInstance]) -> None:
    """Refuse a file that leaves open which individual is which."""
    named = {one.track_idx is not None for one in instances}
    n_most = max(Counter(one.frame_idx for one in instances).values(), default=0)
    if named == {True, False} or (named == {False} and n_most > 1):
        raise FormatError(
            f"{path} does not tell which individual each labeled instance is of.",
            hint="In SLEAP, give every instance a track.",
        )
    used = Counter(file.tracks[idx] for idx in {x.track_idx for x in instances if x.track_idx is not None})
    name, n_same = next(iter(used.most_common(1)), ("", 0))
    if n_same > 1:
        raise FormatError(
            f"{path} has labels of {n_same} tracks named {name!r}.",
            hint="In SLEAP, give them names that differ.",
        )


def _is_filled(file: SlpFile, instance: SlpInstance, point: SlpPoint) -> bool:
    """Whether TALPose took the point from a track, or had none for it, and nobody touched it since."""
    return file.is_ours and not instance.is_corrected and not point.is_complete


def _labels(
    individual: str | None, frame_idx: int, points: Iterator[SlpPoint], *, tells_absent: bool
) -> Iterator[IncomingLabel]:
    """Labels of an instance.

    Args:
        individual: Whose; None if the file does not tell.
        frame_idx: 0-based.
        points: Those that a person placed.
        tells_absent: Whether a complete point without a position is absent; else it is not labeled.
    """
    for name, x, y, is_visible, is_complete in points:
        if math.isnan(x) and math.isnan(y):
            if tells_absent and is_complete:
                yield IncomingLabel(individual, name, frame_idx, x, y, Visibility.ABSENT)
            continue
        visibility = Visibility.VISIBLE if is_visible else Visibility.OCCLUDED
        yield IncomingLabel(individual, name, frame_idx, x, y, visibility)


def _describe(n_elsewhere: int, n_predicted: int, n_filled: int) -> list[str]:
    """Say what was left out."""
    report: list[str] = []
    if n_elsewhere:
        report.append(f"{counted(n_elsewhere, 'labeled instance')} of other videos not read.")
    if n_predicted:
        report.append(f"{counted(n_predicted, 'predicted instance')} not read: predictions are not labels.")
    if n_filled:
        report.append(
            f"{counted(n_filled, 'point')} of labeled instances not read: TALPose wrote the file, and fills "
            'in points that nobody placed without marking them as "complete".'
        )
    return report


def _describe_hidden(labels: Sequence[IncomingLabel]) -> list[str]:
    n_hidden = sum(label.visibility is Visibility.OCCLUDED for label in labels)
    if not n_hidden:
        return []
    points = counted(n_hidden, "point")
    return [
        f"{points} not visible became occluded: SLEAP does not ask where such points are, so look at them."
    ]
