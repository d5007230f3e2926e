"""What a ``.slp`` file holds, as plain values. sleap-io reads it; its own types stay in this module."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, NamedTuple, cast

from talpose_app.formats.libraries import SLEAP_IO
from talpose_app.formats.sleap import WRITER_KEY

if TYPE_CHECKING:
    from sleap_io.model.instance import Instance
    from sleap_io.model.labels import Labels
    from sleap_io.model.video import Video

#: Where pictures inside the file lie: ``video15/video`` are those of the video that was the sixteenth once.
_EMBEDDED = re.compile(r"video(\d+)/")


class SlpPoint(NamedTuple):
    """A point of an instance: position in image pixels, NaN for none; seen; placed by a person."""

    keypoint: str
    x: float
    y: float
    is_visible: bool
    is_complete: bool


@dataclass(frozen=True, slots=True)
class SlpVideo:
    """A video that the file knows.

    Attributes:
        name: Its file's name without the folder; a folder's name for a row of pictures.
        size: (width, height) in pixels; None if the file does not tell.
        n_frames: None if the file does not tell.
        is_cropped: Whether positions count from the corner of a crop.
    """

    name: str
    size: tuple[int, int] | None
    n_frames: int | None
    is_cropped: bool


@dataclass(frozen=True, slots=True)
class SlpInstance:
    """What a person placed of one individual at one frame.

    Attributes:
        video_idx: Which of the file's videos.
        frame_idx: 0-based frame of that video.
        track_idx: Which of the file's tracks; None if it is of none.
        points: One for each keypoint of its skeleton.
        is_corrected: Whether a person made it of a prediction, in SLEAP.
    """

    video_idx: int
    frame_idx: int
    track_idx: int | None
    points: list[SlpPoint]
    is_corrected: bool


@dataclass(frozen=True, slots=True)
class SlpFile:
    """Everything that is read of a file.

    Attributes:
        videos: In the file's order.
        tracks: Their names, in the file's order.
        keypoints: Names of all skeletons' keypoints, each once.
        edges: Pairs of names.
        symmetries: Pairs of names.
        instances: Those that persons placed.
        n_predicted: How many predicted ones there are, by video.
        is_ours: Whether TALPose wrote the file.
        is_mixed_up: Whether its videos are numbered with gaps: sleap-io (0.9.5, with ``open_videos=False``)
            takes one video's frames for another's then.
    """

    videos: list[SlpVideo]
    tracks: list[str]
    keypoints: list[str]
    edges: list[tuple[str, str]]
    symmetries: list[tuple[str, str]]
    instances: list[SlpInstance]
    n_predicted: dict[int, int]
    is_ours: bool
    is_mixed_up: bool


def load_slp(path: str) -> SlpFile:
    """Read a file with sleap-io; videos that it names are not opened.

    A damaged file raises anything and may hang or crash the process: ``sleap_reader`` gives it its own.

    Args:
        path: Absolute, because sleap-io would fetch a name that begins like an address.
    """
    sio = SLEAP_IO.load()
    labels: Labels = sio.load_slp(path, open_videos=False)
    return _plain(sio, labels)


def _plain(sio: ModuleType, labels: Labels) -> SlpFile:
    video_ids = {id(video): idx for idx, video in enumerate(labels.videos)}
    track_ids = {id(track): idx for idx, track in enumerate(labels.tracks)}
    instances: list[SlpInstance] = []
    n_predicted: Counter[int] = Counter()
    for frame in labels.labeled_frames:
        video_idx = video_ids[id(frame.video)]
        for one in frame.instances:
            if isinstance(one, sio.PredictedInstance):
                n_predicted[video_idx] += 1
                continue
            track_idx = None if one.track is None else track_ids[id(one.track)]
            instances.append(
                SlpInstance(
                    video_idx, int(frame.frame_idx), track_idx, _points(one), one.from_predicted is not None
                )
            )
    skeletons = labels.skeletons
    return SlpFile(
        videos=[_video(video) for video in labels.videos],
        tracks=[str(track.name) for track in labels.tracks],
        keypoints=list(dict.fromkeys(str(name) for skeleton in skeletons for name in skeleton.node_names)),
        edges=[(str(a), str(b)) for skeleton in skeletons for a, b in skeleton.edge_names],
        symmetries=[(str(a), str(b)) for skeleton in skeletons for a, b in skeleton.symmetry_names],
        instances=instances,
        n_predicted=dict(n_predicted),
        is_ours=WRITER_KEY in labels.provenance,
        is_mixed_up=any(_number(video) not in (None, idx) for idx, video in enumerate(labels.videos)),
    )


def _points(instance: Instance) -> list[SlpPoint]:
    points = instance.points
    positions: list[tuple[float, float]] = points["xy"].tolist()
    seen: list[bool] = points["visible"].tolist()
    complete: list[bool] = points["complete"].tolist()
    names = [str(name) for name in instance.skeleton.node_names]
    rows = zip(names, positions, seen, complete, strict=True)
    return [SlpPoint(name, x, y, visible, is_complete) for name, (x, y), visible, is_complete in rows]


def _facts(video: Video) -> dict[str, object]:
    """What the file notes of a video: ``shape`` (frames, height, width, channels), ``dataset``, ``crop``."""
    return cast("dict[str, object]", video.backend_metadata)


def _number(video: Video) -> int | None:
    """The number of a video whose pictures are in the file."""
    found = _EMBEDDED.match(str(_facts(video).get("dataset") or ""))
    return None if found is None else int(found[1])


def _shape(video: Video) -> Sequence[int] | None:
    shape = _facts(video).get("shape")
    return [int(n) for n in cast("Sequence[int]", shape)] if shape else None


def _video(video: Video) -> SlpVideo:
    """Describe a video; of pictures in the file, the video that they were taken from."""
    source = video.original_video or video
    place = source.filename
    name = place if isinstance(place, str) else str(Path(place[0]).parent)
    shape = _shape(source) or _shape(video)
    is_whole = _shape(source) is not None and not _facts(source).get("has_embedded_images")
    return SlpVideo(
        name=re.split(r"[/\\]", name)[-1],
        size=None if shape is None else (shape[2], shape[1]),
        n_frames=shape[0] if shape is not None and is_whole else None,
        is_cropped=_facts(video).get("crop") is not None,
    )
