import numpy as np
import pytest

from talpose_app.engine import scales
from talpose_app.engine.evidence import THOROUGH_AND_QUICK, PathEvidence
from talpose_app.engine.scales import ScaledPaths
from talpose_app.model.label import Visibility
from talpose_app.tracking.anchors import Anchors
from talpose_app.tracking.consensus import consensus
from tests.fixtures.moving import N_FRAMES, POINTS, every, label, table, truth

pytestmark = pytest.mark.engine


def lay(labels):
    return Anchors.from_labels(table(labels, POINTS), (0, N_FRAMES))


@pytest.fixture
def three_scales(monkeypatch):
    monkeypatch.setitem(scales._OTHER_SCALES, "residual", (0.5, 1.5))


@pytest.mark.usefixtures("three_scales")
def test_paths_pass_exactly_through_the_labels_at_all_scales(tiny_network, footage):
    labels = every(8)
    told = []
    found = ScaledPaths(tiny_network, footage, N_FRAMES, PathEvidence(footage)).merged(
        lay(labels), lambda stage, share: told.append((stage, share))
    )
    # Features of a tiny untrained network at half the size are as rough as can be.
    assert np.linalg.norm(found.tracks - truth(), axis=-1).max() < 2.0
    for one in labels:
        assert tuple(found.tracks[one.frame_idx, POINTS.index(one.point)]) == (one.x, one.y)
    for stage in ("features", "paths"):
        shares = [share for name, share in told if name == stage]
        assert shares == sorted(shares)
        assert shares[-1] > 2 / 3


@pytest.mark.usefixtures("three_scales")
def test_changed_labels_give_the_same_as_starting_afresh(tiny_network, footage):
    kept = ScaledPaths(tiny_network, footage, N_FRAMES, PathEvidence(footage))
    kept.merged(lay(every(8)), lambda *_: None)
    changed = lay([*every(8), label(0, 4, Visibility.OCCLUDED)])
    fresh = ScaledPaths(tiny_network, footage, N_FRAMES, PathEvidence(footage)).merged(
        changed, lambda *_: None
    )
    np.testing.assert_allclose(
        kept.merged(changed, lambda *_: None).tracks, fresh.tracks, atol=0.05, equal_nan=True
    )


@pytest.mark.usefixtures("three_scales")
def test_a_long_video_is_looked_at_in_one_resolution(tiny_network, footage, templates, layout):
    long = ScaledPaths(tiny_network, footage, 10**9, PathEvidence(footage)).merged(layout, lambda *_: None)
    alone = PathEvidence(footage, THOROUGH_AND_QUICK).merged(layout, templates, lambda _: None)
    expected = consensus(layout, alone, np.hypot(*footage.source.size))
    np.testing.assert_array_equal(long.tracks, expected.tracks)
