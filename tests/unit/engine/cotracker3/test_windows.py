"""Windows and correlations against the plain definition: bilinear sampling with repeated borders."""

import pytest
import torch
import torch.nn.functional as F

from talpose_app.engine.cotracker3 import windows
from talpose_app.engine.cotracker3.windows import correlate, sample_windows

pytestmark = pytest.mark.engine

RADIUS = 3


@pytest.fixture(params=[1, 2**20], ids=["point by point", "at once"], autouse=True)
def _in_parts(monkeypatch, request):
    monkeypatch.setattr(windows, "_PART", request.param)


def sampled_one_by_one(maps, frame_idx, points):
    """Windows by torch's own grid sampling; (M, 49, C), x offsets first."""
    _, height, width, _ = maps.shape
    offsets = torch.arange(-RADIUS, RADIUS + 1.0, dtype=maps.dtype)
    dx, dy = torch.meshgrid(offsets, offsets, indexing="ij")
    grid = points[:, None, None] + torch.stack((dx, dy), -1)
    grid = grid / torch.tensor([width - 1, height - 1], dtype=maps.dtype) * 2 - 1
    images = maps[frame_idx].permute(0, 3, 1, 2)
    sampled = F.grid_sample(images, grid, padding_mode="border", align_corners=True)
    return sampled.permute(0, 2, 3, 1).flatten(1, 2)


@pytest.fixture
def maps():
    torch.manual_seed(1)
    return torch.randn(3, 11, 14, 5, dtype=torch.float64)


POINTS = torch.tensor(
    [[6.3, 5.8], [0.0, 0.0], [13.0, 10.0], [-4.2, 3.0], [15.9, 12.4], [12.999, 0.001], [200.0, -90.0]],
    dtype=torch.float64,
)


def test_windows_equal_bilinear_sampling_even_outside(maps):
    frame_idx = torch.tensor([0, 1, 2, 0, 1, 2, 0])
    sampled = sample_windows(maps, frame_idx, POINTS, RADIUS)
    torch.testing.assert_close(sampled, sampled_one_by_one(maps, frame_idx, POINTS))


@pytest.mark.parametrize("changes_over_time", [False, True])
def test_correlation_is_all_inner_products(maps, changes_over_time):
    points = torch.stack([POINTS + shift for shift in (0.0, 0.4, -1.7)], dim=1)
    shape = (3, 7, 49, 5) if changes_over_time else (7, 49, 5)
    support = torch.randn(shape, dtype=torch.float64)
    volume = correlate(maps, points, support, RADIUS)
    for t in range(3):
        sampled = sampled_one_by_one(maps, torch.full((7,), t), points[:, t])
        template = support[t] if changes_over_time else support
        expected = torch.einsum("nac,nbc->nab", sampled, template).flatten(1)
        torch.testing.assert_close(volume[:, t], expected)


@pytest.mark.parametrize("maps_learn", [False, True])
@pytest.mark.parametrize("shape", [(1, 9, 2), (2, 1, 9, 2)])
def test_correlation_is_differentiable_in_maps_and_support(shape, maps_learn):
    torch.manual_seed(2)
    maps = torch.randn(2, 5, 6, 2, dtype=torch.float64, requires_grad=maps_learn)
    support = torch.randn(shape, dtype=torch.float64, requires_grad=True)
    points = torch.tensor([[[2.2, 3.7], [0.3, 4.9]]], dtype=torch.float64)
    assert torch.autograd.gradcheck(lambda m, s: correlate(m, points, s, 1), (maps, support))


def test_half_precision_is_for_keeping_not_for_computing(maps):
    kept = maps.half()
    support = torch.randn(7, 49, 5, requires_grad=True)
    volumes = [correlate(each, POINTS[:, None].float(), support, RADIUS) for each in (kept, kept.float())]
    assert volumes[0].dtype == torch.float32
    torch.testing.assert_close(*volumes)
    gradients = [torch.autograd.grad(volume.square().sum(), support)[0] for volume in volumes]
    torch.testing.assert_close(*gradients)
