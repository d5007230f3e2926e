"""The patches of labels that places are compared with, turned as their surroundings are.

Letters: M templates, T frames, N points, C channels.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor

from talpose_app.engine.footage import Footage
from talpose_app.engine.templates import Templates
from talpose_app.engine.turned import N_TURNS, RADIUS, TurnedLabel
from talpose_app.tracking.anchors import NO_LABEL, Anchors

#: A patch counts less towards its edge.
_FADE = 0.6

#: A point may look as at any of so many labels before and after.
MAX_LOOKS = 8

_STEP = 2 * np.pi / N_TURNS


class Patches:
    """A patch for every template, and for every turn of it that is met.

    Args:
        footage: The video.
        anchors: The labels.
        templates: Windows at all labels of ``anchors`` that show their point.
        orientation: How far what surrounds each point is turned, shape (T, N), radians; only differences
            between frames count.
        each_part: Called with the share done; may raise to stop.
    """

    def __init__(
        self,
        footage: Footage,
        anchors: Anchors,
        templates: Templates,
        orientation: NDArray[np.float64],
        each_part: Callable[[float], None],
    ) -> None:
        self._orientation = orientation
        self._frame_of, self._point_of = templates.frame_idx, templates.point_idx
        self._at_label = orientation[self._frame_of, self._point_of]
        count = len(self._frame_of)
        self._row_of = np.repeat(np.arange(count)[:, None], N_TURNS, axis=1)
        turns = [(row, turn) for row, used in enumerate(self._turns_met(anchors)) for turn in used]
        labels: list[TurnedLabel] = []
        for row, turn in turns:
            x, y = anchors.positions[self._frame_of[row], self._point_of[row]].tolist()
            labels.append(TurnedLabel(anchors.start + int(self._frame_of[row]), turn, x, y))
        for order, (row, turn) in enumerate(turns):
            self._row_of[row, turn] = count + order
        turned = footage.turned.windows(labels, each_part)
        self._patches = torch.cat((_faded(_middles(templates)), _faded(turned)))

    def of(self, at: int, rows: NDArray[np.int64]) -> Tensor:
        """Patches as they look in a frame.

        Args:
            at: The frame, counted from the anchors' start.
            rows: Which templates, shape (n,); ``NO_LABEL`` for none.

        Returns:
            Shape (n, side, side, C), such that a product with features is their mean cosine; zeros for none.
        """
        if not len(self._patches):
            return self._patches.new_zeros(len(rows), *self._patches.shape[1:])
        chosen = self._patches[torch.from_numpy(self._rows_in(at, rows)).to(self._patches.device)]
        is_label = torch.from_numpy((rows != NO_LABEL).astype(np.float32)).to(self._patches.device)
        return chosen * is_label[:, None, None, None]

    def of_any(self, at: int, rows: Sequence[NDArray[np.int64]]) -> tuple[Tensor, list[int]]:
        """Patches of several templates a point, for where nobody knows how far points have turned.

        Args:
            at: The frame, counted from the anchors' start.
            rows: Which templates, for every point.

        Returns:
            Patches as they look in the frame, and those that have turned as they were, too, shape
            (K, side, side, C), and how many there are of each point.
        """
        either = [np.union1d(some, self._rows_in(at, some)) for some in rows]
        chosen = torch.from_numpy(np.concatenate(either)).to(self._patches.device)
        return self._patches[chosen], [len(some) for some in either]

    def _rows_in(self, at: int, rows: NDArray[np.int64]) -> NDArray[np.int64]:
        """Rows of the patches that templates look like in a frame; any for ``NO_LABEL``."""
        rows = np.maximum(rows, 0)
        turn = self._turn(self._orientation[at, self._point_of[rows]], self._at_label[rows])
        return self._row_of[rows, turn]

    def _turn(self, here: NDArray[np.float64], at_label: NDArray[np.float64]) -> NDArray[np.int64]:
        """Nearest step from the label's orientation to another one."""
        steps: NDArray[np.int64] = np.round((here - at_label) / _STEP).astype(np.int64) % N_TURNS
        return steps

    def _turns_met(self, anchors: Anchors) -> list[list[int]]:
        """For each template the turns, other than none, of the frames in which it is looked for."""
        is_far = anchors.is_far()
        met: list[list[int]] = [[] for _ in self._frame_of]
        for point in range(anchors.n_points):
            rows = np.flatnonzero(self._point_of == point)
            for order, row in enumerate(rows.tolist()):
                beside = self._frames(anchors, rows, order, 1)
                around = self._frames(anchors, rows, order, MAX_LOOKS)
                looked_at = np.union1d(beside, around[is_far[around, point]])
                turn = self._turn(self._orientation[looked_at, point], self._at_label[row])
                met[row] = np.unique(turn[turn != 0]).tolist()
        return met

    def _frames(self, anchors: Anchors, rows: NDArray[np.int64], order: int, count: int) -> NDArray[np.int64]:
        """Frames from so many labels before one to so many after it; beyond the first and last, all."""
        first = int(self._frame_of[rows[order - count]]) if order >= count else 0
        has_after = order + count < len(rows)
        last = int(self._frame_of[rows[order + count]]) if has_after else anchors.n_frames - 1
        return np.arange(first, last + 1, dtype=np.int64)


def _middles(templates: Templates) -> Tensor:
    """The middle of each window, (M, side * side, C)."""
    windows = templates.windows.levels[0]
    side = round(windows.shape[1] ** 0.5)
    middle = slice(side // 2 - RADIUS, side // 2 + RADIUS + 1)
    square = windows.view(len(windows), side, side, windows.shape[-1])[:, middle, middle]
    return square.flatten(1, 2)


def _faded(windows: Tensor) -> Tensor:
    """Patches (M, side, side, C) of windows (M, side * side, C), whose first axis runs over x."""
    side = 2 * RADIUS + 1
    patch = windows.view(len(windows), side, side, windows.shape[-1]).transpose(1, 2)
    offset = torch.arange(-RADIUS, RADIUS + 1, device=windows.device).float()
    fade = torch.exp(-(offset[:, None] ** 2 + offset[None] ** 2) / (2 * _FADE**2))
    return F.normalize(patch, dim=-1) * (fade / fade.sum())[..., None]
