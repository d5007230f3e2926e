import time

import numpy as np

from talpose_app.engine.updates import update
from talpose_app.tracking.anchors import Anchors
from talpose_app.tracking.fuse import Fused
from tests.fixtures.moving import POINTS, request, table


def test_tracks_are_cut_to_the_span_that_was_asked_for(tmp_path):
    asked = request(tmp_path / "a.mp4", table([]), span=(12, 15))
    anchors = Anchors.from_labels(table([], POINTS[:1]), (10, 20))
    tracks = np.arange(20.0).reshape(10, 1, 2)
    fused = Fused(tracks, np.ones((10, 1), bool), np.arange(10.0)[:, None] / 10)
    cut = update(asked, anchors, fused, 2, 5, time.perf_counter(), loss=0.5, is_best=False)
    assert cut.positions.tolist() == [[[4, 5]], [[6, 7]], [[8, 9]]]
    assert cut.confidence[:, 0].tolist() == [np.float32(0.2), np.float32(0.3), np.float32(0.4)]
    assert (cut.positions.dtype, cut.confidence.dtype) == (np.float32, np.float32)
    assert (cut.step, cut.n_steps, cut.loss, cut.is_best, cut.span) == (2, 5, 0.5, False, (12, 15))
    assert 0 <= cut.seconds < 60
