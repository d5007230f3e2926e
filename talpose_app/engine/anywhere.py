"""Where points may be in the whole frame, for when flow has lost them.

The path over all feature pixels that looks most like the labels around it and moves little from frame to
frame, or jumps at a price: Viterbi's algorithm, with the best totals of both directions added up in place
of pointers back. It is rougher than flow, but does not go astray.

Letters: T frames, n points, h, w size of a feature map.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from talpose_app.engine.appearance import Appearance
from talpose_app.engine.footage import Footage
from talpose_app.engine.workers import EachPart
from talpose_app.tracking.anchors import Anchors

#: Feature pixels a point moves at most along each axis from frame to frame without a jump.
_REACH = 5

#: In units of cosine: price of a feature pixel moved along one axis, and of a jump to anywhere.
_STEP_PRICE, _JUMP_PRICE = 0.02, 1.0

#: What a place other than the label has on a labeled frame: less than any path makes up for.
_FORBIDDEN = -1e4

#: Frames worked on together, how many are looked at on both sides of them, and points at a time.
_CHUNK, _MARGIN, _N_POINTS = 96, 24, 8


def paths_anywhere(
    footage: Footage,
    anchors: Anchors,
    appearance: Appearance,
    points: NDArray[np.int64],
    wanted: NDArray[np.bool_],
    each_part: EachPart,
) -> NDArray[np.float64]:
    """Find the best-looking paths through the labels over the whole frame.

    Args:
        footage: The video.
        anchors: The labels.
        appearance: What points look like at them.
        points: Which points.
        wanted: On which frames, shape (T, n).
        each_part: Called with the share done; may raise to stop.

    Returns:
        Shape (T, n, 2), image pixels, whole feature pixels; NaN where it is not wanted.
    """
    found = np.full((anchors.n_frames, len(points), 2), np.nan)
    likeness = partial(_likeness, footage, anchors, appearance)
    parts: list[Callable[[EachPart], None]] = []
    for group in range(0, len(points), _N_POINTS):
        columns = slice(group, group + _N_POINTS)
        for first in range(0, anchors.n_frames, _CHUNK):
            frames = first + np.flatnonzero(wanted[first : first + _CHUNK, columns].any(axis=1))
            if len(frames):
                span = slice(int(frames[0]), int(frames[-1]) + 1)

                def search(each: EachPart, span: slice = span, columns: slice = columns) -> None:
                    places = _search(likeness, points[columns], span, anchors.n_frames, each)
                    found[span, columns] = footage.to_image_pixels(places.astype(np.float64))

                parts.append(search)
    footage.workers.do(parts, each_part)
    found[~wanted] = np.nan
    return found


def _search(
    likeness: Callable[[NDArray[np.int64], int], Tensor],
    points: NDArray[np.int64],
    span: slice,
    n_frames: int,
    each_part: EachPart,
) -> NDArray[np.int64]:
    """The best-looking paths over some frames, looking around them too; (frames, n, 2), feature pixels."""
    start, stop = max(span.start - _MARGIN, 0), min(span.stop + _MARGIN, n_frames)
    seen: list[Tensor] = []
    for at in range(start, stop):
        each_part(0.5 * (at - start) / (stop - start))
        seen.append(likeness(points, at))
    return _best_places(torch.stack(seen))[span.start - start : span.stop - start].cpu().numpy()


def _likeness(
    footage: Footage, anchors: Anchors, appearance: Appearance, points: NDArray[np.int64], at: int
) -> Tensor:
    """How much every place looks like the points, (n, h, w); on a labeled frame only the label does."""
    likeness = appearance.everywhere(at, points)
    height, width = likeness.shape[-2:]
    known = np.flatnonzero(anchors.is_known[at, points])
    places = footage.to_feature_pixels(anchors.positions[at, points[known]]).round().astype(np.int64)
    for row, (x, y) in zip(known.tolist(), places.tolist(), strict=True):
        likeness[row] = _FORBIDDEN
        likeness[row, min(max(y, 0), height - 1), min(max(x, 0), width - 1)] = 0.0
    return likeness


def _best_places(likeness: Tensor) -> Tensor:
    """The best path over places (T, n, h, w); shape (T, n, 2), (x, y), int64."""
    ahead = torch.zeros_like(likeness)
    for at in range(1, len(likeness)):
        ahead[at] = _moved(ahead[at - 1] + likeness[at - 1])
    places = torch.empty((*likeness.shape[:2], 2), dtype=torch.int64, device=likeness.device)
    back = torch.zeros_like(likeness[0])
    for at in range(len(likeness) - 1, -1, -1):
        total = back + likeness[at]
        best = (ahead[at] + total).flatten(1).argmax(dim=1)
        places[at] = torch.stack((best % likeness.shape[-1], best // likeness.shape[-1]), dim=1)
        back = _moved(total)
    return places


def _moved(total: Tensor) -> Tensor:
    """The best total (n, h, w) that a place can be reached from, itself 0 at most."""
    total = total - total.amax(dim=(1, 2), keepdim=True)  # Floats stay exact over many frames.
    best = total
    for axis in (1, 2):
        length = best.shape[axis]
        for _ in range(_REACH):
            offered, best = best - _STEP_PRICE, best.clone()
            for there, here in ((0, 1), (1, 0)):
                target = best.narrow(axis, here, length - 1)
                torch.maximum(target, offered.narrow(axis, there, length - 1), out=target)
    return best.clamp_min(-_JUMP_PRICE)
