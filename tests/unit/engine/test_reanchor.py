import numpy as np
import pytest

from talpose_app.engine.frames import FrameSource
from talpose_app.engine.reanchor import Reanchoring
from talpose_app.tracking.anchors import Anchors
from tests.fixtures.moving import N_FRAMES, POINTS, label, table, truth


@pytest.fixture
def gray(moving_video):
    source = FrameSource(str(moving_video))
    yield source.gray
    source.close()


@pytest.fixture
def lay():
    return Anchors.from_labels(table([label(0, 0), label(0, 12)], POINTS[:1]), (0, N_FRAMES))


def quiet(_):
    pass


def test_drift_is_undone(gray, lay):
    drifted = truth()[:, :1] + np.where(lay.is_known, 0.0, 1.5)[..., None]
    corrected = Reanchoring(gray, 200.0).corrected(lay, drifted, quiet)
    between = slice(1, 12)
    before = np.linalg.norm(drifted - truth()[:, :1], axis=-1)[between].mean()
    after = np.linalg.norm(corrected - truth()[:, :1], axis=-1)[between].mean()
    assert after < 0.7 * before


def test_what_lies_far_from_the_track_is_not_believed(gray, lay):
    lost = truth()[:, :1] + np.where(lay.is_known, 0.0, 30.0)[..., None]
    corrected = Reanchoring(gray, 200.0).corrected(lay, lost, quiet)
    assert np.abs(corrected - lost).max() < 4.0


def test_tracks_that_stay_are_not_looked_at_again(gray, lay):
    seen = []

    def counted(frame_idx):
        seen.append(frame_idx)
        return gray(frame_idx)

    reanchoring = Reanchoring(counted, 200.0)
    tracks = truth()[:, :1].copy()
    first = reanchoring.corrected(lay, tracks, quiet)
    seen.clear()
    np.testing.assert_array_equal(reanchoring.corrected(lay, tracks, quiet), first)
    assert not seen
    tracks[5] += 0.5
    reanchoring.corrected(lay, tracks, quiet)
    assert set(seen) == {0, 5, 12}


def test_missing_positions_stay_missing(gray, lay):
    tracks = truth()[:, :1].copy()
    tracks[3] = np.nan
    assert np.isnan(Reanchoring(gray, 200.0).corrected(lay, tracks, quiet)[3]).all()
