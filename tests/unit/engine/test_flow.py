import numpy as np
import pytest

from talpose_app.engine.flow import FlowEvidence, chain, flow
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
    found = chain(lay(every(8)), gray, direction, 21, quiet)
    assert np.nanmax(np.linalg.norm(found.tracks - truth(), axis=-1)) < 0.5
    landed = np.flatnonzero(np.isfinite(found.arrived[:, 0, 0]))
    assert landed.tolist() == ([8, 16, 23] if direction > 0 else [0, 8, 16])


def test_an_occluded_label_starts_no_chain(gray):
    labels = [label(0, 0), label(0, 10, Visibility.OCCLUDED)]
    found = chain(lay(labels, POINTS[:1]), gray, 1, 21, quiet)
    assert np.isfinite(found.tracks[:10]).all()
    assert np.isnan(found.tracks[10:]).all()


def test_an_absent_label_ends_a_chain(gray):
    labels = [label(0, 0), label(0, 10, Visibility.ABSENT)]
    found = chain(lay(labels, POINTS[:1]), gray, 1, 21, quiet)
    assert np.isnan(found.tracks[10:]).all()


def test_changed_labels_give_the_same_as_starting_afresh(gray):
    evidence = FlowEvidence(gray, (9, 21), 200.0)
    evidence.merged(lay([label(0, 0), label(0, 16), label(1, 4)], POINTS[:2]), quiet)
    for labels in (
        [label(0, 0), label(0, 6), label(0, 16), label(1, 4)],  # added
        [label(0, 0), label(0, 6), label(0, 16), label(1, 5)],  # moved in time
        [label(0, 0), label(0, 6, Visibility.OCCLUDED), label(0, 16), label(1, 5)],  # hidden
        [label(0, 16), label(1, 5)],  # deleted
    ):
        changed = evidence.merged(lay(labels, POINTS[:2]), quiet)
        fresh = FlowEvidence(gray, (9, 21), 200.0).merged(lay(labels, POINTS[:2]), quiet)
        np.testing.assert_allclose(changed.tracks, fresh.tracks)
        np.testing.assert_allclose(changed.disagreement, fresh.disagreement)
        np.testing.assert_allclose(changed.miss, fresh.miss)


def test_one_new_label_is_followed_through_its_own_gaps_only(gray):
    seen = []

    def counted(frame_idx):
        seen.append(frame_idx)
        return gray(frame_idx)

    evidence = FlowEvidence(counted, (21,), 200.0)
    evidence.merged(lay([label(0, 0), label(0, 8), label(0, 16)], POINTS[:1]), quiet)
    seen.clear()
    evidence.merged(lay([label(0, 0), label(0, 4), label(0, 8), label(0, 16)], POINTS[:1]), quiet)
    assert set(seen) == set(range(9))


def test_it_can_be_stopped_between_frames(gray):
    def stop(share):
        if share > 0.5:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        FlowEvidence(gray, (9,), 200.0).merged(lay(every(8)), stop)
