"""Feature maps of a video, computed once for each checkpoint and kept on disk.

Only the finest level is stored, as float16; the coarser ones are means of it and
are made again when frames are loaded. Stored in chunks of frames, so that a
project of which only a part is tracked costs only that part.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from talpose_app.engine.cotracker3.network import CoTracker3
from talpose_app.engine.cotracker3.pyramid import FeaturePyramid
from talpose_app.engine.encoding import encode_frames
from talpose_app.engine.frames import FrameSource

#: Frames in one file.
CHUNK = 16

#: Bytes all videos' features may take on disk; the least recently used video goes first.
MAX_BYTES = 4 * 2**30

#: Bytes of features kept in memory besides, as float32: every frame is asked for many times.
_MAX_LOADED_BYTES = 192 * 2**20


class FeatureStore:
    """The feature maps of one video under one checkpoint.

    Args:
        folder: Folder of all features; this video's lie in a folder of their own inside it, a folder there
            for each resolution.
        fingerprint: Content hash of the video.
        weights_sha256: Hash of the weights.
        network: Computes what is missing; in evaluation mode, on its device.
        source: Gives the frames.
        resolution: (height, width) in model pixels that a frame is taken to have.
    """

    def __init__(
        self,
        folder: Path,
        fingerprint: str,
        weights_sha256: str,
        network: CoTracker3,
        source: FrameSource,
        resolution: tuple[int, int],
    ) -> None:
        height, width = self._frame_size = network.config.frame_size(resolution)
        video = hashlib.sha256(f"{fingerprint}:{weights_sha256}".encode()).hexdigest()[:32]
        self._folder = folder / video / f"{width}x{height}"
        self._folder.mkdir(parents=True, exist_ok=True)
        os.utime(self._folder.parent)
        self._network = network
        self._source = source
        self._loaded: dict[int, NDArray[np.float32]] = {}

    def prepare(self, start: int, stop: int, each_chunk: Callable[[float], None]) -> None:
        """Compute what is missing of frames [start, stop).

        Args:
            start: First frame.
            stop: One past the last frame.
            each_chunk: Called before each chunk with the share done; may raise to stop.
        """
        chunks = range(start // CHUNK, (stop - 1) // CHUNK + 1)
        for done, chunk_idx in enumerate(chunks):
            if not self._path(chunk_idx).is_file():
                each_chunk(done / len(chunks))
                self._write(chunk_idx, self._compute(chunk_idx))
        _make_room(self._folder.parent.parent, self._folder.parent)

    def pyramid(self, start: int, stop: int) -> FeaturePyramid:
        """Feature pyramid of frames [start, stop), float32, on the network's device."""
        return FeaturePyramid.from_finest(self.finest(start, stop), self._network.config.n_levels)

    def finest(self, start: int, stop: int) -> Tensor:
        """The finest level alone, shape (stop - start, h, w, C)."""
        parts: list[NDArray[np.float32]] = []
        for chunk_idx in range(start // CHUNK, (stop - 1) // CHUNK + 1):
            first = chunk_idx * CHUNK
            chunk = self._chunk(chunk_idx)
            parts.append(chunk[max(start - first, 0) : stop - first])
        joined = parts[0] if len(parts) == 1 else np.concatenate(parts)
        return torch.from_numpy(joined).to(_device(self._network))

    def _chunk(self, chunk_idx: int) -> NDArray[np.float32]:
        if chunk_idx not in self._loaded:
            path = self._path(chunk_idx)
            if not path.is_file():
                self._write(chunk_idx, self._compute(chunk_idx))
            chunk = np.load(path).astype(np.float32)
            while self._loaded and (len(self._loaded) + 1) * chunk.nbytes > _MAX_LOADED_BYTES:
                del self._loaded[next(iter(self._loaded))]
            self._loaded[chunk_idx] = chunk
        return self._loaded[chunk_idx]

    def _compute(self, chunk_idx: int) -> NDArray[np.float16]:
        start = chunk_idx * CHUNK
        stop = min(start + CHUNK, self._source.n_frames)
        return encode_frames(self._network, self._source.color(start, stop), self._frame_size)

    def _path(self, chunk_idx: int) -> Path:
        return self._folder / f"{chunk_idx:06d}.npy"

    def _write(self, chunk_idx: int, chunk: NDArray[np.float16]) -> None:
        """Write whole or not at all: another process may read at the same time."""
        temporary = self._folder / f"{chunk_idx:06d}.{os.getpid()}.part"
        with temporary.open("wb") as file:
            np.save(file, chunk)
        temporary.replace(self._path(chunk_idx))


def _device(network: CoTracker3) -> torch.device:
    return network.time_emb.device


def _make_room(folder: Path, keep: Path) -> None:
    """Delete the features of videos not used for longest until the rest fits."""
    videos = sorted(
        (path for path in folder.iterdir() if path.is_dir()), key=lambda path: path.stat().st_mtime
    )
    sizes = {path: sum(file.stat().st_size for file in path.rglob("*.npy")) for path in videos}
    total = sum(sizes.values())
    for path in videos:
        if total <= MAX_BYTES:
            return
        if path != keep:
            shutil.rmtree(path, ignore_errors=True)
            total -= sizes[path]
