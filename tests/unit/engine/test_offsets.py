import pytest
import torch

from talpose_app.engine.offsets import OffsetGrid, likelihood, normalized

pytestmark = pytest.mark.engine


@pytest.fixture
def grid():
    return OffsetGrid.make(torch.device("cpu"))


def test_the_middle_of_the_grid_is_the_center(grid):
    side = grid.places.shape[0]
    assert grid.places[side // 2, side // 2].tolist() == [0, 0]
    assert grid.places[0, 1, 0] - grid.places[0, 0, 0] == grid.step


def test_a_belief_near_a_place_has_its_mean_there(grid):
    belief = normalized(grid.near(torch.tensor([[1.5, -2.0]]), torch.tensor([0.2])))
    mean, deviation = grid.moments(belief)
    torch.testing.assert_close(mean, torch.tensor([[1.5, -2.0]]), atol=0.1, rtol=0)
    wider = grid.moments(normalized(grid.near(torch.tensor([[1.5, -2.0]]), torch.tensor([1.0]))))[1]
    assert wider > deviation


def test_a_step_spreads_but_keeps_the_sum(grid):
    kernel = grid.steps(0.5)
    assert kernel.sum().item() == pytest.approx(1.0)
    assert kernel.flatten().argmax() == kernel.numel() // 2


def test_the_best_response_is_the_likeliest():
    responses = torch.tensor([[[0.1, 0.9], [0.5, -1.0]]])
    likely = likelihood(responses, 10.0, 1e-3)
    assert likely.max().item() == pytest.approx(1.001)
    assert likely.flatten().argmax() == 1
