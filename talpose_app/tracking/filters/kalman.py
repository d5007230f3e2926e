"""The Kalman smoother: the likeliest path of a point that moves at a nearly constant velocity.

The track's positions are noisy observations, the noisier the less confident; labels are exact ones. The
filter runs forward, the smoother of Rauch, Tung and Striebel back: every position knows of all frames.
x and y are observed together and have the same variances: one covariance serves both.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from talpose_app.tracking.filters.block import TrackBlock

#: Ratios tried of the variances of acceleration and observation: from a point that glides to one that darts.
_RATIOS = np.logspace(-6, 3, 28)
#: Variance of the first velocity, in units of the observation's: nothing is known of it.
_DIFFUSE = 1e4
#: The likelihood is worked out for chunks of this many frames at once: the loop over frames is short.
_CHUNK_FRAMES = 512
#: A prediction of less confidence counts as one of this.
_MIN_CONFIDENCE = 0.05

_Array = NDArray[np.float64]


def kalman(block: TrackBlock, noise_px: float | None) -> TrackBlock:
    """Smooth every point's track; frames without a prediction stay without.

    How much the point accelerates is found for each point by maximum likelihood, and so is the noise if it is
    not given: a track without jitter is hardly changed.

    Args:
        block: The tracks.
        noise_px: Standard deviation of a sure prediction's position, pixels; None finds it.

    Source: H. E. Rauch, F. Tung and C. T. Striebel, AIAA Journal 3 (1965), 1445-1450; motion model:
    Y. Bar-Shalom, X. R. Li and T. Kirubarajan, Estimation with Applications to Tracking and
    Navigation (2001), section 6.2.
    """
    evidence = _Evidence.of(block)
    ratios = _likeliest_ratios(evidence.in_chunks(_CHUNK_FRAMES), evidence.n_points, noise_px)
    smoothed = _smooth(evidence, ratios)
    return block.moved(np.where(block.is_known[..., None], smoothed, block.positions))


@dataclass(frozen=True, slots=True, eq=False)
class _Evidence:
    """What is observed, (n_frames, n_columns). ``variance``: in units of a sure prediction's; 0 at labels."""

    positions: _Array
    is_seen: NDArray[np.bool_]
    is_absent: NDArray[np.bool_]
    is_first: NDArray[np.bool_]
    variance: _Array

    @classmethod
    def of(cls, block: TrackBlock) -> _Evidence:
        """Read a block: one column a point."""
        seen = block.is_known
        confidence = np.clip(block.confidence.astype(np.float64), _MIN_CONFIDENCE, 1)
        variance = np.where(block.is_labeled, 0.0, 1 / confidence**2)
        positions = np.where(seen[..., None], block.positions, 0)
        return cls(positions, seen, block.is_absent, _firsts(seen, block.is_absent), variance)

    @property
    def n_points(self) -> int:
        """Columns."""
        return self.is_seen.shape[1]

    def in_chunks(self, n_frames: int) -> _Evidence:
        """Cut the frames into chunks that stand beside each other as columns, all first chunks first."""
        n_chunks = -(-len(self.is_seen) // n_frames)
        missing = n_chunks * n_frames - len(self.is_seen)

        def cut(array: NDArray[np.generic]) -> NDArray[np.generic]:
            padded = np.concatenate((array, np.zeros((missing, *array.shape[1:]), array.dtype)))
            stacked = padded.reshape(n_chunks, n_frames, *array.shape[1:]).swapaxes(0, 1)
            return stacked.reshape(n_frames, -1, *array.shape[2:])

        seen, absent = cut(self.is_seen).astype(np.bool_), cut(self.is_absent).astype(np.bool_)
        positions, variance = cut(self.positions).astype(np.float64), cut(self.variance).astype(np.float64)
        return _Evidence(positions, seen, absent, _firsts(seen, absent), variance)


def _firsts(is_seen: NDArray[np.bool_], is_absent: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """The first known frame of each column, and that after each frame where the point is absent."""
    is_waiting = np.ones(is_seen.shape[1], np.bool_)
    is_first = np.zeros_like(is_seen)
    for frame_idx in range(len(is_first)):
        is_waiting |= is_absent[frame_idx]
        is_first[frame_idx] = is_waiting & is_seen[frame_idx]
        is_waiting &= ~is_first[frame_idx]
    return is_first


@dataclass(slots=True)
class _Belief:
    """Position and velocity, shape (..., 2) for x and y, and their common covariance, shape (...)."""

    position: _Array
    velocity: _Array
    pp: _Array
    pv: _Array
    vv: _Array

    @classmethod
    def blank(cls, shape: tuple[int, ...]) -> _Belief:
        return cls(
            np.zeros((*shape, 2)), np.zeros((*shape, 2)), np.zeros(shape), np.zeros(shape), np.zeros(shape)
        )

    def predicted(self, ratio: _Array) -> _Belief:
        """One frame on, the acceleration being white noise of variance ``ratio``."""
        return _Belief(
            self.position + self.velocity,
            self.velocity,
            self.pp + 2 * self.pv + self.vv + ratio / 3,
            self.pv + self.vv + ratio / 2,
            self.vv + ratio,
        )

    def observed(self, positions: _Array, variance: _Array) -> _Belief:
        """After an observation of the position."""
        gain_p, gain_v = self.pp / (self.pp + variance), self.pv / (self.pp + variance)
        error = positions - self.position
        return _Belief(
            self.position + gain_p[..., None] * error,
            self.velocity + gain_v[..., None] * error,
            (1 - gain_p) * self.pp,
            (1 - gain_p) * self.pv,
            self.vv - gain_v * self.pv,
        )

    def where(self, mask: NDArray[np.bool_], other: _Belief) -> _Belief:
        """This belief where ``mask`` is true, elsewhere the other."""
        wide = mask[..., None]
        return _Belief(
            np.where(wide, self.position, other.position),
            np.where(wide, self.velocity, other.velocity),
            np.where(mask, self.pp, other.pp),
            np.where(mask, self.pv, other.pv),
            np.where(mask, self.vv, other.vv),
        )

    def smoothed(self, predicted: _Belief, later: _Belief) -> _Belief:
        """Add what the later frames know.

        Args:
            predicted: This belief one frame on.
            later: The smoothed belief of that frame.
        """
        # The gain is C F' P^-1 for C this covariance and P the predicted one, both 2 x 2.
        determinant = predicted.pp * predicted.vv - predicted.pv**2
        a, b = self.pp + self.pv, self.pv + self.vv
        g00 = (a * predicted.vv - self.pv * predicted.pv) / determinant
        g01 = (self.pv * predicted.pp - a * predicted.pv) / determinant
        g10 = (b * predicted.vv - self.vv * predicted.pv) / determinant
        g11 = (self.vv * predicted.pp - b * predicted.pv) / determinant
        d_position = later.position - predicted.position
        d_velocity = later.velocity - predicted.velocity
        position = self.position + g00[..., None] * d_position + g01[..., None] * d_velocity
        velocity = self.velocity + g10[..., None] * d_position + g11[..., None] * d_velocity
        return _Belief(position, velocity, self.pp, self.pv, self.vv)


def _step(belief: _Belief, evidence: _Evidence, frame_idx: int, ratio: _Array) -> tuple[_Belief, _Belief]:
    """One frame of the filter.

    Returns:
        The belief before and after the frame was looked at.
    """
    predicted = belief.predicted(ratio)
    positions, variance = evidence.positions[frame_idx], evidence.variance[frame_idx]
    seen = np.broadcast_to(evidence.is_seen[frame_idx], predicted.pp.shape)
    first = np.broadcast_to(evidence.is_first[frame_idx], predicted.pp.shape)
    start = _Belief(
        np.broadcast_to(positions, predicted.position.shape),
        np.zeros_like(predicted.velocity),
        np.broadcast_to(variance, predicted.pp.shape),
        np.zeros_like(predicted.pp),
        np.full_like(predicted.pp, _DIFFUSE),
    )
    after = predicted.observed(positions, variance).where(seen & ~first, predicted)
    return predicted, start.where(first, after)


def _likeliest_ratios(evidence: _Evidence, n_points: int, noise_px: float | None) -> _Array:
    """The ratio of variances, shape (n_points,), under which the observations are likeliest.

    Args:
        evidence: In chunks; what the chunks of a point say is added up.
        n_points: Columns of one chunk.
        noise_px: See ``kalman``.
    """
    n_frames, n_columns = evidence.is_seen.shape
    ratios = np.broadcast_to(_RATIOS[:, None], (len(_RATIOS), n_columns))
    belief = _Belief.blank(ratios.shape)
    belief.pp += 1
    surprise, spread = np.zeros(ratios.shape), np.zeros(ratios.shape)
    counts = evidence.is_seen & ~evidence.is_first
    for frame_idx in range(n_frames):
        predicted, belief = _step(belief, evidence, frame_idx, ratios)
        total = predicted.pp + evidence.variance[frame_idx]
        error = evidence.positions[frame_idx] - predicted.position
        surprise += np.where(counts[frame_idx], (error**2).sum(axis=-1) / total, 0)
        spread += np.where(counts[frame_idx], 2 * np.log(total), 0)
    by_point = (len(_RATIOS), -1, n_points)
    surprise, spread = surprise.reshape(by_point).sum(axis=1), spread.reshape(by_point).sum(axis=1)
    n_values = np.maximum(2 * counts.sum(axis=0).reshape(-1, n_points).sum(axis=0), 1)
    if noise_px is None:
        # The noise's likeliest variance is the mean surprise; put into the likelihood it leaves this.
        loss = n_values * np.log(np.maximum(surprise / n_values, 1e-12)) + spread
    else:
        loss = surprise / noise_px**2 + spread
    return _RATIOS[loss.argmin(axis=0)]


def _smooth(evidence: _Evidence, ratio: _Array) -> _Array:
    """Filter forward, smooth backward; positions, shape (n_frames, n_points, 2)."""
    n_frames = len(evidence.is_seen)
    belief = _Belief.blank(ratio.shape)
    belief.pp += 1
    passes: list[tuple[_Belief, _Belief]] = []
    for frame_idx in range(n_frames):
        passes.append(_step(belief, evidence, frame_idx, ratio))
        belief = passes[-1][1]
    positions = np.empty_like(evidence.positions)
    for frame_idx in range(n_frames - 1, -1, -1):
        filtered = passes[frame_idx][1]
        if frame_idx == n_frames - 1:
            belief = filtered
        else:
            smoothed = filtered.smoothed(passes[frame_idx + 1][0], belief)
            belief = filtered.where(evidence.is_first[frame_idx + 1], smoothed)
        positions[frame_idx] = belief.position
    return positions
