"""Encodings of motion and time."""

import math

import pytest
import torch

from talpose_app.engine.cotracker3.tokens import motion_encoding, time_embedding, time_table

pytestmark = pytest.mark.engine


def test_motion_is_differences_then_octaves():
    coords = torch.tensor([[[0.0, 0.0], [8.0, 3.0], [8.0, 7.0]]])
    encoded = motion_encoding(coords, (16.0, 8.0), 2)
    assert encoded.shape == (1, 3, 4 + 16)
    middle = encoded[0, 1]
    motion = [0.0, -0.5, 0.5, 0.375]
    assert middle[:4].tolist() == motion
    doubled = [2 * v for v in motion]
    expected = [math.sin(v) for v in motion + doubled] + [math.cos(v) for v in motion + doubled]
    torch.testing.assert_close(middle[4:], torch.tensor(expected))
    assert encoded[0, 0, 2:4].tolist() == [0.0, 0.0]
    assert encoded[0, 2, :2].tolist() == [0.0, 0.0]


def test_single_frame_does_not_move():
    assert motion_encoding(torch.rand(2, 1, 2), (4.0, 4.0), 1)[..., :4].abs().max() == 0


def test_time_embedding_is_stretched_only_when_needed():
    table = time_table(8, 6)
    assert table.shape == (1, 8, 6)
    assert table[0, 0].tolist() == [0.0, 0.0, 0.0, 1.0, 1.0, 1.0]
    assert time_embedding(table, 8) is table
    longer = time_embedding(table, 16)
    assert longer.shape == (1, 16, 6)
    assert torch.equal(longer[0, 0], table[0, 0])
