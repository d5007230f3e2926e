"""What a run streams: its tracks, cut to the frames that were asked for."""

from __future__ import annotations

import time

import numpy as np

from talpose_app.tracking.anchors import Anchors
from talpose_app.tracking.fuse import Fused
from talpose_app.tracking.tracker import HeldOutErrors, RunUpdate, TrackRequest


def update(  # noqa: PLR0913  the fields of one update
    request: TrackRequest,
    anchors: Anchors,
    fused: Fused,
    step: int,
    n_steps: int,
    started: float,
    *,
    loss: float | None = None,
    is_best: bool = True,
    held_out: HeldOutErrors | None = None,
) -> RunUpdate:
    """Cut fused tracks to the frames that were asked for."""
    first, last = request.span[0] - anchors.start, request.span[1] - anchors.start
    return RunUpdate(
        step=step,
        n_steps=n_steps,
        loss=loss,
        seconds=time.perf_counter() - started,
        span=request.span,
        positions=fused.tracks[first:last].astype(np.float32),
        visibility=fused.visibility[first:last],
        confidence=fused.confidence[first:last].astype(np.float32),
        is_best=is_best,
        held_out=held_out,
    )
