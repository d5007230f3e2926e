"""How much places of a frame look like a point did at its labels.

A template is the patch of the finest features around a label, three by three feature pixels, of the frame
turned as far as the point's surroundings have turned since; its response is the mean cosine with the
frame's features there. Between two labels both are mixed by nearness in time; far from labels a point may
look as at any of them.

Letters: M templates, N points, C channels.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor

from talpose_app.engine.footage import Footage
from talpose_app.engine.matching import match_around
from talpose_app.engine.offsets import OffsetGrid
from talpose_app.engine.patches import MAX_LOOKS, Patches
from talpose_app.engine.templates import Templates
from talpose_app.engine.turned import RADIUS
from talpose_app.tracking.anchors import NO_LABEL, Anchors

#: How fast likelihood falls with cosine where labels do not tell, by encoder; features that nobody has
#: measured say nothing until labels speak for them.
_USUAL_SHARPNESS = {"xfeat": 40.0, "residual": 0.0}

#: What is tried where they do.
_SHARPNESSES = (2.5, 5.0, 10.0, 20.0, 40.0)

#: Pairs of labels needed to choose, and how many are looked at.
_MIN_PAIRS, _MAX_PAIRS = 8, 200

#: A label counts as found within this distance, feature pixels: people do not click exactly.
_FOUND = 1.0

#: Chance that a label is nowhere near what its point looked like before.
_MISTAKE = 1e-3


class Appearance:
    """The labels' templates, ready to be looked for.

    Attributes:
        before: Row of the template of the latest seen label not after each frame, or ``NO_LABEL``;
            shape (n_frames, n_points), int64.
        sharpness: How fast likelihood falls with cosine: exp(sharpness * cosine).
        after: The same of the earliest seen label not before each frame.

    Args:
        footage: The video.
        anchors: The labels.
        templates: Windows at all labels of ``anchors`` that show their point.
        patches: The templates that are compared, turned.
    """

    def __init__(self, footage: Footage, anchors: Anchors, templates: Templates, patches: Patches) -> None:
        self._footage = footage
        self._start = anchors.start
        self._grid = OffsetGrid.make(footage.device)
        self._patches = patches
        self._is_far = anchors.is_far()
        shape = (anchors.n_frames, anchors.n_points)
        self.before = np.full(shape, NO_LABEL, np.int64)
        self.after = np.full(shape, NO_LABEL, np.int64)
        self._frame_of, self._point_of = templates.frame_idx, templates.point_idx
        self._rows_of = [np.flatnonzero(self._point_of == point) for point in range(anchors.n_points)]
        self._n_templates = np.bincount(self._point_of, minlength=anchors.n_points)
        for row, (frame, point) in enumerate(zip(templates.frame_idx, templates.point_idx, strict=True)):
            self.before[frame:, point] = row
        for row in range(len(templates.frame_idx) - 1, -1, -1):
            self.after[: templates.frame_idx[row] + 1, templates.point_idx[row]] = row

        self.sharpness = self._measured_sharpness(anchors)

    def near(self, at: int, rows: NDArray[np.int64], centers: Tensor) -> Tensor:
        """How much places around points look like templates.

        Args:
            at: The frame, counted from the anchors' start.
            rows: Which templates, shape (n,); ``NO_LABEL`` looks like nothing, 0 everywhere.
            centers: Shape (n, 2), (x, y), feature pixels.

        Returns:
            Cosines on the places of ``OffsetGrid``, shape (n, g, g); -1 outside the frame.
        """
        return self._look(at, self._patches.of(at, rows), centers)

    def near_mixed(self, at: int, points: NDArray[np.int64], centers: Tensor) -> Tensor:
        """The same for points, with the templates of the labels before and after mixed by nearness in time.

        Far from labels a point may as well look as at any other one, turned or not. Since nobody knows
        which, likelihoods are averaged there, not cosines: the template that fits tells, and one that was
        cut where something stood in front of the point does less harm.

        Args:
            at: The frame, counted from the anchors' start.
            points: Which points, shape (n,).
            centers: As for ``near``.

        Returns:
            As ``near``; far from labels the logarithm of the mean likelihood, divided by the sharpness.
        """
        near = self._look(at, self._mixed(at, points), centers)
        far = np.flatnonzero(self._is_far[at, points] & (self._n_templates[points] > 1))
        if len(far) and self.sharpness > 0.0:
            likely = self.sharpness * near[far]
            as_at_any = self._likely_at_any(at, points[far], centers[far])
            near[far] = (torch.logaddexp(likely, as_at_any) - math.log(2.0)) / self.sharpness
        return near

    def _mixed(self, at: int, points: NDArray[np.int64]) -> Tensor:
        """Patches of the labels around a frame, mixed by nearness in time, (n, side, side, C)."""
        before, after = self.before[at, points], self.after[at, points]
        has_before, has_after = before != NO_LABEL, after != NO_LABEL
        start = self._frames(before)
        length = np.maximum(self._frames(after) - start, 1)
        share = np.clip((at - start) / length, 0.0, 1.0)
        share = np.where(has_before & has_after, share, has_after.astype(np.float64))
        weight = torch.from_numpy(share.astype(np.float32)).to(self._footage.device)[:, None, None, None]
        return (1.0 - weight) * self._patches.of(at, before) + weight * self._patches.of(at, after)

    def _likely_at_any(self, at: int, points: NDArray[np.int64], centers: Tensor) -> Tensor:
        """Log of the mean likelihood over the templates of the nearest labels, (n, g, g)."""
        patches, counts = self._patches.of_any(at, [self._nearest(at, point) for point in points.tolist()])
        places = torch.repeat_interleave(centers, torch.tensor(counts, device=centers.device), dim=0)
        responses = self.sharpness * self._look(at, patches, places)
        parts: Sequence[Tensor] = torch.split(responses, counts)
        return torch.stack([part.logsumexp(dim=0) - math.log(len(part)) for part in parts])

    def everywhere(self, at: int, points: NDArray[np.int64]) -> Tensor:
        """How much every place of a frame looks like points at the label they look most like there.

        Args:
            at: The frame, counted from the anchors' start.
            points: Which points, each with a label that shows it; shape (n,).

        Returns:
            Shape (n, h, w), float32.
        """
        absolute = self._start + at
        maps = self._footage.finest(absolute, absolute + 1).float().permute(0, 3, 1, 2)
        patches, counts = self._patches.of_any(at, [self._nearest(at, point) for point in points.tolist()])
        return _most_alike(F.conv2d(maps, patches.permute(0, 3, 1, 2), padding=RADIUS)[0], counts)

    def _nearest(self, at: int, point: int) -> NDArray[np.int64]:
        """Rows of the templates of a point that are nearest in time, ``MAX_LOOKS`` at most."""
        rows = self._rows_of[point]
        away = np.abs(self._frame_of[rows] - at)
        return rows[np.argsort(away, kind="stable")[:MAX_LOOKS]]

    def _look(self, at: int, patches: Tensor, centers: Tensor) -> Tensor:
        absolute = self._start + at
        (maps,) = self._footage.finest(absolute, absolute + 1)
        return match_around(maps, patches, centers, self._grid.places)

    def _measured_sharpness(self, anchors: Anchors) -> float:
        """Choose what makes each label likeliest to the template of the label before it."""
        rows = np.arange(1, len(self._frame_of))
        rows = rows[self._point_of[rows] == self._point_of[rows - 1]]
        if len(rows) < _MIN_PAIRS:
            return _USUAL_SHARPNESS[self._footage.encoder]
        rows = rows[np.linspace(0, len(rows) - 1, min(len(rows), _MAX_PAIRS)).astype(np.int64)]
        grid = self._grid
        is_found = grid.places.square().sum(dim=-1) <= _FOUND**2
        logs = torch.zeros(len(_SHARPNESSES))
        for frame in np.unique(self._frame_of[rows]).tolist():
            here = rows[self._frame_of[rows] == frame]
            clicked = self._footage.to_feature_pixels(anchors.positions[frame, self._point_of[here]])
            center = torch.from_numpy(clicked).float().to(grid.places.device)
            near = self.near(frame, here - 1, center).flatten(1)
            for index, sharpness in enumerate(_SHARPNESSES):
                mass = (sharpness * near).softmax(dim=1)[:, is_found.flatten()].sum(dim=1)
                logs[index] += (mass + _MISTAKE).log().sum().cpu()
        return _SHARPNESSES[int(logs.argmax())]

    def _frames(self, rows: NDArray[np.int64]) -> NDArray[np.int64]:
        if not len(self._frame_of):
            return np.zeros(rows.shape, np.int64)
        return self._frame_of[np.maximum(rows, 0)]


def _most_alike(responses: Tensor, counts: Sequence[int]) -> Tensor:
    """The largest response of each point's patches, (n, ...), from those of all of them in a row."""
    parts: Sequence[Tensor] = torch.split(responses, list(counts))
    return torch.stack([part.amax(dim=0) for part in parts])
