"""Where to look next: the frames whose labels are expected to put most right, and their points most in doubt.

A track's confidence is the probability that a position is right, so one minus it, summed over all positions
that labels of a frame would reach, is what these can be expected to gain. This is the expected change of the
track that Vondrick and Ramanan (NIPS 2011, section 3) ask for, counted in positions.

Whoever looks at a frame sees all its points and labels those that are off. So frames are ranked, not points;
and a frame that has a label was looked at: what has none there is right, or else would have one. (To rank
points one by one sent people to neighboring frames for one point after the other, see `docs/method.md`.)
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

#: A label reaches this many frames where no other one is near.
_MAX_REACH = 100

#: What is left to do after so many suggestions is asked again once they are labeled.
_DEFAULT_COUNT = 50

#: Points named for a frame at most: whoever is there sees the others.
_MAX_POINTS = 6

#: Gains below this many positions are not worth a look, and for a point not worth a click.
_MIN_GAIN = 0.25


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One place to look at.

    Attributes:
        point_idx: Index of the point.
        frame_idx: Frame of the video.
        gain: Of this point's positions, so many the label is expected to put right.
    """

    point_idx: int
    frame_idx: int
    gain: float


def suggest(
    confidence: NDArray[np.floating],
    is_predicted: NDArray[np.bool_],
    is_labeled: NDArray[np.bool_],
    count: int = _DEFAULT_COUNT,
) -> list[Suggestion]:
    """Rank the places to label next, the best frame first, and in each frame the point that gains most.

    After each frame the doubt it takes away is counted as gone, so that neighbors of a good place are not
    suggested as well.

    Args:
        confidence: Shape (n_frames, n_points), probability that the prediction is right.
        is_predicted: Shape (n_frames, n_points): where there is a prediction.
        is_labeled: Shape (n_frames, n_points): where there is a label.
        count: How many at most.
    """
    is_looked_at = _looked_at(is_labeled)
    doubt = _doubt(confidence, is_predicted, is_looked_at)
    found: list[Suggestion] = []
    while len(found) < count and doubt.size:
        reach = _reach(is_looked_at)
        gains = np.where(is_predicted.any(axis=1), _gains(doubt.sum(axis=1), reach), 0.0)
        frame = int(gains.argmax())
        if gains[frame] < _MIN_GAIN:
            break
        is_looked_at[frame] = True
        found += _places(doubt, is_predicted[frame], frame, int(reach[frame]))
        _take_away(doubt, frame, int(reach[frame]))
    return found[:count]


def worth_of_frames(
    confidence: NDArray[np.floating], is_predicted: NDArray[np.bool_], is_labeled: NDArray[np.bool_]
) -> NDArray[np.float64]:
    """Positions that a look at each frame is expected to put right, shape (n_frames,).

    Args:
        confidence: As for `suggest`.
        is_predicted: As for `suggest`.
        is_labeled: As for `suggest`.
    """
    is_looked_at = _looked_at(is_labeled)
    doubt = _doubt(confidence, is_predicted, is_looked_at)
    return _gains(doubt.sum(axis=1), _reach(is_looked_at))


def expected_share(
    confidence: NDArray[np.floating], is_predicted: NDArray[np.bool_], is_labeled: NDArray[np.bool_]
) -> float:
    """Share of the frames of all points expected to be right, labeled ones counted as right; NaN without any.

    Args:
        confidence: As for `suggest`.
        is_predicted: As for `suggest`.
        is_labeled: As for `suggest`.
    """
    counted = is_predicted | is_labeled
    if not counted.any():
        return float("nan")
    return float(np.where(is_labeled, 1.0, confidence)[counted].mean())


def _looked_at(is_labeled: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Frames that have a label, (n_frames,)."""
    return np.asarray(is_labeled.any(axis=1), np.bool_)


def _doubt(
    confidence: NDArray[np.floating], is_predicted: NDArray[np.bool_], is_looked_at: NDArray[np.bool_]
) -> NDArray[np.float64]:
    """The share of a position that is likely to be wrong, (n_frames, n_points)."""
    return np.where(is_predicted & ~is_looked_at[:, None], 1.0 - confidence, 0.0)


def _reach(is_looked_at: NDArray[np.bool_]) -> NDArray[np.int64]:
    """How far labels of each frame count: to the nearer of the frames looked at, bounded; (n_frames,)."""
    n_frames = len(is_looked_at)
    frame = np.arange(n_frames)
    before = np.maximum.accumulate(np.where(is_looked_at, frame, -_MAX_REACH - 1))
    after = np.minimum.accumulate(np.where(is_looked_at, frame, n_frames + _MAX_REACH)[::-1])[::-1]
    return np.clip(np.minimum(frame - before, after - frame), 0, _MAX_REACH).astype(np.int64)


def _gains(doubt: NDArray[np.float64], reach: NDArray[np.int64]) -> NDArray[np.float64]:
    """What labels of each frame gain, (n_frames,).

    Their influence falls evenly to nothing at their reach, so a gain is a difference of running sums.
    """
    n_frames = len(doubt)
    frame = np.arange(n_frames)
    total = np.concatenate(([0.0], np.cumsum(doubt)))
    moment = np.concatenate(([0.0], np.cumsum(doubt * frame)))
    first = np.maximum(frame - reach, 0)
    last = np.minimum(frame + reach, n_frames - 1) + 1
    left = total[frame + 1] - total[first], moment[frame + 1] - moment[first]
    right = total[last] - total[frame + 1], moment[last] - moment[frame + 1]
    away = frame * left[0] - left[1] + right[1] - frame * right[0]
    gains: NDArray[np.float64] = left[0] + right[0] - away / (reach + 1)
    return gains


def _places(
    doubt: NDArray[np.float64], is_predicted: NDArray[np.bool_], frame: int, reach: int
) -> list[Suggestion]:
    """The points that a frame's labels gain most for; the best one even if it is worth little by itself."""
    span, weight = _influence(len(doubt), frame, reach)
    gains = np.where(is_predicted, weight @ doubt[span], 0.0)
    best = np.argsort(-gains, kind="stable")[:_MAX_POINTS]
    worth = [point for point in best.tolist() if gains[point] >= _MIN_GAIN] or best[:1].tolist()
    return [Suggestion(point, frame, float(gains[point])) for point in worth]


def _take_away(doubt: NDArray[np.float64], frame: int, reach: int) -> None:
    span, weight = _influence(len(doubt), frame, reach)
    doubt[span] *= 1.0 - weight[:, None]


def _influence(n_frames: int, frame: int, reach: int) -> tuple[slice, NDArray[np.float64]]:
    """The frames within reach, and a label's weight on each: 1 at its own, falling evenly to nothing."""
    span = slice(max(frame - reach, 0), min(frame + reach, n_frames - 1) + 1)
    away = np.abs(np.arange(span.start, span.stop) - frame)
    return span, 1.0 - away / (reach + 1)
