"""A zoo of strange videos: every frame shows what an independent decode shows, or the file is refused."""

from __future__ import annotations

import random
import struct
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import cv2

from talpose_app.errors import VideoError
from talpose_app.video.check import check_video
from talpose_app.video.reader import VideoReader
from tests.fixtures.videos import RECIPES, ClipShelf, cut, damage, read_barcode, write_sound

#: The number drawn into each frame, in display order.
Truth = list[int]


@dataclass
class ZooFigures:
    """What the visit found.

    Attributes:
        seed: Of the order in which frames are asked for.
        served: Videos whose frames are shown.
        warned: Of these, videos with a warning to the user.
        refused: Videos refused, each with the reason given.
        n_frames: Frames shown and compared with the number drawn into them.
        n_undecodable: Frames that damage took, told as such.
        losses: Wrong frames, a sentence each.
    """

    seed: int
    served: int = 0
    warned: int = 0
    refused: dict[str, str] = field(default_factory=dict[str, str])
    n_frames: int = 0
    n_undecodable: int = 0
    losses: list[str] = field(default_factory=list[str])


def visit(folder: Path, seed: int, rounds: int, names: tuple[str, ...] | None = None) -> ZooFigures:
    """Ask for every frame of every video in random order.

    Args:
        folder: Where the videos are made.
        seed: Of the order.
        rounds: Times each frame is asked for.
        names: Only these sound videos; all by default.
    """
    figures, rng = ZooFigures(seed), random.Random(seed)  # noqa: S311  no secret
    shelf = ClipShelf(folder)
    for name in names or tuple(RECIPES):
        clip = shelf.get(name)
        _compare(name, clip.path, clip.codes, rounds, rng, figures)
        if not check_video(clip.path, samples=16).is_ok:
            figures.losses.append(f"{name}: the frame check disagrees")
    for name, make in _CURIOSITIES.items():
        path = make(shelf, folder)
        _compare(name, path, _KNOWN.get(name) or _codes_by_opencv(path), rounds, rng, figures)
    return figures


def _compare(
    name: str, path: Path, codes: Truth, rounds: int, rng: random.Random, figures: ZooFigures
) -> None:
    """Read the number in every picture; it must be the one that a sequential decode shows there."""
    try:
        reader = VideoReader.open(path)
    except VideoError as error:
        figures.refused[name] = error.message
        return
    figures.served += 1
    with reader:
        figures.warned += bool(reader.warnings)
        if reader.info.n_frames != len(codes):
            figures.losses.append(f"{name}: {reader.info.n_frames} frames instead of {len(codes)}")
            return
        wanted = list(range(reader.info.n_frames)) * rounds
        rng.shuffle(wanted)
        for frame_idx in wanted:
            _look(name, reader, frame_idx, codes[frame_idx], figures)


def _look(name: str, reader: VideoReader, frame_idx: int, code: int, figures: ZooFigures) -> None:
    try:
        shown = read_barcode(reader.frame(frame_idx))
    except VideoError:
        figures.n_undecodable += 1
        return
    except AssertionError as error:
        figures.losses.append(f"{name}, frame {frame_idx}: {error}")
        return
    figures.n_frames += 1
    if shown != code:
        figures.losses.append(f"{name}: frame {frame_idx} shows {shown} instead of {code}")


def _codes_by_opencv(path: Path) -> Truth:
    """Read a file from its beginning with a program that shares nothing with our reader but FFmpeg."""
    capture = cv2.VideoCapture(str(path))
    codes: list[int] = []
    try:
        while True:
            is_read, picture = capture.read()
            if not is_read:
                return codes
            codes.append(read_barcode(picture))
    finally:
        capture.release()


# ------------------------------------------------------------- curiosities


def _patched(source: Path, target: Path, patches: list[tuple[bytes, int, bytes]]) -> Path:
    """Copy a file, writing bytes at a distance behind each occurrence of a mark."""
    data = bytearray(source.read_bytes())
    for mark, distance, value in patches:
        place = data.find(mark)
        while place >= 0:
            data[place + len(mark) + distance : place + len(mark) + distance + len(value)] = value
            place = data.find(mark, place + len(mark))
    target.write_bytes(bytes(data))
    return target


def _avi_that_claims_9999(shelf: ClipShelf, folder: Path) -> Path:
    clip, count = shelf.get("mjpeg_avi"), struct.pack("<I", 9999)
    # Behind the chunk's name and size: the frame count is the fifth word of avih, the ninth of strh.
    patches = [(b"avih", 4 + 16, count), (b"strh", 4 + 32, count)]
    return _patched(clip.path, folder / "claims_9999.avi", patches)


def _mp4_of_two_hours(shelf: ClipShelf, folder: Path) -> Path:
    clip = shelf.get("h264_mp4")
    # The movie counts milliseconds, its track 1/12800 s.
    patches = [(b"mvhd", 16, struct.pack(">I", 7200 * 1000)), (b"mdhd", 16, struct.pack(">I", 7200 * 12800))]
    return _patched(clip.path, folder / "two_hours.mp4", patches)


def _cut_off(shelf: ClipShelf, folder: Path) -> Path:
    clip = shelf.get("h264_mkv")
    return cut(clip.path, folder / "cut.mkv", 25)


def _broken_packet(shelf: ClipShelf, folder: Path) -> Path:
    clip = shelf.get("mjpeg_mkv")
    return damage(clip.path, folder / "broken.mkv", 9)


def _broken_key_frame(shelf: ClipShelf, folder: Path) -> Path:
    clip = shelf.get("mjpeg_mov")
    return damage(clip.path, folder / "broken_key.mov", 0)


def _mp4_without_its_table(shelf: ClipShelf, folder: Path) -> Path:
    path = folder / "no_table.mp4"
    path.write_bytes(shelf.get("h264_mp4").path.read_bytes()[:2000])
    return path


def _empty(shelf: ClipShelf, folder: Path) -> Path:
    del shelf
    path = folder / "empty.mp4"
    path.touch()
    return path


def _text(shelf: ClipShelf, folder: Path) -> Path:
    del shelf
    path = folder / "notes.avi"
    path.write_text("frame, x, y\n" * 500)
    return path


def _sound(shelf: ClipShelf, folder: Path) -> Path:
    del shelf
    return write_sound(folder / "sound.mp4")


#: Files that are not whole, not honest, or no video.
_CURIOSITIES: dict[str, Callable[[ClipShelf, Path], Path]] = {
    "an AVI whose header claims 9999 frames": _avi_that_claims_9999,
    "an MP4 of two hours by its header": _mp4_of_two_hours,
    "a file cut off in a packet": _cut_off,
    "a broken packet": _broken_packet,
    "a broken first packet": _broken_key_frame,
    "an MP4 without its table": _mp4_without_its_table,
    "an empty file": _empty,
    "a text": _text,
    "sound only": _sound,
}

#: What a player shows where OpenCV gives up at once.
_KNOWN: dict[str, Truth] = {"a broken first packet": list(range(1, 40))}
