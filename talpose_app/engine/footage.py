"""One video as one network sees it: frames, features, and the way between image and feature pixels."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from talpose_app.engine.anchored import KNOWN_LOGIT, Known
from talpose_app.engine.cotracker3.network import CoTracker3
from talpose_app.engine.cotracker3.pyramid import FeaturePyramid
from talpose_app.engine.features import FeatureStore
from talpose_app.engine.frames import FrameSource
from talpose_app.engine.turned import TurnedLooks
from talpose_app.engine.workers import Workers
from talpose_app.paths import user_cache_dir
from talpose_app.tracking.anchors import Anchors

#: Sides of a frame, in model pixels, are multiples of this at other resolutions.
_SIDE_MULTIPLE = 16


class Footage:
    """Frames and features of one video under one network.

    Attributes:
        source: The frames.
        resolution: (height, width) in model pixels that a frame is taken to have.
        workers: What can be done side by side is done by them.
        turned: What labels look like in turned frames.

    Args:
        source: The frames.
        fingerprint: Content hash of the video.
        network: In evaluation mode, on its device.
        weights_sha256: Hash of the network's weights.
        workers: Are closed with this.
        resolution: (height, width) in model pixels that a frame is taken to have; None for the network's own.
    """

    def __init__(
        self,
        source: FrameSource,
        fingerprint: str,
        network: CoTracker3,
        weights_sha256: str,
        workers: Workers,
        resolution: tuple[int, int] | None = None,
    ) -> None:
        self.source, self.workers = source, workers
        self._fingerprint, self._weights_sha256, self._network = fingerprint, weights_sha256, network
        self.resolution = resolution or network.config.model_resolution
        folder = user_cache_dir() / "features"
        self._store = FeatureStore(
            folder, fingerprint, weights_sha256, network, source, workers, self.resolution
        )
        size, model_size = np.array(source.size), np.array(self.resolution[::-1])
        self._scale = (model_size - 1) / np.maximum(size - 1, 1) / network.config.stride
        seen_size = network.config.frame_size(self.resolution)
        self.turned = TurnedLooks(network, source, seen_size, self._scale, workers)

    def at_scale(self, scale: float) -> Footage:
        """The same frames at so many times the network's resolution; close this one only.

        Args:
            scale: In both directions; sides are rounded down to what the encoder can halve.
        """
        height, width = (
            int(side * scale) // _SIDE_MULTIPLE * _SIDE_MULTIPLE
            for side in self._network.config.model_resolution
        )
        network, sha256, size = self._network, self._weights_sha256, (height, width)
        return Footage(self.source, self._fingerprint, network, sha256, self.workers, size)

    def feature_bytes(self, n_frames: int) -> int:
        """What the features of so many frames take on disk."""
        return self._store.n_bytes(n_frames)

    def prepare(self, start: int, stop: int, each_chunk: Callable[[float], None]) -> None:
        """Compute missing features of frames [start, stop); see ``FeatureStore.prepare``."""
        self._store.prepare(start, stop, each_chunk)

    def pyramid(self, start: int, stop: int) -> FeaturePyramid:
        """Feature pyramid of frames [start, stop); see ``FeatureStore.pyramid``."""
        return self._store.pyramid(start, stop)

    def finest(self, start: int, stop: int) -> Tensor:
        """The finest features of frames [start, stop); see ``FeatureStore.finest``."""
        return self._store.finest(start, stop)

    @property
    def device(self) -> torch.device:
        """Where features lie."""
        return self._network.time_emb.device

    @property
    def encoder(self) -> str:
        """Which kind of features they are; see ``CoTracker3Config``."""
        return self._network.config.encoder

    def to_feature_pixels(self, positions: NDArray[np.float64]) -> NDArray[np.float64]:
        """Convert image pixels (..., 2) to feature pixels."""
        return positions * self._scale

    def to_image_pixels(self, coords: NDArray[np.floating]) -> NDArray[np.float64]:
        """Convert feature pixels (..., 2) to image pixels."""
        return np.asarray(coords, np.float64) / self._scale

    def known(self, anchors: Anchors) -> Known:
        """Lay out the labels for the network."""
        device = self._network.time_emb.device
        coords = np.nan_to_num(self.to_feature_pixels(anchors.positions)).astype(np.float32)
        logit = np.where(anchors.is_seen, KNOWN_LOGIT, -KNOWN_LOGIT).astype(np.float32)
        return Known(
            torch.from_numpy(anchors.is_known).to(device),
            torch.from_numpy(coords).to(device),
            torch.from_numpy(logit).to(device),
        )

    def close(self) -> None:
        """Close the video, let the workers go."""
        self.workers.close()
        self.source.close()
