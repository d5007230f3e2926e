"""A bend passes through the labels, reaches no farther than it should, and is the same on the page."""

import json
import os
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from talpose_app.model.bend import HALF_AFTER, REACH, bent
from talpose_app.model.label import Label, Visibility, absent_label
from talpose_app.model.track import Provenance, Track
from tests.fixtures.projects import NOSE

GOLDEN = Path(__file__).parents[2] / "golden" / "bends.json"
N_FRAMES = 60


def straight(doubt=0.25, n_frames=N_FRAMES, known=()):
    """A track along y = 0 at 2 pixels a frame; sure at the frames whose labels it was made from."""
    positions = np.stack([2.0 * np.arange(n_frames), np.zeros(n_frames)], axis=1).astype(np.float32)
    confidence = np.full(n_frames, 1 - doubt, np.float32)
    confidence[list(known)] = 1.0
    return Track(positions, np.ones(n_frames, np.bool_), confidence, (Provenance(0, n_frames, 1),))


def at(frame_idx, y=0.0, x=None, visibility=Visibility.VISIBLE):
    return Label(NOSE, frame_idx, 2.0 * frame_idx if x is None else x, y, visibility)


def by_frame(*labels):
    return {label.frame_idx: label for label in labels}


def test_a_track_made_from_the_labels_is_left_as_it_is():
    track = straight(known=(10, 40))
    assert bent(track, {}) is track
    assert bent(track, by_frame(at(10), at(40))) is track


def test_a_new_label_bends_its_surroundings_and_pins_its_frame():
    track = straight(known=(0, 59))
    after = bent(track, by_frame(at(0), at(30, y=8.0, x=61.1), at(59)))
    assert after.positions[30].tolist() == np.float32([61.1, 8.0]).tolist()
    lifted = after.positions[:, 1]
    changed = np.flatnonzero((after.positions != track.positions).any(axis=1))
    assert changed.tolist() == list(range(30 - REACH + 1, 30 + REACH))
    assert (np.diff(lifted[30 - REACH : 31]) > 0).all()
    assert (np.diff(lifted[30 : 31 + REACH]) < 0).all()
    assert after.provenance == track.provenance


def test_other_labels_and_what_lies_behind_them_stay():
    track = straight(known=(26, 33))
    after = bent(track, by_frame(at(26), at(30, y=8.0), at(33)))
    changed = np.flatnonzero((after.positions != track.positions).any(axis=1))
    assert changed.tolist() == [27, 28, 29, 30, 31, 32]


def test_a_bend_falls_off_where_the_track_is_in_doubt():
    track = straight(doubt=0.0, known=(25, 35))
    confidence = track.confidence.copy()
    confidence[27] = 0.1
    doubtful = Track(track.positions.copy(), track.visibility.copy(), confidence, track.provenance)
    labels = by_frame(at(25), at(30, y=10.0), at(35))
    after, evenly = bent(doubtful, labels).positions[:, 1], bent(track, labels).positions[:, 1]
    assert after[28] > evenly[28]
    assert after[26] < evenly[26]
    assert after[28] - after[26] > 7.0


def test_beyond_the_last_label_half_is_left_after_a_while():
    track = straight(n_frames=200, known=(0,))
    after = bent(track, by_frame(at(0), at(100, y=8.0)))
    assert after.positions[100 + HALF_AFTER, 1] == 4.0
    assert after.positions[101, 1] > 7.8
    np.testing.assert_array_equal(after.confidence[101:], track.confidence[101:])


def test_a_single_label_bends_both_ways():
    after = bent(straight(), by_frame(at(30, y=8.0)))
    assert (after.positions[:, 1] > 4.0).all()


def test_confidence_rises_beside_the_label_by_less_than_certainty():
    track = straight(doubt=0.5, known=(0, 59))
    after = bent(track, by_frame(at(0), at(30, y=8.0), at(59)))
    assert after.confidence[30] == 1.0
    assert 0.5 < after.confidence[25] < after.confidence[29] < 0.75
    np.testing.assert_array_equal(after.confidence[:21], track.confidence[:21])


def test_a_confirmed_prediction_moves_nothing_and_is_surer():
    track = straight(doubt=0.5, known=(0, 59))
    after = bent(track, by_frame(at(0), at(30), at(59)))
    np.testing.assert_array_equal(after.positions, track.positions)
    assert after.confidence[30] == 1.0
    assert after.confidence[29] > 0.5


def test_visibility_is_the_labels_at_its_frame_only():
    track = straight(known=(30,))
    after = bent(track, by_frame(at(30, visibility=Visibility.OCCLUDED)))
    assert np.flatnonzero(~after.visibility).tolist() == [30]
    np.testing.assert_array_equal(after.positions, track.positions)
    np.testing.assert_array_equal(after.confidence, track.confidence)


def test_gaps_and_absent_labels_end_a_stretch():
    track = straight(known=(0, 59))
    positions = track.positions.copy()
    positions[35] = np.nan
    broken = Track(positions, track.visibility.copy(), track.confidence.copy(), track.provenance)
    labels = by_frame(at(0), absent_label(NOSE, 25), at(30, y=8.0), at(59))
    after = bent(broken, labels)
    changed = np.flatnonzero((after.positions != broken.positions).any(axis=1)).tolist()
    assert changed == [26, 27, 28, 29, 30, 31, 32, 33, 34, 35]  # a missing position differs from itself
    assert np.isnan(after.positions[35]).all()


def test_a_label_at_the_end_of_the_world_is_passed_through():
    after = bent(straight(), by_frame(at(30, y=1e300)))
    assert after.positions[30, 1] == np.inf


def test_a_label_where_nothing_is_predicted_bends_nothing():
    empty = Track.empty(N_FRAMES)
    assert bent(empty, by_frame(at(30, y=8.0))) is empty


def test_two_corrections_in_a_row_are_both_passed_through():
    track = straight(known=(0, 59))
    after = bent(track, by_frame(at(0), at(28, y=8.0), at(32, y=-8.0), at(59)))
    assert (after.positions[28, 1], after.positions[32, 1]) == (8.0, -8.0)
    assert after.positions[30, 1] == pytest.approx(0.0, abs=1e-5)


labels_strategy = st.dictionaries(
    st.integers(0, 39),
    st.one_of(
        st.just(None),
        st.tuples(st.floats(-50, 200), st.floats(-50, 200), st.sampled_from(["visible", "occluded"])),
    ),
    max_size=8,
)


@settings(max_examples=200, deadline=None)
@given(drawn=labels_strategy, seed=st.integers(0, 10_000))
def test_labels_are_passed_through_and_each_gap_hears_of_its_own_labels_only(drawn, seed):
    track, labels = random_track(seed), drawn_labels(drawn)
    after = bent(track, labels)
    placed = [i for i, label in labels.items() if label.has_position and np.isfinite(track.positions[i, 0])]
    for i in placed:
        assert after.positions[i].tolist() == np.float32([labels[i].x, labels[i].y]).tolist()
        assert (after.confidence[i], after.visibility[i]) == (1.0, labels[i].visibility == "visible")
    np.testing.assert_array_equal(np.isnan(after.positions), np.isnan(track.positions))
    is_beside = after.confidence != track.confidence
    assert ((after.confidence >= 0) & (after.confidence <= 1) | ~is_beside | np.isnan(track.confidence)).all()
    if placed:
        last = max(placed)
        fewer = bent(track, {i: label for i, label in labels.items() if i != last})
        before = max((i for i in placed if i < last), default=-1)
        np.testing.assert_array_equal(after.positions[: before + 1], fewer.positions[: before + 1])


def random_track(seed, n_frames=40):
    rng = np.random.default_rng(seed)
    positions = rng.normal(100, 40, (n_frames, 2)).astype(np.float32)
    positions[rng.random(n_frames) < 0.1] = np.nan
    confidence = rng.random(n_frames).astype(np.float32)
    confidence[rng.random(n_frames) < 0.1] = np.nan
    confidence[rng.random(n_frames) < 0.1] = 3.0
    return Track(positions, rng.random(n_frames) > 0.3, confidence)


def drawn_labels(drawn):
    return by_frame(
        *(
            absent_label(NOSE, i) if place is None else Label(NOSE, i, *place[:2], Visibility(place[2]))
            for i, place in drawn.items()
        )
    )


def example(seed):
    """What the page's test is given too, floats as their shortest decimals."""
    rng = np.random.default_rng(seed)
    track = random_track(seed)
    frames = sorted(rng.choice(40, 7, replace=False).tolist())
    labels = {}
    for number, i in enumerate(frames):
        x, y = rng.normal(100, 40, 2).tolist()
        if number % 3 == 2 and np.isfinite(track.positions[i, 0]):
            x, y = track.positions[i].tolist()
        labels[i] = Label(NOSE, i, x, y, Visibility.OCCLUDED if number % 4 == 1 else Visibility.VISIBLE)
    if seed % 2:
        labels[frames[3]] = absent_label(NOSE, frames[3])
    return track, labels


def plain(track):
    return {
        "positions": track.positions.astype("<f4").tobytes().hex(),
        "visibility": track.visibility.astype("u1").tobytes().hex(),
        "confidence": track.confidence.astype("<f4").tobytes().hex(),
    }


def test_golden_examples_are_what_the_page_is_held_to():
    found = []
    for seed in range(12):
        track, labels = example(seed)
        rows = [
            {"frame_idx": i, "x": x.x if x.has_position else None, "y": x.y if x.has_position else None,
             "visibility": x.visibility.value}
            for i, x in sorted(labels.items())
        ]  # fmt: skip
        found.append({"made": plain(track), "labels": rows, "bent": plain(bent(track, labels))})
    if "TALPOSE_WRITE_GOLDEN" in os.environ:
        GOLDEN.write_text(json.dumps(found, indent=1) + "\n")
    assert found == json.loads(GOLDEN.read_text())
