from dataclasses import replace

import numpy as np
import pytest

from talpose_app.model.label import Label, PointId, Visibility
from talpose_app.tracking import consensus as module
from talpose_app.tracking.anchors import Anchors
from talpose_app.tracking.labels import LabelTable
from talpose_app.tracking.merge import Merged

DIAGONAL = 500.0  # so that 4 px are the same


def path(x, spread):
    shape = np.shape(spread)
    tracks = np.stack((np.broadcast_to(x, shape).astype(float), np.zeros(shape)), axis=-1)
    return Merged(tracks, np.zeros(shape), np.zeros((*shape, 2)), np.asarray(spread, float))


def consensus(paths, diagonal=DIAGONAL, labeled=0):
    """Of points that are labeled on one frame."""
    n_frames, n_points = paths[0].spread.shape
    points = [PointId(1, idx + 1) for idx in range(n_points)]
    labels = [Label(point, labeled, 0.0, 0.0, Visibility.VISIBLE) for point in points]
    anchors = Anchors.from_labels(LabelTable.from_labels(points, labels), (0, n_frames))
    return module.consensus(anchors, paths, diagonal)


def test_of_paths_near_each_other_the_surer_one_counts_more():
    found = consensus([path(0.0, [[1.0]]), path(1.0, [[3.0]])])
    assert 0.0 < found.tracks[0, 0, 0] < 0.2
    assert 1.0 < found.spread[0, 0] < 2.0


def test_what_most_say_is_kept_and_the_others_make_it_doubtful():
    agreeing = [path(0.0, [[2.0]]), path(1.0, [[2.0]])]
    found = consensus([path(100.0, [[2.0]]), *agreeing])
    assert found.tracks[0, 0, 0] == pytest.approx(0.5, abs=0.05)
    assert found.spread[0, 0] > 50.0
    assert consensus(agreeing).spread[0, 0] < 3.0


def test_of_two_that_contradict_each_other_the_surer_one_is_kept():
    found = consensus([path(0.0, [[1.0]]), path(100.0, [[3.0]])])
    assert found.tracks[0, 0, 0] == pytest.approx(0.0)
    assert found.spread[0, 0] > 20.0


def test_paths_change_sides_only_when_votes_do_for_long():
    still, other = path(0.0, np.full((40, 1), 2.0)), path(100.0, np.full((40, 1), 3.0))
    other.spread[20] = 1.0
    assert consensus([still, other]).tracks[..., 0].max() < 1.0
    other.spread[20:] = 1.0
    x = consensus([still, other]).tracks[:, 0, 0]
    assert (x[:15] < 1.0).all()
    assert (x[25:] > 99.0).all()


def test_votes_do_not_cross_a_label():
    ones, others = path(0.0, np.full((40, 1), 2.0)), path(100.0, np.full((40, 1), 2.0))
    ones.spread[20:], others.spread[:20] = 3.0, 3.0
    x = consensus([ones, others], labeled=20).tracks[:, 0, 0]
    assert (x[:20] < 1.0).all()
    assert (x[20:] > 99.0).all()


def test_points_do_not_vote_for_each_other():
    ones = path(np.array([0.0, 7.0]), [[1.0, 3.0]] * 9)
    others = path(np.array([50.0, 60.0]), [[3.0, 1.0]] * 9)
    np.testing.assert_allclose(consensus([ones, others]).tracks[4, :, 0], [0.0, 60.0], atol=1e-6)


def test_equal_paths_come_out_as_they_are():
    one = path(1 / 3, [[0.7]])
    found = consensus([one, replace(one, spread=np.array([[0.1]])), one])
    assert found.tracks[0, 0, 0] == 1 / 3


def test_points_without_labels_have_no_path():
    nowhere = path(np.nan, [[np.nan]])
    assert np.isnan(consensus([nowhere, nowhere]).tracks[..., 0]).all()


def test_one_path_is_what_it_is():
    one = path(5.0, [[1.0]])
    assert consensus([one]) is one
