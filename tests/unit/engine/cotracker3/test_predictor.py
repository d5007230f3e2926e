"""Sizes, grids and the rules of the published predictors."""

import pytest
import torch

from talpose_app.engine.cotracker3.predictor import (
    OnlinePredictor,
    grid_queries,
    pixel_scale,
    predict_offline,
    resize_frames,
)
from tests.fixtures.golden import make_video

pytestmark = pytest.mark.engine

QUERIES = torch.tensor([[0.0, 11.0, 9.0], [3.0, 40.0, 30.5]])


@pytest.fixture
def frames():
    return torch.from_numpy(make_video(8, 48, 60, 2)).permute(0, 3, 1, 2)


def test_resizing_keeps_corner_pixels(frames):
    resized = resize_frames(frames, (95, 119))
    assert torch.equal(resized[:, :, 0, 0], frames[:, :, 0, 0].float())
    assert torch.equal(resized[:, :, -1, -1], frames[:, :, -1, -1].float())
    assert pixel_scale((48, 60), (95, 119)) == (2.0, 2.0)
    same = frames.float()
    assert resize_frames(same, (48, 60)) is same


def test_grid_runs_row_by_row_inside_a_margin():
    grid = grid_queries(2, (384, 512), 5)
    assert grid.tolist() == [[5, 8, 8], [5, 504, 8], [5, 8, 376], [5, 504, 376]]
    assert grid_queries(1, (384, 512)).tolist() == [[0, 256, 192]]
    assert grid_queries(0, (384, 512)).shape == (0, 3)


def test_queries_come_back_as_they_were(tiny, frames):
    prediction = predict_offline(tiny, frames, QUERIES, iterations=2)
    assert prediction.tracks.shape == (8, 2, 2)
    assert torch.equal(prediction.tracks[[0, 3], [0, 1]], QUERIES[:, 1:])
    assert prediction.visibility[[0, 3], [0, 1]].all()


def test_backward_pass_changes_earlier_frames_only(tiny, frames):
    forward = predict_offline(tiny, frames, QUERIES, iterations=2)
    both = predict_offline(tiny, frames, QUERIES, iterations=2, backward=True)
    assert torch.equal(both.tracks[:, 0], forward.tracks[:, 0])
    assert torch.equal(both.tracks[3:, 1], forward.tracks[3:, 1])
    assert not torch.equal(both.tracks[:3, 1], forward.tracks[:3, 1])


def test_online_chunks_grow_the_result(tiny, frames):
    predictor = OnlinePredictor(tiny, QUERIES, 1)
    assert predictor.feed(frames).tracks.shape == (8, 2, 2)
    assert predictor.feed(frames[4:]).tracks.shape == (8, 2, 2)
