import numpy as np
import pytest

from talpose_app.engine.flow import LucasKanade, chain, changed_stretches, flow
from talpose_app.engine.frames import FrameSource
from talpose_app.model.label import Visibility
from talpose_app.tracking.anchors import Anchors
from tests.fixtures.moving import HOMES, N_FRAMES, POINTS, every, label, shift, table, truth


@pytest.fixture
def gray(moving_video):
    source = FrameSource(str(moving_video))
    yield source.gray
    source.close()


def lay(labels, points=POINTS):
    return Anchors.from_labels(table(labels, points), (0, N_FRAMES))


def quiet(_):
    pass


def test_points_move_with_the_picture(gray):
    moved = flow(gray(3), gray(4), HOMES + shift(3), 21)
    np.testing.assert_allclose(moved, HOMES + shift(4), atol=0.2)


def test_no_points_no_flow(gray):
    assert flow(gray(0), gray(1), np.zeros((0, 2)), 21).shape == (0, 2)


def test_a_point_on_nothing_stays():
    blank = np.zeros((60, 80), np.uint8)
    np.testing.assert_array_equal(flow(blank, blank, np.array([(30.0, 20.0)]), 9), [(30.0, 20.0)])


@pytest.mark.parametrize("direction", [1, -1])
def test_a_chain_follows_and_lands_on_the_next_label(gray, direction):
    found = chain(lay(every(8)), LucasKanade(gray, 21), direction, np.arange(3), quiet)
    assert np.nanmax(np.linalg.norm(found.tracks - truth(), axis=-1)) < 0.5
    landed = np.flatnonzero(np.isfinite(found.arrived[:, 0, 0]))
    assert landed.tolist() == ([8, 16, 23] if direction > 0 else [0, 8, 16])


def test_an_occluded_label_starts_no_chain(gray):
    labels = [label(0, 0), label(0, 10, Visibility.OCCLUDED)]
    found = chain(lay(labels, POINTS[:1]), LucasKanade(gray, 21), 1, np.arange(1), quiet)
    assert np.isfinite(found.tracks[:10]).all()
    assert np.isnan(found.tracks[10:]).all()


def test_an_absent_label_ends_a_chain(gray):
    labels = [label(0, 0), label(0, 10, Visibility.ABSENT)]
    found = chain(lay(labels, POINTS[:1]), LucasKanade(gray, 21), 1, np.arange(1), quiet)
    assert np.isnan(found.tracks[10:]).all()


def test_a_follower_is_told_frames_of_the_video_and_its_points():
    told = []

    def follow(source, target, points, positions):
        told.append((source, target, points.tolist()))
        return positions

    anchors = Anchors.from_labels(table([label(0, 5), label(1, 6)], POINTS[:2]), (5, 8))
    chain(anchors, follow, 1, np.array([7, 9]), quiet)
    assert told == [(5, 6, [7]), (6, 7, [7, 9])]


def test_only_the_gaps_around_a_new_label_change():
    old = lay([label(0, 0), label(0, 8), label(0, 16), label(1, 0)], POINTS[:2])
    new = lay([label(0, 0), label(0, 4), label(0, 8), label(0, 16), label(1, 0)], POINTS[:2])
    assert changed_stretches(old, new) == [(0, 0, 9)]
    assert changed_stretches(old, old) == []
