"""The frame check: does random access show what a plain sequential decode shows?

The sequential decode here shares nothing with the index: it opens the file, decodes from the
first packet to the last and counts pictures.
"""

from __future__ import annotations

import hashlib
import random
import time
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from av.video.frame import PictureType, VideoFrame

from talpose_app.errors import VideoError
from talpose_app.video.container import decode_packets, open_container
from talpose_app.video.cursor import FrameCursor
from talpose_app.video.fingerprint import fingerprint_of
from talpose_app.video.index import FrameIndex
from talpose_app.video.indexing import IndexedVideo, index_video
from talpose_app.video.orientation import Orientation
from talpose_app.video.proxy import is_worthwhile
from talpose_app.video.scan import Progress

#: Key frames whose neighbors are sampled: where random access goes wrong, it does so around them.
_N_KEYS_SAMPLED = 8
#: The same frames each time, so that two checks of one file can be compared.
_SEED = 0


@dataclass(frozen=True)
class CheckReport:
    """What the frame check found.

    Attributes:
        path: The file.
        is_ok: Whether every sampled frame was right and the counts agree.
        n_frames: Frames in the index.
        n_frames_decoded: Frames a sequential decode shows.
        n_frames_header: Frames the header claims; 0 where it claims nothing.
        n_sampled: Frames compared.
        wrong_frames: Sampled frames whose picture differs from the sequential decode's.
        undecodable_frames: Sampled frames that cannot be decoded.
        width: As displayed, in pixels.
        height: As displayed, in pixels.
        codec: FFmpeg's name of the codec.
        pix_fmt: FFmpeg's name of the pixel format.
        fps: Average rate.
        duration_s: From the first frame to the end of the last.
        is_variable_rate: Whether frames are unevenly spaced.
        has_b_frames: Whether frames are stored in another order than shown.
        has_edit_list: Whether the container hides stored frames.
        is_rotated: Whether the container turns or mirrors the picture.
        longest_gop: Most frames to decode for a single one.
        wants_proxy: Whether random access is slow enough for a proxy.
        index_origin: "packets", "decoded" or "counted".
        fingerprint: Of the file's content.
        warnings: Sentences for the user.
        seconds: How long the check took.
    """

    path: str
    is_ok: bool
    n_frames: int
    n_frames_decoded: int
    n_frames_header: int
    n_sampled: int
    wrong_frames: list[int]
    undecodable_frames: list[int]
    width: int
    height: int
    codec: str
    pix_fmt: str
    fps: float
    duration_s: float
    is_variable_rate: bool
    has_b_frames: bool
    has_edit_list: bool
    is_rotated: bool
    longest_gop: int
    wants_proxy: bool
    index_origin: str
    fingerprint: str
    warnings: list[str]
    seconds: float

    def to_dict(self) -> dict[str, object]:
        """Give plain data for JSON."""
        return asdict(self)


def check_video(path: str | Path, samples: int = 64, progress: Progress | None = None) -> CheckReport:
    """Compare random access with a sequential decode.

    Args:
        path: The video.
        samples: Frames to compare; those around key frames and both ends are among them.
        progress: Told the share done.

    Raises:
        VideoError: The video cannot be opened.
    """
    began = time.monotonic()
    file = Path(path).absolute()
    found = index_video(file)
    chosen = choose_frames(found.index, samples)
    truth = decode_through(file, found.index, set(chosen), progress)
    wrong, undecodable = compare(file, found.index, chosen, truth.digests)
    is_same_sequence = _is_same_sequence(found, truth)
    warnings = _warnings(found, truth, wrong, undecodable)
    width, height = found.orientation.size(found.width, found.height)
    return CheckReport(
        path=str(file),
        is_ok=not wrong and not undecodable and is_same_sequence,
        n_frames=found.index.n_frames,
        n_frames_decoded=len(truth.stamps),
        n_frames_header=found.n_frames_header,
        n_sampled=len(chosen),
        wrong_frames=wrong,
        undecodable_frames=undecodable,
        width=width,
        height=height,
        codec=found.codec,
        pix_fmt=found.pix_fmt,
        fps=found.index.fps,
        duration_s=found.index.duration_s,
        is_variable_rate=found.index.is_variable_rate,
        has_b_frames=truth.has_b_frames,
        has_edit_list=found.hides_frames,
        is_rotated=found.orientation != Orientation(),
        longest_gop=found.index.longest_gop,
        wants_proxy=is_worthwhile(found.index, (width, height)),
        index_origin=found.index.origin,
        fingerprint=fingerprint_of(file),
        warnings=warnings,
        seconds=round(time.monotonic() - began, 3),
    )


@dataclass(frozen=True)
class Truth:
    """What a sequential decode shows.

    Attributes:
        stamps: Of every picture, in order.
        digests: Of the wanted frames.
        has_b_frames: Whether frames are stored in another order than shown.
    """

    stamps: list[int | None]
    digests: dict[int, bytes]
    has_b_frames: bool


def choose_frames(index: FrameIndex, samples: int, n_frames: int | None = None) -> list[int]:
    """Pick frames to compare, in the order in which to ask for them.

    Args:
        index: Of the video.
        samples: How many; those around key frames and both ends are among them, so it can be some more.
        n_frames: Only among so many from the beginning.
    """
    order = random.Random(_SEED)  # noqa: S311  # no secret: the same frames each time
    last = min(index.n_frames, n_frames or index.n_frames) - 1
    keys = [key for key in index.keys.frame_idxs.tolist() if key <= last]
    sampled_keys = order.sample(keys, min(len(keys), _N_KEYS_SAMPLED))
    chosen = {0, last, *(key + step for key in sampled_keys for step in (-1, 0, 1))}
    chosen = {frame_idx for frame_idx in chosen if 0 <= frame_idx <= last}
    others = [frame_idx for frame_idx in range(last + 1) if frame_idx not in chosen]
    n_others = min(len(others), max(samples - len(chosen), 0))
    picked = [*sorted(chosen), *order.sample(others, n_others)]
    order.shuffle(picked)
    return picked


def decode_through(
    path: Path,
    index: FrameIndex,
    wanted: set[int],
    progress: Progress | None = None,
    n_frames: int | None = None,
) -> Truth:
    """Decode from the beginning, hashing the wanted frames.

    Pictures are named by their stamp, so that one lost to damage does not make all later ones look
    wrong; that stamps come in the order of the index is then what makes frame N the N-th picture.

    Args:
        path: The video.
        index: Of the same; what it says is what is checked.
        wanted: Frames to hash.
        progress: Told the share done; may raise to give up.
        n_frames: Stop after so many; None goes to the end.
    """
    container, stream = open_container(path)
    stamps: list[int | None] = []
    digests: dict[int, bytes] = {}
    has_b_frames = False
    with container:
        stream.thread_type = "SLICE"  # pyright: ignore[reportAttributeAccessIssue]  # accepts names
        for frame in decode_packets(container.demux(stream), stream, careful=True):
            frame_idx = len(stamps)
            if index.stamps is not None:
                frame_idx = -1 if frame.pts is None else index.frame_of_stamp.get(frame.pts, -1)
            if frame_idx in wanted:
                digests[frame_idx] = _digest(frame)
            has_b_frames |= frame.pict_type == PictureType.B
            stamps.append(frame.pts)
            if progress is not None:
                progress(min(len(stamps) / index.n_frames, 1.0))
            if len(stamps) == n_frames:
                break
    return Truth(stamps, digests, has_b_frames)


def _is_same_sequence(found: IndexedVideo, truth: Truth) -> bool:
    """Whether the sequential decode shows the frames of the index, in order.

    The picture of a packet that was cut in half at the end of the file is not in the index.
    """
    n_frames, n_decoded = found.index.n_frames, len(truth.stamps)
    if n_decoded != n_frames and not (found.is_cut_off and n_decoded == n_frames + 1):
        return False
    stamps = found.index.stamps
    return stamps is None or stamps.tolist() == truth.stamps[:n_frames]


def _digest(frame: VideoFrame) -> bytes:
    """Hash a picture as decoded, every plane without the padding of its rows."""
    digest = hashlib.sha256()
    for plane in frame.planes:
        rows = np.frombuffer(bytes(plane), dtype=np.uint8).reshape(-1, abs(plane.line_size))
        bytes_per_row = plane.width * _bytes_per_sample(frame)
        digest.update(rows[: plane.height, :bytes_per_row].tobytes())
    return digest.digest()


def _bytes_per_sample(frame: VideoFrame) -> int:
    """Bytes from one sample of a plane to the next; the most of all components, which share them."""
    components = frame.format.components
    bits = sum(component.bits for component in components) if len(frame.planes) == 1 else components[0].bits
    return max(1, (bits + 7) // 8)


def compare(
    path: Path, index: FrameIndex, chosen: list[int], truth: dict[int, bytes]
) -> tuple[list[int], list[int]]:
    """Read frames by random access.

    Args:
        path: The video.
        index: Of the same.
        chosen: Frames, in the order in which to read them.
        truth: What a sequential decode shows there, from ``decode_through``.

    Returns:
        Frames that show something else, and frames that cannot be decoded.
    """
    wrong: list[int] = []
    undecodable: list[int] = []
    cursor = FrameCursor(path, index)
    try:
        for frame_idx in chosen:
            try:
                digest = _digest(cursor.read(frame_idx))
            except VideoError:
                undecodable.append(frame_idx)
                continue
            if digest != truth.get(frame_idx):
                wrong.append(frame_idx)
    finally:
        cursor.close()
    return sorted(wrong), sorted(undecodable)


def _warnings(found: IndexedVideo, truth: Truth, wrong: list[int], undecodable: list[int]) -> list[str]:
    warnings = list(found.warnings)
    if not _is_same_sequence(found, truth):
        warnings.append(
            f"The file names {found.index.n_frames} frames, a sequential decode shows {len(truth.stamps)}:"
            " programs that count pictures number the frames after the damage differently."
        )
    if undecodable:
        warnings.append(
            f"{len(undecodable)} of the sampled frames cannot be decoded, the first is {undecodable[0]}."
        )
    if wrong:
        warnings.append(
            f"{len(wrong)} of the sampled frames look different when they are sought,"
            f" the first is {wrong[0]}; convert the video before labeling it."
        )
    return warnings
