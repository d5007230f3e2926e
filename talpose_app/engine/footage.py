"""One video as one network sees it: frames, features, and the way between image and feature pixels."""

from __future__ import annotations

from collections import OrderedDict
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
from talpose_app.paths import user_cache_dir
from talpose_app.tracking.anchors import Anchors

#: Bytes of pyramids kept: the windows a refinement of a short clip comes back to.
_MAX_PYRAMID_BYTES = 384 * 2**20


class Footage:
    """Frames and features of one video under one network.

    Attributes:
        source: The frames.

    Args:
        path: Path of the video.
        fingerprint: Its content hash.
        network: In evaluation mode, on its device.
        weights_sha256: Hash of the network's weights.

    Raises:
        VideoError: The video cannot be opened.
    """

    def __init__(self, path: str, fingerprint: str, network: CoTracker3, weights_sha256: str) -> None:
        self.source = FrameSource(path)
        self._network = network
        self._pyramids: OrderedDict[tuple[int, int], FeaturePyramid] = OrderedDict()
        resolution = network.config.model_resolution
        folder = user_cache_dir() / "features"
        self._store = FeatureStore(folder, fingerprint, weights_sha256, network, self.source, resolution)
        width, height = self.source.size
        model_height, model_width = resolution
        stride = network.config.stride
        self._scale = np.array(
            [
                (model_width - 1) / max(width - 1, 1) / stride,
                (model_height - 1) / max(height - 1, 1) / stride,
            ]
        )

    def prepare(self, start: int, stop: int, each_chunk: Callable[[float], None]) -> None:
        """Compute missing features of frames [start, stop); see ``FeatureStore.prepare``."""
        self._store.prepare(start, stop, each_chunk)

    def pyramid(self, start: int, stop: int) -> FeaturePyramid:
        """Feature pyramid of frames [start, stop)."""
        key = (start, stop)
        if key not in self._pyramids:
            pyramid = self._store.pyramid(start, stop)
            n_bytes = sum(level.nbytes for level in pyramid.levels)
            while self._pyramids and (len(self._pyramids) + 1) * n_bytes > _MAX_PYRAMID_BYTES:
                self._pyramids.popitem(last=False)
            self._pyramids[key] = pyramid
        self._pyramids.move_to_end(key)
        return self._pyramids[key]

    def finest(self, start: int, stop: int) -> Tensor:
        """The finest features of frames [start, stop), shape (stop - start, h, w, C), float32."""
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
        """Close the video."""
        self._pyramids.clear()
        self.source.close()
