"""Flow that is put right by appearance in every frame, so that it does not drift and finds back."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from talpose_app.engine.appearance import Appearance
from talpose_app.engine.flow import Frames, flow
from talpose_app.engine.footage import Footage
from talpose_app.engine.offsets import OffsetGrid, likelihood, normalized

#: Side of the patch flow compares, pixels.
_PATCH = 21

#: How far off one step of flow is that finds its way back exactly, feature pixels.
_STEP_SPREAD = 0.2

#: Largest miss on the way back that counts, feature pixels.
_MAX_RETURN = 4.0

#: Likelihood of a place that looks like nothing, and belief that flow has slipped altogether.
_FLOOR, _SLIP = 1e-6, 1e-3

#: A point may leave the frame by so many pixels.
_OUTSIDE = 4.0


@dataclass(frozen=True, slots=True)
class GuidedFlow:
    """Follows points by flow, and corrects each step by what the point looked like at its label.

    Attributes:
        frames: Gives a gray frame of the video.
        footage: The video.
        appearance: What points look like.
        start: Frame of the video that the appearance counts from.
        direction: +1 forward in time: tracks come from the label before; -1: from the label after.
    """

    frames: Frames
    footage: Footage
    appearance: Appearance
    start: int
    direction: int

    def __call__(
        self, source: int, target: int, points: NDArray[np.int64], positions: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        """See ``Follower``."""
        if not len(points):
            return positions
        here, there = self.frames(source), self.frames(target)
        moved = flow(here, there, positions, _PATCH)
        back = flow(there, here, moved, _PATCH)
        to_feature = self.footage.to_feature_pixels
        returned = np.minimum(np.linalg.norm(to_feature(back - positions), axis=1), _MAX_RETURN)
        leads = self.appearance.before if self.direction > 0 else self.appearance.after
        rows = leads[source - self.start, points]
        grid = OffsetGrid.make(self.footage.device)
        center = torch.from_numpy(to_feature(moved)).float().to(self.footage.device)
        spread = torch.from_numpy(_STEP_SPREAD + returned).float().to(self.footage.device)
        expected = grid.near(torch.zeros_like(center), spread) + _SLIP
        near = self.appearance.near(target - self.start, rows, center)
        belief = likelihood(near, self.appearance.sharpness, _FLOOR) * expected
        shift, _ = grid.moments(normalized(belief))
        found = moved + self.footage.to_image_pixels(shift.cpu().double().numpy())
        return np.clip(found, -_OUTSIDE, np.array(self.footage.source.size) - 1 + _OUTSIDE)
