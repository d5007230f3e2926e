import numpy as np
import pytest

from talpose_app.tracking.anchors import Anchors
from talpose_app.tracking.orientation import orientation

N_FRAMES = 30
TURNING = np.linspace(0.0, 2.5, N_FRAMES)


def body(n_points, seed=1):
    """Points about the origin, (n_points,), complex."""
    rng = np.random.default_rng(seed)
    return rng.uniform(-40, 40, n_points) + 1j * rng.uniform(-40, 40, n_points)


def moving(places, turning=TURNING, to=200 + 150j):
    """A body that turns while it moves; (N_FRAMES, n_points), complex."""
    return to + np.linspace(0, 60, N_FRAMES)[:, None] + places * np.exp(1j * turning)[:, None]


def found(places, labeled_at=(0,)):
    tracks = np.stack((places.real, places.imag), axis=-1)
    codes = np.full(places.shape, -1)
    codes[list(labeled_at)] = 2
    positions = np.where((codes == 2)[..., None], tracks, np.nan)
    return orientation(Anchors._from_codes(0, positions, codes), tracks)


def turn_from_start(angles):
    return np.angle(np.exp(1j * (angles - angles[:1])))


def test_a_body_that_turns_is_seen_to_turn():
    np.testing.assert_allclose(turn_from_start(found(moving(body(6)))), TURNING[:, None] + np.zeros(6))


def test_what_frame_it_is_compared_with_does_not_matter():
    angles = found(moving(body(6)), labeled_at=(17,))
    np.testing.assert_allclose(turn_from_start(angles), TURNING[:, None] + np.zeros(6))


def test_limbs_that_swing_are_outvoted():
    places = moving(body(9))
    places[:, 0] += 25 * np.sin(np.arange(N_FRAMES)) + 25j * np.cos(np.arange(N_FRAMES))
    places[10:, 1] = 30 - 40j
    apart = np.abs(turn_from_start(found(places)) - TURNING[:, None])
    assert apart.max() < np.deg2rad(11.25)


def test_two_animals_turn_each_by_itself():
    other = np.linspace(0.0, -1.5, N_FRAMES)
    places = np.hstack((moving(body(10)), moving(body(10, seed=2), other, to=700 + 400j)))
    turn = turn_from_start(found(places))
    np.testing.assert_allclose(turn[:, :10], TURNING[:, None] + np.zeros(10))
    np.testing.assert_allclose(turn[:, 10:], other[:, None] + np.zeros(10))


@pytest.mark.parametrize("n_points", [1, 2])
def test_fewer_than_three_points_tell_nothing(n_points):
    assert not found(moving(body(n_points))).any()


def test_frames_that_do_not_tell_are_as_the_nearest_that_do():
    places = moving(body(5))
    places[10:14] = np.nan
    rng = np.random.default_rng(3)
    places[20:22] = 100 * (rng.normal(size=(2, 5)) + 1j * rng.normal(size=(2, 5)))
    turn = turn_from_start(found(places))
    expected = TURNING.copy()
    expected[10:12], expected[12:14] = TURNING[9], TURNING[14]
    np.testing.assert_allclose(turn[:20], expected[:20, None] + np.zeros(5))
    np.testing.assert_allclose(turn[22:], TURNING[22:, None] + np.zeros(5))


def test_points_without_tracks_are_not_turned_and_no_hindrance():
    places = np.hstack((moving(body(5)), np.full((N_FRAMES, 1), np.nan)))
    angles = found(places)
    assert not angles[:, 5].any()
    np.testing.assert_allclose(turn_from_start(angles)[:, :5], TURNING[:, None] + np.zeros(5))
