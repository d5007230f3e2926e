"""Comparison with the ``cotracker`` package itself, where it happens to be installed."""

from __future__ import annotations

import numpy as np
import pytest

from tests.fixtures.golden import make_video

torch = pytest.importorskip("torch")
build_cotracker = pytest.importorskip(
    "cotracker.models.build_cotracker", reason="the original cotracker package is not installed"
)

pytestmark = pytest.mark.engine

QUERIES = torch.tensor([[0.0, 40.5, 30.25], [3.0, 80.0, 60.0], [7.0, 100.0, 20.0]])
ITERATIONS = 3


def test_offline_network_equals_the_original(golden_offline):
    original = build_cotracker.build_cotracker(checkpoint=None, offline=True, window_len=60, v2=False)
    original.load_state_dict(golden_offline.state_dict())
    original.eval()
    frames = torch.from_numpy(make_video(8, 96, 128, 6)).permute(0, 3, 1, 2).float()
    with torch.no_grad():
        tracks, visibility, confidence, _ = original(frames[None], QUERIES[None], iters=ITERATIONS)
    ours = golden_offline(frames, QUERIES, ITERATIONS)
    np.testing.assert_allclose(ours.tracks, tracks[0], rtol=0, atol=5e-4)
    np.testing.assert_allclose(ours.visibility, visibility[0], rtol=0, atol=1e-5)
    np.testing.assert_allclose(ours.confidence, confidence[0], rtol=0, atol=1e-5)
