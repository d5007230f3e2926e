"""Where the next label pays most: (point, frame) pairs by the number of frames each is expected to put right.

A track's confidence is the probability that a frame is right, so one minus it, summed over the frames a
label would reach, is what the label can be expected to gain. This is the expected change of the track
that Vondrick and Ramanan (NIPS 2011, section 3) ask for, counted in frames.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

#: A label reaches this many frames where no other one is near.
_MAX_REACH = 40

#: What is left to do after so many suggestions is asked again once they are labeled.
_DEFAULT_COUNT = 50

#: Gains below this many frames are not worth a click.
_MIN_GAIN = 0.25


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One place to look at.

    Attributes:
        point_idx: Index of the point.
        frame_idx: Frame of the video.
        gain: Frames the label is expected to put right.
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
    """Rank the places to label next, best first.

    After each choice the doubt it takes away is counted as gone, so that neighbors of a good place are not
    suggested as well.

    Args:
        confidence: Shape (n_frames, n_points), probability that the prediction is right.
        is_predicted: Shape (n_frames, n_points): where there is a prediction.
        is_labeled: Shape (n_frames, n_points): where there is a label.
        count: How many at most.
    """
    doubt = np.where(is_predicted & ~is_labeled, 1.0 - confidence, 0.0)
    chosen = is_labeled.copy()
    reach = _reach(chosen)
    found: list[Suggestion] = []
    candidates = {point: _best(doubt[:, point], reach[:, point]) for point in range(doubt.shape[1])}
    while candidates and len(found) < count:
        point = max(candidates, key=lambda one: candidates[one][1])
        frame, gain = candidates[point]
        if gain < _MIN_GAIN:
            break
        found.append(Suggestion(point, frame, gain))
        doubt[:, point] *= 1.0 - _influence(len(doubt), frame, int(reach[frame, point]))
        chosen[frame, point] = True
        reach[:, point] = _reach(chosen[:, point : point + 1])[:, 0]
        candidates[point] = _best(doubt[:, point], reach[:, point])
    return found


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


def _reach(is_labeled: NDArray[np.bool_]) -> NDArray[np.int64]:
    """How far a label at each frame would count: to the nearer of its neighboring labels, bounded."""
    n_frames = len(is_labeled)
    frame = np.arange(n_frames)[:, None]
    before = np.maximum.accumulate(np.where(is_labeled, frame, -_MAX_REACH - 1), axis=0)
    after = np.minimum.accumulate(np.where(is_labeled, frame, n_frames + _MAX_REACH)[::-1], axis=0)[::-1]
    return np.clip(np.minimum(frame - before, after - frame), 0, _MAX_REACH).astype(np.int64)


def _best(doubt: NDArray[np.float64], reach: NDArray[np.int64]) -> tuple[int, float]:
    """The frame of one point whose label gains most, and the gain.

    A label's influence falls evenly to nothing at its reach, so the gain is a difference of running sums.
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
    gain = left[0] + right[0] - away / (reach + 1)
    gain = np.where(doubt > 0.0, gain, 0.0)
    best = int(gain.argmax())
    return best, float(gain[best])


def _influence(n_frames: int, frame: int, reach: int) -> NDArray[np.float64]:
    """1 at the frame, falling evenly to nothing beyond the reach; shape (n_frames,)."""
    return np.clip(1.0 - np.abs(np.arange(n_frames) - frame) / (reach + 1), 0.0, 1.0)
