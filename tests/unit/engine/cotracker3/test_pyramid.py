"""Windows and correlations against the plain definition: bilinear sampling with repeated borders."""

import pytest
import torch
import torch.nn.functional as F

from talpose_app.engine.cotracker3.pyramid import FeaturePyramid, Support, correlate, sample_windows

pytestmark = pytest.mark.engine

RADIUS = 3


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
    windows = sample_windows(maps, frame_idx, POINTS, RADIUS)
    torch.testing.assert_close(windows, sampled_one_by_one(maps, frame_idx, POINTS))


@pytest.mark.parametrize("changes_over_time", [False, True])
def test_correlation_is_all_inner_products(maps, changes_over_time):
    points = torch.stack([POINTS + shift for shift in (0.0, 0.4, -1.7)], dim=1)
    shape = (3, 7, 49, 5) if changes_over_time else (7, 49, 5)
    support = torch.randn(shape, dtype=torch.float64)
    volume = correlate(maps, points, support, RADIUS)
    for t in range(3):
        windows = sampled_one_by_one(maps, torch.full((7,), t), points[:, t])
        template = support[t] if changes_over_time else support
        expected = torch.einsum("nac,nbc->nab", windows, template).flatten(1)
        torch.testing.assert_close(volume[:, t], expected)


def test_correlation_is_differentiable_in_maps_and_support():
    torch.manual_seed(2)
    maps = torch.randn(2, 5, 6, 2, dtype=torch.float64, requires_grad=True)
    support = torch.randn(1, 9, 2, dtype=torch.float64, requires_grad=True)
    points = torch.tensor([[[2.2, 3.7], [0.3, 4.9]]], dtype=torch.float64)
    assert torch.autograd.gradcheck(lambda m, s: correlate(m, points, s, 1), (maps, support))


def test_pyramid_halves_and_joins_and_slices():
    torch.manual_seed(3)
    whole = FeaturePyramid.from_maps(torch.randn(4, 6, 13, 10), 3)
    assert [tuple(level.shape) for level in whole.levels] == [(4, 13, 10, 6), (4, 6, 5, 6), (4, 3, 2, 6)]
    assert (whole.levels[0].norm(dim=-1) - 1).abs().max() < 1e-6
    assert all(level.is_contiguous() for level in whole.levels)
    joined = FeaturePyramid.cat([whole[:1], whole[1:]])
    rebuilt = FeaturePyramid.from_finest(whole.levels[0], 3)
    for level in range(3):
        assert torch.equal(joined.levels[level], whole.levels[level])
        assert torch.equal(rebuilt.levels[level], whole.levels[level])
    assert whole[torch.tensor([3, 0])].n_frames == 2
    assert whole.to(dtype=torch.float16).levels[0].dtype == torch.float16


def test_templates_are_averaged_by_point():
    windows = Support((torch.tensor([1.0, 3.0, 10.0]).view(3, 1, 1).expand(3, 4, 2),))
    mean = windows.mean_by_point(torch.tensor([1, 1, 0]), 3)
    assert mean.levels[0][:, 0, 0].tolist() == [10.0, 2.0, 0.0]
    assert mean.n_points == 3
