"""Building the index of a video: from its packets, and by decoding wherever packets may lie."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

import numpy as np
from av.video.stream import VideoStream

from talpose_app.errors import VideoError
from talpose_app.video.container import decode_packets, open_container, time_base_of
from talpose_app.video.cursor import FrameCursor
from talpose_app.video.index import FrameIndex, Stamps
from talpose_app.video.orientation import Orientation, orientation_of
from talpose_app.video.scan import PacketTable, Progress, index_from_packets, judge, scan_packets

#: Used to time frames that carry no stamps at all, when the container names no rate either.
_FALLBACK_RATE = Fraction(25)
#: A container's duration is that of its longest stream, and rounded: less than this is no sign of a cut.
_MIN_MISSING_S, _MIN_MISSING = 0.5, 0.02


@dataclass(frozen=True)
class IndexedVideo:
    """What opening a video brings to light.

    Attributes:
        index: Its frames.
        width: Width as stored, in pixels.
        height: Height as stored, in pixels.
        orientation: How to turn a stored picture upright.
        codec: FFmpeg's name of the decoder.
        pix_fmt: FFmpeg's name of the pixel format.
        n_frames_header: Frames the header claims; 0 where it claims nothing.
        is_cut_off: Whether the file ends before its last frame does.
        hides_frames: Whether an edit list hides pictures that are stored.
        warnings: Sentences for the user.
    """

    index: FrameIndex
    width: int
    height: int
    orientation: Orientation
    codec: str
    pix_fmt: str
    n_frames_header: int
    is_cut_off: bool
    hides_frames: bool
    warnings: tuple[str, ...]


@dataclass(frozen=True)
class _FirstPicture:
    stamp: int | None
    width: int
    height: int
    orientation: Orientation
    pix_fmt: str


def index_video(path: Path, progress: Progress | None = None) -> IndexedVideo:
    """Find every frame of a video.

    Args:
        path: The file.
        progress: Told the share done while a long file is read.

    Raises:
        VideoError: It cannot be opened, or not a single frame can be decoded.
    """
    container, stream = open_container(path)
    with container:
        table = scan_packets(container, stream, progress)
        n_frames_header = stream.frames
        codec = stream.codec_context.codec.canonical_name
        trust = judge(table, container.format.name, stream)
        draft = index_from_packets(table, stream) if len(table) else None
    first = _first_picture(path)
    if draft is None or first is None:
        raise VideoError(
            f"{path.name} holds no frame that can be decoded.",
            hint="The recording is empty or damaged; try to play it in a video player.",
        )
    index: FrameIndex | None = None
    if trust.everywhere and draft.n_frames:
        index = _checked_ends(path, draft, table, at_head=trust.at_head, at_tail=trust.at_tail)
    if index is None or index.n_frames == 0 or first.stamp != int(index.pts[0]):
        index = _decoded_index(path, table, progress)
    return IndexedVideo(
        index=index,
        width=first.width,
        height=first.height,
        orientation=first.orientation,
        codec=codec,
        pix_fmt=first.pix_fmt,
        n_frames_header=n_frames_header,
        is_cut_off=table.is_cut_off,
        hides_frames=bool(table.is_discard.any()),
        warnings=_warnings(table, index, n_frames_header),
    )


def _first_picture(path: Path) -> _FirstPicture | None:
    container, stream = open_container(path)
    with container:
        stream.thread_type = "SLICE"  # pyright: ignore[reportAttributeAccessIssue]  # accepts names
        for frame in decode_packets(container.demux(stream), stream, careful=True):
            return _FirstPicture(
                frame.pts, frame.width, frame.height, orientation_of(frame), frame.format.name
            )
    return None


def _checked_ends(
    path: Path, draft: FrameIndex, table: PacketTable, *, at_head: bool, at_tail: bool
) -> FrameIndex | None:
    """Decode the doubtful ends and drop frames the decoder does not show; None when it shows others."""
    keys = draft.keys
    is_shown = np.ones(draft.n_frames, dtype=np.bool_)
    if table.is_corrupt[-1]:
        is_shown &= draft.pts != table.pts[-1]
    if not at_head:
        end = int(keys.frame_idxs[1]) if len(keys) > 1 else draft.n_frames
        shown = _shown_between(path, draft, 0, end)
        if shown is None:
            return None
        is_shown[:end] &= shown
    if not at_tail:
        start = int(keys.frame_idxs[-1])
        shown = _shown_between(path, draft, start, draft.n_frames)
        if shown is None or not shown[0]:
            return None
        is_shown[start:] &= shown
    return draft if is_shown.all() else _only(draft, is_shown)


def _shown_between(path: Path, index: FrameIndex, start: int, end: int) -> np.ndarray | None:
    """Tell which frames of a span the decoder shows; None when it shows any that the index lacks."""
    shown = np.zeros(end - start, dtype=np.bool_)
    cursor = FrameCursor(path, index, careful=True)
    try:
        for frame_idx, _ in cursor.walk(start):
            if frame_idx < 0:
                return None
            if frame_idx >= end:
                break
            if frame_idx >= start:  # The container may seek to an earlier key frame.
                shown[frame_idx - start] = True
    finally:
        cursor.close()
    return shown


def _only(index: FrameIndex, is_shown: np.ndarray) -> FrameIndex:
    """Drop frames from an index; key frames then serve the first frame left after them."""
    pts = index.pts[is_shown]
    new_idxs = np.concatenate([[0], np.cumsum(is_shown)])[index.keys.frame_idxs].astype(np.int64)
    keys = replace(index.keys, frame_idxs=new_idxs).take(new_idxs < len(pts)).in_display_order()
    return replace(index, pts=pts, stamps=pts, keys=keys)


def _decoded_index(path: Path, table: PacketTable, progress: Progress | None) -> FrameIndex:
    """Decode the whole video and number what comes out."""
    container, stream = open_container(path)
    stamps: list[int | None] = []
    with container:
        stream.thread_type = "SLICE"  # pyright: ignore[reportAttributeAccessIssue]  # accepts names
        for frame in decode_packets(container.demux(stream), stream, careful=True):
            stamps.append(frame.pts)
            if progress is not None:
                progress(min(len(stamps) / len(table), 1.0))
        return _numbered_index(stamps, table, stream)


def _numbered_index(found: list[int | None], table: PacketTable, stream: VideoStream) -> FrameIndex:
    # The picture of a packet that was cut short is no whole frame.
    cut = int(table.pts[-1]) if table.is_corrupt[-1] else None
    found = [stamp for stamp in found if stamp is None or stamp != cut]
    known = [stamp for stamp in found if stamp is not None]
    if len(set(known)) < len(found):
        rate = stream.average_rate or stream.guessed_rate or _FALLBACK_RATE
        counted = np.arange(len(found), dtype=np.int64)
        return FrameIndex(counted, None, table.keys_at([0], [0]), 1 / rate, "counted")
    stamps: Stamps = np.array(known, dtype=np.int64)
    frame_of_stamp = {stamp: frame_idx for frame_idx, stamp in enumerate(known)}
    places = [int(place) for place in np.flatnonzero(table.is_key) if int(table.pts[place]) in frame_of_stamp]
    frame_idxs = [frame_of_stamp[int(table.pts[place])] for place in places]
    if 0 not in frame_idxs:
        places, frame_idxs = [0, *places], [0, *frame_idxs]
    keys = table.keys_at(places, frame_idxs)
    return FrameIndex(np.sort(stamps), stamps, keys, time_base_of(stream), "decoded")


def _warnings(table: PacketTable, index: FrameIndex, n_frames_header: int) -> tuple[str, ...]:
    found: list[str] = []
    if table.is_cut_off:
        missing = n_frames_header - index.n_frames
        tail = f"; {missing} more are named in its header" if missing > 0 else ""
        found.append(f"The file ends early: its {index.n_frames} whole frames can be used{tail}.")
    elif table.announced_s - index.duration_s > max(_MIN_MISSING_S, _MIN_MISSING * table.announced_s):
        found.append(
            f"The file announces {table.announced_s:.1f} s but holds {index.duration_s:.1f} s of video:"
            f" it may have been cut off. Its {index.n_frames} frames can be used."
        )
    elif index.origin == "decoded" and bool(table.is_corrupt.any()):
        found.append("Parts of the file are damaged; some frames may look broken.")
    n_stored = int((~table.is_discard).sum())
    if index.origin != "counted" and not table.is_key[0] and index.n_frames < n_stored:
        found.append(
            f"The file does not begin with a key frame: {n_stored - index.n_frames} frames cannot be"
            " decoded and are left out, as in every player."
        )
    if index.origin == "counted":
        found.append(
            "Frames carry no usable time stamps, so that going back decodes from the start;"
            " convert the video to MP4 for quick access."
        )
    return tuple(found)
