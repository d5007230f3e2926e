import numpy as np
import pytest

from talpose_app.model.label import Label, PointId, Visibility
from talpose_app.tracking.anchors import Anchors
from talpose_app.tracking.fuse import NetworkTracks, Trust, fuse
from talpose_app.tracking.labels import LabelTable
from talpose_app.tracking.merge import Merged

POINT = PointId(1, 1)
N, DIAGONAL = 9, 1000.0


def layout(*labels):
    return Anchors.from_labels(LabelTable.from_labels((POINT,), labels), (0, N))


LABELS = (Label(POINT, 0, 0.0, 0.0), Label(POINT, 8, 8.0, 0.0))


def path(spread):
    tracks = np.zeros((N, 1, 2))
    tracks[:, 0, 0] = np.arange(N)
    return Merged(tracks, np.full((N, 1), 1.0), np.full((N, 1, 2), np.nan), np.full((N, 1), spread))


def network(offset, seen=1.0):
    tracks = path(0.0).tracks + np.where((np.arange(N) % 8 > 0)[:, None, None], offset, 0.0)
    return NetworkTracks(tracks, np.full((N, 1), seen), np.ones((N, 1)))


def test_a_path_that_is_certain_is_believed():
    fused = fuse(layout(*LABELS), path(0.0), network(20.0), DIAGONAL)
    np.testing.assert_allclose(fused.tracks, path(0.0).tracks)


def test_the_network_takes_over_where_the_path_is_uncertain():
    fused = fuse(layout(*LABELS), path(2000.0), network(20.0), DIAGONAL, Trust(1.0))
    np.testing.assert_allclose(fused.tracks[1:8, 0, 1], 20.0, atol=0.1)


def test_labels_stand_whatever_the_sources_say():
    fused = fuse(layout(*LABELS), path(50.0), network(20.0), DIAGONAL)
    np.testing.assert_array_equal(fused.tracks[[0, 8], 0], [(0, 0), (8, 0)])
    assert fused.confidence[[0, 8], 0].tolist() == [1, 1]
    assert fused.visibility[[0, 8], 0].tolist() == [True, True]


def test_visibility_is_the_networks_between_labels_and_the_users_at_them():
    labels = (LABELS[0], Label(POINT, 8, 8.0, 0.0, Visibility.OCCLUDED))
    fused = fuse(layout(*labels), path(0.0), network(0.0, seen=0.1), DIAGONAL)
    assert fused.visibility[:, 0].tolist() == [True] + [False] * 8


def test_a_path_alone_gives_tracks_too():
    fused = fuse(layout(*LABELS), path(3.0), None, DIAGONAL)
    np.testing.assert_allclose(fused.tracks, path(3.0).tracks)
    assert fused.visibility.all()


def test_where_nothing_leads_nothing_is_predicted():
    fused = fuse(layout(), path(0.0), network(0.0), DIAGONAL)
    assert np.isnan(fused.tracks).all()
    assert not fused.visibility.any()
    assert not fused.confidence.any()


def test_the_networks_share_is_half_of_its_most_at_the_spread():
    share = Trust(0.6, 0.02).share(np.array([0.0, 20.0, 1e9, np.nan]), DIAGONAL)
    assert share.tolist() == pytest.approx([0, 0.3, 0.6, 0.6], abs=1e-6)
