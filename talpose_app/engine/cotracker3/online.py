"""The online mode of CoTracker3: a clip of any length, window by window, forward only.

Windows overlap by half. In the overlap a window starts from what the one before
it found; a query whose frame has not come yet takes part with an empty template.

Letters: T frames, N points, C channels.
"""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import Tensor

from talpose_app.engine.cotracker3.network import ITERATIONS, CoTracker3, TrackOutput, TrackState
from talpose_app.engine.cotracker3.pyramid import FeaturePyramid, Support


class OnlineTracker:
    """Tracks queries through windows that are fed one after the other.

    Attributes:
        window_len: Frames in a window.
        step: Frames from one window's start to the next one's.
        start: First frame of the window that is fed next.
    """

    def __init__(self, network: CoTracker3, queries: Tensor, iterations: int = ITERATIONS) -> None:
        """Begin before frame 0.

        Args:
            network: Weights with the window length they were trained for.
            queries: Shape (N, 3), (t, x, y), model pixels; t counts from the first frame that is fed.
            iterations: Updates per window.
        """
        self.window_len = network.config.window_len
        self.step = self.window_len // 2
        self.start = 0
        self._network = network
        self._queries = queries
        self._iterations = iterations
        self._support: Support | None = None
        self._tracked: TrackState | None = None

    def feed(self, window: FeaturePyramid) -> TrackOutput:
        """Track through the next window.

        Args:
            window: Features of frames ``start`` to ``start + window_len``, or fewer at the clip's end.

        Returns:
            Tracks of every frame up to the window's end, model pixels.
        """
        for _ in self.iterate(window):
            pass
        return self.result()

    def iterate(self, window: FeaturePyramid) -> Iterator[TrackState]:
        """Do what `feed` does, yielding the window's estimate after every iteration.

        Frames that pad a short window are left out of what is yielded. The
        window counts as tracked once the iterator is exhausted.
        """
        n_frames = window.n_frames
        support = self._sample_support(window)
        padded = window[torch.arange(self.window_len, device=window.levels[0].device).clamp_max(n_frames - 1)]
        state = self._initial_state()
        shown = state
        for _ in range(self._iterations):
            state = self._network.update(padded, support, state)
            shown = _frames(state, 0, n_frames)
            yield shown
        tracked = self._tracked
        self._tracked = shown if tracked is None else _join(_frames(tracked, 0, self.start), shown)
        self.start += self.step

    def result(self) -> TrackOutput:
        """Return the tracks of every frame so far, model pixels."""
        if self._tracked is None:
            raise ValueError("no window has been tracked yet")
        return self._network.output(self._tracked)

    def _sample_support(self, window: FeaturePyramid) -> Support:
        """Add the templates of queries whose frame lies in this window; the others stay as they are."""
        local = self._queries.clone()
        local[:, 0] -= self.start
        is_new = (local[:, 0] >= 0) & (local[:, 0] < window.n_frames)
        if self._support is not None:
            # Templates of the overlap were taken when the window before held the frame.
            is_new &= local[:, 0] >= self.window_len - self.step
        local[:, 0].clamp_(0, window.n_frames - 1)
        sampled = self._network.support(window, local)
        known = self._support or sampled.map(torch.zeros_like)
        pairs = zip(sampled.levels, known.levels, strict=True)
        self._support = Support(tuple(torch.where(is_new[:, None, None], new, old) for new, old in pairs))
        return self._support

    def _initial_state(self) -> TrackState:
        """Start from the queries, or from the previous window where it has seen the query."""
        fresh = self._network.start(self._queries, self.window_len)
        tracked = self._tracked
        if tracked is None:
            return fresh
        overlap = self.window_len - self.step
        # Beyond the overlap the last known value is held.
        frame_idx = self.start + torch.arange(self.window_len, device=fresh.coords.device).clamp_max(
            overlap - 1
        )
        is_known = self._queries[:, 0] < self.start + overlap
        return TrackState(
            torch.where(is_known[:, None], tracked.coords[frame_idx], fresh.coords),
            torch.where(is_known, tracked.visibility[frame_idx], fresh.visibility),
            torch.where(is_known, tracked.confidence[frame_idx], fresh.confidence),
        )


def track_online(
    network: CoTracker3, pyramid: FeaturePyramid, queries: Tensor, iterations: int = ITERATIONS
) -> TrackOutput:
    """Track queries through a whole clip in online windows.

    Args:
        network: Weights with the window length they were trained for.
        pyramid: Features of the T frames of the clip.
        queries: Shape (N, 3), (t, x, y), model pixels.
        iterations: Updates per window.

    Returns:
        Tracks of the T frames, model pixels.
    """
    tracker = OnlineTracker(network, queries, iterations)
    while True:
        end = tracker.start + tracker.window_len
        output = tracker.feed(pyramid[tracker.start : end])
        if end >= pyramid.n_frames:
            return output


def _frames(state: TrackState, start: int, stop: int) -> TrackState:
    """Select frames [start, stop)."""
    return TrackState(state.coords[start:stop], state.visibility[start:stop], state.confidence[start:stop])


def _join(first: TrackState, second: TrackState) -> TrackState:
    """Put two stretches after one another."""
    return TrackState(
        torch.cat((first.coords, second.coords)),
        torch.cat((first.visibility, second.visibility)),
        torch.cat((first.confidence, second.confidence)),
    )
