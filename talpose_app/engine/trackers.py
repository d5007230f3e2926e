"""Trackers by name: loaded once, kept for the next run."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from talpose_app.engine.cotracker3.checkpoint import load_network
from talpose_app.engine.device import pick_device
from talpose_app.engine.fused_tracker import FusedTracker
from talpose_app.tracking.checkpoints import find_checkpoint, weights_sha256
from talpose_app.tracking.tracker import PointTracker

#: Trackers kept loaded; a user compares two at most.
_N_KEPT = 2


def load_tracker(name_or_path: str = "auto", device: str = "auto") -> PointTracker:
    """Load a tracker, or return the one already loaded from the same weights.

    Args:
        name_or_path: Name of a known checkpoint, path of a file, or ``auto`` for the best installed.
        device: ``auto``, ``cpu``, ``cuda`` or ``mps``.

    Raises:
        TrackerError: The checkpoint is missing or damaged.
        UsageError: The device does not exist here.
    """
    checkpoint = find_checkpoint(name_or_path)
    kind = pick_device(device).type
    return _load(checkpoint.name, checkpoint.path, weights_sha256(checkpoint.path), kind)


@lru_cache(maxsize=_N_KEPT)
def _load(name: str, path: Path, sha256: str, device: str) -> FusedTracker:
    return FusedTracker(name, sha256, load_network(path, device))
