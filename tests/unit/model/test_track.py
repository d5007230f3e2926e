"""Tracks are replaced stretch by stretch, and say who made which."""

import numpy as np
import pytest

from talpose_app.model.track import Provenance, Track


def piece(n_frames: int, value: float) -> Track:
    return Track(
        np.full((n_frames, 2), value, np.float32),
        np.ones(n_frames, np.bool_),
        np.full(n_frames, 0.5, np.float32),
    )


def test_an_empty_track_predicts_nothing():
    track = Track.empty(4)
    assert np.isnan(track.positions).all()
    assert not track.visibility.any()
    assert track.provenance == ()


def test_replacing_touches_the_stretch_and_nothing_else():
    track = Track.empty(6).replaced(0, piece(6, 1.0), run_id=1).replaced(2, piece(2, 9.0), run_id=2)
    assert track.positions[:, 0].tolist() == [1, 1, 9, 9, 1, 1]
    assert track.provenance == (Provenance(0, 2, 1), Provenance(2, 4, 2), Provenance(4, 6, 1))


def test_replacing_over_an_edge_shortens_the_older_stretch():
    track = Track.empty(6).replaced(0, piece(3, 1.0), run_id=1).replaced(2, piece(4, 2.0), run_id=2)
    assert track.provenance == (Provenance(0, 2, 1), Provenance(2, 6, 2))


def test_replacing_makes_a_new_track():
    old = piece(4, 1.0)
    old.replaced(0, piece(4, 2.0), run_id=1)
    assert (old.positions == 1.0).all()


def test_arrays_cannot_be_written():
    with pytest.raises(ValueError, match="read-only"):
        piece(3, 1.0).positions[0] = 5.0


def test_equality_compares_every_array_and_takes_nan_for_equal():
    assert Track.empty(3) == Track.empty(3)
    assert piece(3, 1.0) != piece(3, 2.0)
    assert piece(3, 1.0) != "a track"
    with pytest.raises(TypeError):
        hash(piece(3, 1.0))


def test_arrays_of_different_length_are_a_programming_error():
    with pytest.raises(ValueError, match="disagree"):
        Track(np.zeros((3, 2), np.float32), np.zeros(4, np.bool_), np.zeros(3, np.float32))
