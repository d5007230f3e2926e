import numpy as np
import pytest

from talpose_app.engine.flow import LucasKanade, chain
from talpose_app.engine.following import Followers, Following, stretches_to_follow
from talpose_app.engine.workers import Workers
from talpose_app.tracking.anchors import Anchors
from tests.fixtures.moving import N_FRAMES, POINTS, every, label, table

pytestmark = pytest.mark.engine


class Noting:
    """Lucas-Kanade that notes what it followed, (frame, point)."""

    def __init__(self, footage, patch=15):
        self.follow, self.seen = LucasKanade(footage.source.gray, patch), []

    def __call__(self, source, target, points, positions):
        self.seen += [(source, point) for point in points.tolist()]
        return self.follow(source, target, points, positions)


@pytest.fixture
def noting(footage):
    return Noting(footage)


@pytest.fixture
def following():
    return Following(Workers(1))


def laid_out(labels, points=POINTS):
    return Anchors.from_labels(table(labels, points), (0, N_FRAMES))


def quiet(share):
    pass


def test_points_are_followed_both_ways_from_their_labels(following, footage, noting):
    anchors = laid_out(every(8))
    (found,) = following.chains(anchors, {"one": Followers(noting, noting)}, quiet)
    for direction, got in ((+1, found.forward), (-1, found.backward)):
        alone = chain(anchors, LucasKanade(footage.source.gray, 15), direction, np.arange(3), quiet)
        np.testing.assert_array_equal(got.tracks, alone.tracks)
        np.testing.assert_array_equal(got.arrived, alone.arrived)


def test_the_same_labels_are_not_followed_again_but_a_new_way_is(following, footage, noting):
    anchors = laid_out(every(8))
    following.chains(anchors, {"one": Followers(noting, noting)}, quiet)
    noting.seen.clear()
    other = Noting(footage, 21)
    ways = {"other": Followers(other, other), "one": Followers(noting, noting)}
    found = following.chains(anchors, ways, quiet)
    assert noting.seen == []
    assert other.seen
    assert (found[0].forward.tracks != found[1].forward.tracks).any()


def test_a_new_label_is_followed_through_its_gap_as_from_afresh(following, noting):
    more = laid_out([*every(8), label(0, 20)])
    ways = {"one": Followers(noting, noting)}
    following.chains(laid_out(every(8)), ways, quiet)
    noting.seen.clear()
    (found,) = following.chains(more, ways, quiet)
    assert {point for _, point in noting.seen} == {0}
    assert min(frame for frame, _ in noting.seen) >= 16
    (fresh,) = Following(Workers(1)).chains(more, ways, quiet)
    np.testing.assert_array_equal(found.forward.tracks, fresh.forward.tracks)
    np.testing.assert_array_equal(found.backward.arrived, fresh.backward.arrived)


def test_what_was_stopped_is_found_anew(following, noting):
    def stop(share):
        if share > 0.3:
            raise KeyboardInterrupt

    ways = {"one": Followers(noting, noting)}
    following.chains(laid_out(every(8)), ways, quiet)
    with pytest.raises(KeyboardInterrupt):
        following.chains(laid_out(every(6)), ways, stop)
    (found,) = following.chains(laid_out(every(6)), ways, quiet)
    (fresh,) = Following(Workers(1)).chains(laid_out(every(6)), ways, quiet)
    np.testing.assert_array_equal(found.forward.tracks, fresh.forward.tracks)


def test_shares_only_grow_up_to_the_end(following, footage, noting):
    told, other = [], Noting(footage, 21)
    following.chains(laid_out(every(8)), {"one": Followers(noting, noting)}, quiet)
    more = laid_out([*every(8), label(0, 20), label(1, 12)])
    ways = {"one": Followers(noting, noting), "other": Followers(other, other)}
    following.chains(more, ways, told.append)
    assert told == sorted(told)
    assert told[0] < 0.1
    assert 0.9 < told[-1] <= 1.0


def test_many_changes_are_followed_together():
    few, many = laid_out([*every(8), label(0, 20)]), laid_out(every(3))
    old = laid_out(every(8))
    assert stretches_to_follow(old, few) == [(0, 16, 24)]
    assert stretches_to_follow(old, many) is None
    assert stretches_to_follow(None, many) is None
    assert stretches_to_follow(old, old) == []
