"""Feature maps of a video, computed once for each checkpoint and kept on disk.

Only the finest level is stored, as float16; the coarser ones are means of it and
are made again when they are needed. Stored in chunks of frames, so that a
project of which only a part is tracked costs only that part. Files are mapped into memory: the
system keeps what is asked for often, and gives it up when others need the room.
"""

from __future__ import annotations

import hashlib
import mmap
import os
import shutil
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from threading import Lock

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from talpose_app.engine.cotracker3.network import CoTracker3
from talpose_app.engine.cotracker3.pyramid import FeaturePyramid
from talpose_app.engine.encoding import encode_frames
from talpose_app.engine.frames import FrameSource
from talpose_app.engine.workers import Workers
from talpose_app.errors import EngineError

#: Frames in one file.
CHUNK = 16

#: Bytes all videos' features may take on disk; the least recently used video goes first.
MAX_BYTES = 4 * 2**30

#: Bytes of mapped files that stay in memory: 160 frames of the built-in tracker. The system could take more
#: back at any time, but counts it as this program's until then.
_MAX_MAPPED_BYTES = 2**28

#: Bytes of coarser levels kept in memory besides: some 180 frames of the built-in tracker.
_MAX_COARSE_BYTES = 192 * 2**20


class FeatureStore:
    """The feature maps of one video under one checkpoint; what is prepared may be read by several threads.

    Args:
        folder: Folder of all features; this video's lie in a folder of their own inside it, a folder there
            for each resolution.
        fingerprint: Content hash of the video.
        weights_sha256: Hash of the weights.
        network: Computes what is missing; in evaluation mode, on its device.
        source: Gives the frames.
        workers: Compute side by side.
        resolution: (height, width) in model pixels that a frame is taken to have.
    """

    def __init__(
        self,
        folder: Path,
        fingerprint: str,
        weights_sha256: str,
        network: CoTracker3,
        source: FrameSource,
        workers: Workers,
        resolution: tuple[int, int],
    ) -> None:
        self._resolution = resolution
        height, width = self._frame_size = network.config.frame_size(resolution)
        video = hashlib.sha256(f"{fingerprint}:{weights_sha256}".encode()).hexdigest()[:32]
        self._folder = folder / video / f"{width}x{height}"
        self._folder.mkdir(parents=True, exist_ok=True)
        os.utime(self._folder.parent)
        self._network = network
        self._source = source
        self._workers = workers
        self._mapped: dict[int, NDArray[np.float16]] = {}
        self._in_memory: OrderedDict[int, None] = OrderedDict()
        self._memory_lock = Lock()
        self._coarse: OrderedDict[int, FeaturePyramid] = OrderedDict()
        self._coarse_lock = Lock()

    def n_bytes(self, n_frames: int) -> int:
        """What the features of so many frames take on disk."""
        config = self._network.config
        height, width = (side // config.stride for side in self._resolution)
        return n_frames * height * width * config.latent_dim * np.dtype(np.float16).itemsize

    def prepare(self, start: int, stop: int, each_chunk: Callable[[float], None]) -> None:
        """Compute what is missing of frames [start, stop).

        Args:
            start: First frame.
            stop: One past the last frame.
            each_chunk: Called before each chunk with the share done; may raise to stop.

        Raises:
            EngineError: There is no room for them on the disk.
        """
        chunks = range(start // CHUNK, (stop - 1) // CHUNK + 1)
        missing = [idx for idx in chunks if idx not in self._mapped and not self._path(idx).is_file()]
        self._check_room(len(missing))
        with ThreadPoolExecutor(1) as writer:  # It writes while the next chunk is computed.
            writing: Future[None] | None = None
            for chunk_idx in missing:
                each_chunk((chunk_idx - chunks.start) / len(chunks))
                chunk = self._compute(chunk_idx)
                if writing is not None:
                    writing.result()
                writing = writer.submit(self._write, chunk_idx, chunk)
            if writing is not None:
                writing.result()
        for chunk_idx in chunks:
            self._chunk(chunk_idx)
        _make_room(self._folder.parent.parent, self._folder.parent)

    def pyramid(self, start: int, stop: int) -> FeaturePyramid:
        """Feature pyramid of frames [start, stop) on the network's device; float32, but see ``finest``."""
        finest = self.finest(start, stop)
        if stop - start < CHUNK:  # Levels of a few frames are made faster than those of whole chunks.
            return FeaturePyramid.from_finest(finest.float(), self._network.config.n_levels)
        coarse = [self._coarse_chunk(chunk_idx)[frames] for chunk_idx, frames in _parts(start, stop)]
        return FeaturePyramid((finest, *FeaturePyramid.cat(coarse).levels))

    def finest(self, start: int, stop: int) -> Tensor:
        """The finest level alone, shape (stop - start, h, w, C); float16 on a CPU, else float32.

        What is compared is cut out of it and converted: far less than all.
        """
        parts = [self._chunk(chunk_idx)[frames] for chunk_idx, frames in _parts(start, stop)]
        joined = torch.from_numpy(parts[0] if len(parts) == 1 else np.concatenate(parts))
        device = _device(self._network)
        return joined if device.type == "cpu" else joined.to(device).float()

    def _chunk(self, chunk_idx: int) -> NDArray[np.float16]:
        if chunk_idx not in self._mapped:
            path = self._path(chunk_idx)
            try:
                self._mapped[chunk_idx] = _map(path)
            except (OSError, EOFError, ValueError):
                # It is missing, or was cut off when the power failed.
                self._write(chunk_idx, self._compute(chunk_idx))
                self._mapped[chunk_idx] = _map(path)
        self._note_use(chunk_idx)
        return self._mapped[chunk_idx]

    def _note_use(self, chunk_idx: int) -> None:
        """Let go of the memory of chunks not used for longest; they stay mapped, and come back when used."""
        with self._memory_lock:
            self._in_memory[chunk_idx] = None
            self._in_memory.move_to_end(chunk_idx)
            while (len(self._in_memory) - 1) * self._mapped[chunk_idx].nbytes > _MAX_MAPPED_BYTES:
                _let_go(self._mapped[self._in_memory.popitem(last=False)[0]])

    def _check_room(self, n_chunks: int) -> None:
        """See that so many chunks fit on the disk; where they do not, older videos' features go for them."""
        needed, free = self.n_bytes(n_chunks * CHUNK), shutil.disk_usage(self._folder).free
        if needed <= free:
            return
        others = _sizes_of_others(self._folder.parent.parent, keep=self._folder.parent)
        if needed > free + sum(others.values()):
            raise EngineError(
                f"Looking at these frames takes {needed / 1e9:.1f} GB of disk space, "
                f"and {free / 1e9:.1f} GB are free.",
                hint="Track a shorter range, make room, or set TALPOSE_HOME to a folder on another disk.",
            )
        _delete_oldest(others, needed - free)

    def _coarse_chunk(self, chunk_idx: int) -> FeaturePyramid:
        with self._coarse_lock:
            if chunk_idx not in self._coarse:
                first = chunk_idx * CHUNK
                finest = self.finest(first, first + len(self._chunk(chunk_idx))).float()
                chunk = FeaturePyramid(
                    FeaturePyramid.from_finest(finest, self._network.config.n_levels).levels[1:]
                )
                n_bytes = sum(level.nbytes for level in chunk.levels)
                while self._coarse and (len(self._coarse) + 1) * n_bytes > _MAX_COARSE_BYTES:
                    self._coarse.popitem(last=False)
                self._coarse[chunk_idx] = chunk
            self._coarse.move_to_end(chunk_idx)
            return self._coarse[chunk_idx]

    def _compute(self, chunk_idx: int) -> NDArray[np.float16]:
        start = chunk_idx * CHUNK
        stop = min(start + CHUNK, self._source.n_frames)
        return encode_frames(self._network, self._source.color(start, stop), self._frame_size, self._workers)

    def _path(self, chunk_idx: int) -> Path:
        return self._folder / f"{chunk_idx:06d}.npy"

    def _write(self, chunk_idx: int, chunk: NDArray[np.float16]) -> None:
        """Write whole or not at all: another process may read at the same time."""
        temporary = self._folder / f"{chunk_idx:06d}.{os.getpid()}.part"
        try:
            with temporary.open("wb") as file:
                np.save(file, chunk)
            temporary.replace(self._path(chunk_idx))
        finally:
            temporary.unlink(missing_ok=True)


def _parts(start: int, stop: int) -> list[tuple[int, slice]]:
    """The chunks that frames [start, stop) lie in, and which of each chunk's frames they are."""
    chunks = range(start // CHUNK, (stop - 1) // CHUNK + 1)
    return [(idx, slice(max(start - idx * CHUNK, 0), min(stop - idx * CHUNK, CHUNK))) for idx in chunks]


def _map(path: Path) -> NDArray[np.float16]:
    # Copy on write, for torch takes no arrays that cannot be written.
    chunk: NDArray[np.float16] = np.load(path, mmap_mode="c")
    return chunk


def _let_go(chunk: NDArray[np.float16]) -> None:
    mapping: object = getattr(chunk, "_mmap", None)
    if isinstance(mapping, mmap.mmap) and hasattr(mmap, "MADV_DONTNEED"):  # Windows does it by itself.
        mapping.madvise(mmap.MADV_DONTNEED)


def _device(network: CoTracker3) -> torch.device:
    return network.time_emb.device


def _make_room(folder: Path, keep: Path) -> None:
    """Delete the features of videos not used for longest until the rest fits."""
    others = _sizes_of_others(folder, keep)
    _delete_oldest(others, sum(others.values()) + _n_bytes(keep) - MAX_BYTES)


def _sizes_of_others(folder: Path, keep: Path) -> dict[Path, int]:
    """Bytes of the features of every video but one, the least recently used first."""
    videos = sorted(
        (path for path in folder.iterdir() if path.is_dir()), key=lambda path: path.stat().st_mtime
    )
    return {path: _n_bytes(path) for path in videos if path != keep}


def _n_bytes(video: Path) -> int:
    return sum(file.stat().st_size for file in video.rglob("*.npy"))


def _delete_oldest(sizes: dict[Path, int], too_many: int) -> None:
    """Delete videos' features in their order until so many bytes are gone."""
    for path, size in sizes.items():
        if too_many <= 0:
            return
        shutil.rmtree(path, ignore_errors=True)
        too_many -= size
