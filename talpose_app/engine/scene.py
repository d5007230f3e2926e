"""A set of labels as the network is asked about them: paths to start from, templates, what is known.

Letters: T frames, N points.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from talpose_app.engine.anchored import ITERATIONS, Known, WindowBlend, improve, windows
from talpose_app.engine.cotracker3.network import CoTracker3, TrackState
from talpose_app.engine.cotracker3.pyramid import Support
from talpose_app.engine.embedding import Embedding
from talpose_app.engine.flow import changed_stretches
from talpose_app.engine.footage import Footage
from talpose_app.engine.held_out_paths import HeldOutMisses
from talpose_app.engine.templates import Templates
from talpose_app.engine.workers import EachPart
from talpose_app.tracking.anchors import NO_LABEL, Anchors
from talpose_app.tracking.confidence import sigmoid
from talpose_app.tracking.fuse import NetworkTracks
from talpose_app.tracking.merge import Merged

#: Feature pixels by which a point with no other label is displaced before it has to be found again.
_DISPLACEMENT = 1.5


@dataclass(frozen=True, slots=True, eq=False)
class HiddenKeyframe:
    """A window in which the labels of one keyframe are to be found.

    Attributes:
        span: The window, frames counted from the anchors' start.
        key: The keyframe, counted from the window's start.
        points: Points whose labels are hidden, shape (n,), int64.
        known: The other labels, of the window.
        start: Where the network starts, of the window.
        support: Templates without the hidden labels.
        goal: The hidden positions, shape (n, 2), feature pixels.
        path_miss: By how much the path through other labels misses them, shape (n, 2), feature pixels.
        path_spread: Of that path, shape (n,), image pixels; NaN where there is none.
    """

    span: tuple[int, int]
    key: int
    points: Tensor
    known: Known
    start: TrackState
    support: Support
    goal: Tensor
    path_miss: Tensor
    path_spread: NDArray[np.float64]


class Scene:
    """Labels, paths and network over one range of frames.

    Attributes:
        anchors: The labels.
        path: Through them.
        spans: The windows the range is worked on in.
        workers: What can be done side by side is done by them.
        held_out: What becomes of labels that are hidden.

    Args:
        network: Frozen.
        footage: The video.
        anchors: The labels.
        templates: Windows at the labels that show their point.
        path: Through them.
        held_out: What becomes of labels that are hidden; None where none will be.
    """

    def __init__(
        self,
        network: CoTracker3,
        footage: Footage,
        anchors: Anchors,
        templates: Templates,
        path: Merged,
        held_out: HeldOutMisses | None = None,
    ) -> None:
        self.anchors = anchors
        self.path = path
        self.held_out = held_out or HeldOutMisses.none(anchors)
        self.spans = windows(anchors.n_frames, network.config.window_len)
        self.workers = footage.workers
        self._network = network
        self._footage = footage
        self._templates = templates
        self._known = footage.known(anchors)
        filled = fill_missing(path.tracks, footage.source.size)
        coords = footage.to_feature_pixels(filled).astype(np.float32)
        self._start = torch.from_numpy(coords).to(self._known.coords.device)

    @property
    def keyframes(self) -> list[int]:
        """Frames with a label that shows its point, counted from the anchors' start."""
        return np.flatnonzero(self.anchors.is_seen.any(axis=1)).tolist()

    def changed_since(self, old: Scene | None) -> NDArray[np.bool_]:
        """Frames on which labels or paths differ from an older scene, shape (n_frames,); without one, all."""
        stretches = None if old is None else changed_stretches(old.anchors, self.anchors)
        if old is None or stretches is None:
            return np.ones(self.anchors.n_frames, np.bool_)
        differs = (self.path.tracks != old.path.tracks) & np.isfinite(self.path.tracks)
        changed: NDArray[np.bool_] = differs.any(axis=(1, 2))
        for _, start, stop in stretches:
            changed[start:stop] = True
        return changed

    def new_embedding(self) -> Embedding:
        """Corrections of the right shapes that change nothing yet."""
        return Embedding(self._templates.between(0, 1))

    def tracked(
        self, spans: Sequence[tuple[int, int]], embedding: Embedding | None, each_part: EachPart
    ) -> list[TrackState]:
        """Let the network improve windows of the paths.

        Args:
            spans: The windows, from ``spans``.
            embedding: Corrects the templates; None for as they are.
            each_part: Called with the share done; may raise to stop.
        """
        tasks = [partial(self._track_window, span, embedding) for span in spans]
        return self.workers.do(tasks, each_part)

    def _track_window(
        self, span: tuple[int, int], embedding: Embedding | None, each_part: EachPart
    ) -> TrackState:
        support = self._templates.between(*span)
        known = self._known[slice(*span)]
        state = TrackState.from_coords(self._start[slice(*span)])
        with torch.no_grad():
            if embedding is not None:
                support = embedding.applied(support)
            pyramid = self._footage.pyramid(self.anchors.start + span[0], self.anchors.start + span[1])
            for done, found in enumerate(improve(self._network, pyramid, support, known, state)):
                each_part(done / ITERATIONS)
                state = found
        return known.hold(state)

    def tracks(self, blend: WindowBlend) -> NetworkTracks:
        """Convert an estimate to image pixels and probabilities."""
        mean = blend.mean()
        tracks = self._footage.to_image_pixels(mean[..., :2])
        return NetworkTracks(tracks, sigmoid(mean[..., 2]), sigmoid(mean[..., 3]))

    def window_around(self, key: int) -> tuple[int, int]:
        """The window a keyframe's labels are looked for in, half-open."""
        length = self._network.config.window_len
        first = int(np.clip(key - length // 2, 0, max(self.anchors.n_frames - length, 0)))
        return first, min(first + length, self.anchors.n_frames)

    def hide(self, key: int) -> HiddenKeyframe:
        """Set up the search for one keyframe's labels from all others."""
        first, stop = self.window_around(key)
        points = np.flatnonzero(self.anchors.is_seen[key])
        index = torch.from_numpy(points).to(self._start.device)
        miss = self._miss_without(key, points)
        miss_coords = torch.from_numpy(self._footage.to_feature_pixels(miss).astype(np.float32)).to(
            index.device
        )
        bump = torch.from_numpy(self._bump(key, points, first, stop)).to(index.device)
        start = self._start[first:stop].clone()
        start[:, index] += bump[..., None] * miss_coords
        return HiddenKeyframe(
            (first, stop),
            key - first,
            index,
            self._known[first:stop].without(key - first, index),
            TrackState.from_coords(start),
            self._templates.between(first, stop, self._templates.frame_idx == key),
            self._known.coords[key, index],
            miss_coords,
            self.held_out.spread[key, points],
        )

    def search(self, hidden: HiddenKeyframe, support: Support) -> Iterator[Tensor]:
        """Look for hidden labels; yields positions (n, 2), feature pixels, after each iteration.

        Args:
            hidden: What to look for.
            support: Its templates, corrected; gradients flow to them.
        """
        first, stop = hidden.span
        pyramid = self._footage.pyramid(self.anchors.start + first, self.anchors.start + stop)
        for state in improve(self._network, pyramid, support, hidden.known, hidden.start):
            yield state.coords[hidden.key, hidden.points]

    def to_image_pixels(self, coords: NDArray[np.floating]) -> NDArray[np.float64]:
        """Convert feature pixels (..., 2) to image pixels."""
        return self._footage.to_image_pixels(coords)

    def _miss_without(self, key: int, points: NDArray[np.int64]) -> NDArray[np.float64]:
        """How the path misses a keyframe's labels when they are hidden, (n, 2), image pixels."""
        miss = self.held_out.miss[key, points]
        angle = 2.4 * points
        apart = _DISPLACEMENT * np.stack((np.cos(angle), np.sin(angle)), axis=1)
        return np.where(np.isfinite(miss), miss, self._footage.to_image_pixels(apart))

    def _next_labels(self, key: int, points: NDArray[np.int64]) -> NDArray[np.int64]:
        if key + 1 >= self.anchors.n_frames:
            return np.full(len(points), NO_LABEL)
        return self.anchors.after[key + 1, points]

    def _bump(self, key: int, points: NDArray[np.int64], first: int, stop: int) -> NDArray[np.float32]:
        """1 at the keyframe, falling to 0 at each point's labels around it; (T, n)."""
        before = self.anchors.before[key - 1, points] if key else np.full(len(points), NO_LABEL)
        after = self._next_labels(key, points)
        frames = np.arange(first, stop)[:, None]
        rise = np.where(before == NO_LABEL, 1.0, (frames - before) / np.maximum(key - before, 1))
        fall = np.where(after == NO_LABEL, 1.0, (after - frames) / np.maximum(after - key, 1))
        return np.clip(np.minimum(rise, fall), 0.0, 1.0).astype(np.float32)


def fill_missing(tracks: NDArray[np.float64], size: tuple[int, int]) -> NDArray[np.float64]:
    """Fill frames without a position from the nearest ones in time; points without any lie in the center."""
    filled = tracks.copy()
    frames = np.arange(len(tracks))
    for point in range(tracks.shape[1]):
        known = np.flatnonzero(np.isfinite(tracks[:, point, 0]))
        for axis in range(2):
            if len(known):
                filled[:, point, axis] = np.interp(frames, known, tracks[known, point, axis])
            else:
                filled[:, point, axis] = (size[axis] - 1) / 2
    return filled
