"""Pyramids of features, and templates."""

import pytest
import torch

from talpose_app.engine.cotracker3.pyramid import FeaturePyramid, Support

pytestmark = pytest.mark.engine


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
