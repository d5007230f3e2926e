"""Where a user corrects finished tracks, and where it shows."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from benchmarks.accuracy.clips import Clip
from benchmarks.accuracy.method import Method
from benchmarks.accuracy.protocols import Task, evenly_labeled, first_only, labels_at
from talpose_app.model.arrays import ConfidenceArray, Positions
from talpose_app.tracking.scoring import distances

#: Frames between the labels a track is made from.
_EVERY = 20

#: With one label a point the first frame off by so many times the tolerance is corrected.
_CLEARLY_OFF = 2.0

_Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Correction:
    """Labels added to finished tracks.

    Attributes:
        title: Of its table.
        clip: The clip.
        known: Labels the tracks were made from, shape (n_frames, n_points), bool.
        given: Those and the added ones.
        scored: Frames that count: with truth, without a label, in a gap that got one.
        positions: Of the tracks, shape (n_frames, n_points, 2), float32, image pixels.
        confidence: Shape (n_frames, n_points), float32.
        retracked: TRACK from all labels.
    """

    title: str
    clip: Clip
    known: _Mask
    given: _Mask
    scored: _Mask
    positions: Positions
    confidence: ConfidenceArray
    retracked: Positions


def corrections(clip: Clip, track: Method) -> list[Correction]:
    """Track a clip with few labels, correct it in several ways, and track it again.

    Args:
        clip: With its truth.
        track: TRACK.
    """
    few, first = _given(evenly_labeled(clip, _EVERY)), _given(first_only(clip))
    more = few | _given(evenly_labeled(clip, _EVERY // 2))
    found = [_corrected(f"a label every {_EVERY} frames, then one amid each gap", clip, track, few, more)]
    positions, confidence = found[0].positions, found[0].confidence
    worst = few | _worst_of_gaps(clip, few, positions)
    title = f"a label every {_EVERY} frames, then one where each gap is worst"
    found.append(_corrected(title, clip, track, few, worst, (positions, confidence)))
    made = _tracked(clip, track, first)
    off = first | _first_off(clip, made[0])
    between, after = _sides(first, off)
    for side, mask in (("before", between), ("after", after)):
        title = f"one label, then one where the track is clearly off: frames {side} it"
        found.append(_corrected(title, clip, track, first, off, made, mask))
    return [one for one in found if one.scored.any()]


def _given(task: Task) -> _Mask:
    given = np.zeros(task.scored.shape, np.bool_)
    given[task.labels.frame_idx, task.labels.point_idx] = True
    return given


def _tracked(clip: Clip, track: Method, given: _Mask) -> tuple[Positions, ConfidenceArray]:
    prediction = track.predict(Task(clip, labels_at(clip, given), clip.has_truth & ~given), None)
    assert prediction.confidence is not None
    return prediction.tracks, prediction.confidence


def _corrected(
    title: str,
    clip: Clip,
    track: Method,
    known: _Mask,
    given: _Mask,
    made: tuple[Positions, ConfidenceArray] | None = None,
    where: _Mask | None = None,
) -> Correction:
    positions, confidence = made or _tracked(clip, track, known)
    scored = clip.has_truth & ~given & (_gaps_with(known, given) if where is None else where)
    retracked = _tracked(clip, track, given)[0]
    return Correction(title, clip, known, given, scored, positions, confidence, retracked)


def _worst_of_gaps(clip: Clip, known: _Mask, positions: Positions) -> _Mask:
    """The frame of each gap that is farthest off, where that is out of tolerance."""
    errors = np.where(clip.has_truth & ~known, distances(positions, clip.positions), 0.0)
    worst = np.zeros(known.shape, np.bool_)
    for point in range(known.shape[1]):
        for start, stop in _between(np.flatnonzero(known[:, point]), len(known)):
            inside = errors[start:stop, point]
            if inside.size and inside.max() > clip.tolerance_px:
                worst[start + int(inside.argmax()), point] = True
    return worst


def _first_off(clip: Clip, positions: Positions) -> _Mask:
    """The first frame of each point that is clearly off."""
    limit = _CLEARLY_OFF * clip.tolerance_px
    is_off = clip.has_truth & (distances(positions, clip.positions) > limit)
    points = np.flatnonzero(is_off.any(axis=0))
    first = np.zeros(is_off.shape, np.bool_)
    first[is_off.argmax(axis=0)[points], points] = True
    return first


def _gaps_with(known: _Mask, given: _Mask) -> _Mask:
    """The frames between two known labels, or beyond the last, that a new label lies among."""
    gaps = np.zeros(known.shape, np.bool_)
    for point in range(known.shape[1]):
        for start, stop in _between(np.flatnonzero(known[:, point]), len(known)):
            gaps[start:stop, point] = given[start:stop, point].any()
    return gaps


def _sides(known: _Mask, given: _Mask) -> tuple[_Mask, _Mask]:
    """Of points with one known and one new label: the frames between them, and those after the new one."""
    frame = np.arange(len(known))[:, None]
    is_new = given & ~known
    has_new = is_new.any(axis=0)
    old, new = known.argmax(axis=0), is_new.argmax(axis=0)
    return has_new & (frame > old) & (frame < new), has_new & (frame > new)


def _between(labels: NDArray[np.intp], n_frames: int) -> list[tuple[int, int]]:
    """The half-open stretches without a label."""
    edges = [-1, *labels.tolist(), n_frames]
    return [(before + 1, after) for before, after in itertools.pairwise(edges)]
