import numpy as np
import pytest

from talpose_app.model.label import Label, PointId
from talpose_app.tracking.anchors import Anchors
from talpose_app.tracking.click_noise import click_variance, follow_video, without_click_noise
from talpose_app.tracking.labels import LabelTable
from talpose_app.tracking.merge import Merged

N_POINTS, N_LABELS, STEP = 12, 11, 10
N_FRAMES = STEP * (N_LABELS - 1) + 1
DIAGONAL = 500.0


def scene(rng, sigma):
    """Still points, clicked with an error of sigma; flow sees that they stand still."""
    points = tuple(PointId(1, idx) for idx in range(N_POINTS))
    errors = rng.normal(0, sigma, (N_LABELS, N_POINTS, 2))
    labels = [
        Label(points[p], STEP * k, 100 + errors[k, p, 0], 100 + errors[k, p, 1])
        for k in range(N_LABELS)
        for p in range(N_POINTS)
    ]
    anchors = Anchors.from_labels(LabelTable.from_labels(points, labels), (0, N_FRAMES))
    miss = np.full((N_FRAMES, N_POINTS, 2), np.nan)
    miss[STEP::STEP] = np.diff(anchors.positions[::STEP], axis=0)
    tracks = np.empty((N_FRAMES, N_POINTS, 2))
    for p in range(N_POINTS):
        for axis in range(2):
            at = anchors.positions[::STEP, p, axis]
            tracks[:, p, axis] = np.interp(np.arange(N_FRAMES), np.arange(N_LABELS) * STEP, at)
    return anchors, Merged(
        tracks, np.zeros((N_FRAMES, N_POINTS)), miss, np.full((N_FRAMES, N_POINTS), np.nan)
    )


def test_the_variance_of_clicks_is_found_cautiously(rng):
    anchors, flow = scene(rng, 0.8)
    assert click_variance(anchors, flow, DIAGONAL) == pytest.approx(0.5 * 0.8**2, rel=0.35)


def test_drift_is_not_taken_for_clicks(rng):
    anchors, flow = scene(rng, 0.0)
    flow.miss[STEP::STEP] = 1.0  # every gap drifts the same way
    assert click_variance(anchors, flow, DIAGONAL) == 0.0


def test_too_few_labels_tell_nothing(rng):
    anchors, flow = scene(rng, 0.8)
    flow.miss[3 * STEP :] = np.nan
    flow.miss[:, 6:] = np.nan
    assert click_variance(anchors, flow, DIAGONAL) == 0.0


def test_tracks_between_labels_come_nearer_to_the_truth(rng):
    anchors, flow = scene(rng, 0.8)
    shifted = follow_video(anchors, flow, flow.tracks, 0.8**2)
    middle = np.arange(N_FRAMES) % STEP > 2
    assert np.abs(shifted - 100)[middle].mean() < 0.85 * np.abs(flow.tracks - 100)[middle].mean()


def test_tracks_still_pass_through_the_labels(rng):
    anchors, flow = scene(rng, 0.8)
    shifted = follow_video(anchors, flow, flow.tracks, 0.8**2)
    np.testing.assert_array_equal(shifted[::STEP], flow.tracks[::STEP])


def test_the_estimate_is_what_tracks_are_shifted_by(rng):
    anchors, flow = scene(rng, 0.8)
    cleaned = without_click_noise(anchors, flow, DIAGONAL)
    variance = click_variance(anchors, flow, DIAGONAL)
    np.testing.assert_array_equal(cleaned.tracks, follow_video(anchors, flow, flow.tracks, variance))
    assert (cleaned.tracks != flow.tracks).any()
    assert cleaned.spread is flow.spread


def test_without_noise_nothing_moves(rng):
    anchors, flow = scene(rng, 0.8)
    np.testing.assert_array_equal(follow_video(anchors, flow, flow.tracks, 0.0), flow.tracks)


def test_a_gap_in_which_flow_slipped_joins_nothing(rng):
    anchors, flow = scene(rng, 0.0)
    flow.miss[5 * STEP, :, 0] = 40.0
    shifted = follow_video(anchors, flow, flow.tracks, 0.3)
    assert np.abs(shifted - flow.tracks).max() < 0.1
