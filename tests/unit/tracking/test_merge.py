import numpy as np
import pytest

from talpose_app.model.label import Label, PointId
from talpose_app.tracking.anchors import Anchors
from talpose_app.tracking.labels import LabelTable
from talpose_app.tracking.merge import Chain, Merged, combine, largest_in_gap, merge_directions, pin

POINT = PointId(1, 1)
N = 9
DIAGONAL = 1000.0


def layout(frames=(0, 8), speed=2.0, jitter=0.0):
    labels = [Label(POINT, f, speed * f + jitter * (f > 0), 5.0) for f in frames]
    return Anchors.from_labels(LabelTable.from_labels((POINT,), labels), (0, N))


def path(x):
    return np.stack((np.asarray(x, float), np.full(len(x), 5.0)), axis=1)[:, None]


def landing(frame_idx, x):
    arrived = np.full((N, 1, 2), np.nan)
    arrived[frame_idx, 0] = x, 5.0
    return arrived


FRAMES = np.arange(N)


def chains(drift=0.0):
    """Forward and backward flow along 2 px a frame that drift apart, each from its own label."""
    forward = Chain(path((2 + drift) * FRAMES), landing(8, (2 + drift) * 8))
    backward = Chain(path(16 - (2 + drift) * (8 - FRAMES)), landing(0, 16 - (2 + drift) * 8))
    for chain, frame in ((forward, 8), (backward, 0)):
        chain.tracks[frame, 0] = 2 * frame, 5.0
    return forward, backward


def test_perfect_directions_are_kept():
    merged = merge_directions(layout(), *chains())
    np.testing.assert_allclose(merged.tracks, path(2 * FRAMES))
    np.testing.assert_allclose(merged.disagreement, 0, atol=1e-12)
    np.testing.assert_allclose(merged.miss[8, 0], 0, atol=1e-12)
    assert np.isnan(merged.miss[:8]).all()


def test_even_drift_is_taken_back_and_told():
    merged = merge_directions(layout(), *chains(drift=0.5))
    np.testing.assert_allclose(merged.tracks, path(2 * FRAMES))
    assert merged.disagreement[4, 0] == pytest.approx(4.0)
    np.testing.assert_allclose(merged.miss[8, 0], [-4, 0])


def test_merged_tracks_pass_through_labels():
    lay = layout(jitter=3.0)
    merged = merge_directions(lay, *chains())
    np.testing.assert_allclose(merged.tracks[[0, 8]], lay.positions[[0, 8]])


def test_one_direction_alone_is_used_as_it_is():
    lay = layout(frames=(0,))
    nothing = Chain(np.full((N, 1, 2), np.nan), np.full((N, 1, 2), np.nan))
    merged = merge_directions(lay, Chain(path(2 * FRAMES), nothing.arrived), nothing)
    np.testing.assert_allclose(merged.tracks, path(2 * FRAMES))
    assert np.isnan(merged.disagreement[1:]).all()


def source(x, disagreement):
    return Merged(path(x), np.full((N, 1), disagreement), np.full((N, 1, 2), np.nan), np.full((N, 1), np.nan))


def test_combining_follows_the_source_whose_directions_agree():
    good, bad = source(2 * FRAMES, 0.0), source(2 * FRAMES + 30, 40.0)
    combined = combine(layout(), [good, bad, good], DIAGONAL)
    assert np.abs(combined.tracks - good.tracks).max() < 0.1
    np.testing.assert_allclose(combined.disagreement, 0)


def test_combining_distrusts_the_one_that_is_far_from_the_others():
    sources = [source(2 * FRAMES, 5.0), source(2 * FRAMES, 5.0), source(2 * FRAMES + 30, 5.0)]
    assert np.abs(combine(layout(), sources, DIAGONAL).tracks - path(2 * FRAMES)).max() < 3


def test_where_no_source_leads_lines_do():
    empty = Merged(
        np.full((N, 1, 2), np.nan),
        np.full((N, 1), np.nan),
        np.full((N, 1, 2), np.nan),
        np.full((N, 1), np.nan),
    )
    np.testing.assert_allclose(combine(layout(), [empty], DIAGONAL).tracks, path(2 * FRAMES))


def test_pinning_shifts_smoothly_onto_the_labels():
    pinned = pin(layout(jitter=4.0), path(2 * FRAMES))
    np.testing.assert_allclose(pinned[:, 0, 0], 2 * FRAMES + 4.0 * FRAMES / 8)


def test_pinning_holds_the_shift_beyond_the_labels():
    pinned = pin(layout(frames=(2, 4)), path(2 * FRAMES + 7))
    np.testing.assert_allclose(pinned, path(2 * FRAMES))


def test_largest_in_gap_starts_anew_at_labels():
    values = np.array([0, 3, 1, 9, 2, 4, 0, 0, 1.0])[:, None]
    assert largest_in_gap(layout(frames=(0, 4, 8)), values)[:, 0].tolist() == [0, 0, 0, 0, 9, 0, 0, 0, 4]
