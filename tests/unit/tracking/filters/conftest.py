"""Tracks to filter."""

import numpy as np
import pytest

from talpose_app.model.label import Label, PointId, Visibility, absent_label
from talpose_app.tracking.filters.block import TrackBlock
from talpose_app.tracking.labels import LabelTable

POINT = PointId(1, 1)


@pytest.fixture
def make_block():
    """Make a block of one point from positions, with labels by frame; None there stands for absent."""

    def make(positions, labels=None, confidence=0.9):
        positions = np.asarray(positions, np.float32)[:, None]
        table = LabelTable.from_labels(
            (POINT,),
            [
                absent_label(POINT, frame) if at is None else Label(POINT, frame, *at, Visibility.VISIBLE)
                for frame, at in (labels or {}).items()
            ],
        )
        shape = positions.shape[:2]
        trust = np.broadcast_to(np.asarray(confidence, np.float32).reshape(-1, 1), shape)
        return TrackBlock.from_tracks(positions, np.isfinite(positions[..., 0]), trust, table)

    return make


@pytest.fixture
def wave():
    """A smooth path of 80 frames, shape (80, 2), float64."""
    frames = np.arange(80)
    return np.stack([100 + 2.0 * frames, 60 + 25 * np.sin(frames / 9)], axis=1)


@pytest.fixture
def noise():
    """Jitter for it, standard deviation 1 px."""
    return np.random.default_rng(4).normal(size=(80, 2))
