import pytest
import torch
import torch.nn.functional as F

from talpose_app.engine.matching import match_around
from talpose_app.engine.offsets import OffsetGrid

pytestmark = pytest.mark.engine


def over_the_whole_frame(maps, patches, centers, offsets):
    """The same the long way: convolve, then sample."""
    responses = F.conv2d(maps.permute(2, 0, 1)[None], patches.permute(0, 3, 1, 2), padding=1)[0]
    height, width = responses.shape[-2:]
    places = centers[:, None, None] + offsets
    grid = places * places.new_tensor([2.0 / (width - 1), 2.0 / (height - 1)]) - 1.0
    values = F.grid_sample(responses[:, None], grid.clamp(-1.0, 1.0), align_corners=True)[:, 0]
    return torch.where((grid.abs() <= 1.0).all(dim=-1), values, -1.0)


def test_it_is_a_convolution_sampled_around_the_points():
    random = torch.Generator().manual_seed(1)
    maps = torch.randn(20, 30, 8, generator=random)
    patches = torch.randn(6, 3, 3, 8, generator=random)
    inside, at_edges, far_off = (
        [[14.3, 9.7], [12.0, 8.0]],
        [[0.2, 19.0], [29.0, 0.0], [-3.4, 7.5]],
        [[-90.0, 400.0]],
    )
    centers = torch.tensor(inside + at_edges + far_off)
    places = OffsetGrid.make(torch.device("cpu")).places
    found = match_around(maps, patches, centers, places)
    expected = over_the_whole_frame(maps, patches, centers, places)
    # Which side of the frame's last pixel a place is on is a matter of rounding there.
    is_sure = (found == -1.0) == (expected == -1.0)
    assert is_sure.float().mean() > 0.99
    torch.testing.assert_close(found[is_sure], expected[is_sure], atol=1e-4, rtol=1e-4)
    assert (found[-1] == -1.0).all()


def test_no_points_have_no_responses():
    places = OffsetGrid.make(torch.device("cpu")).places
    found = match_around(torch.ones(4, 5, 8), torch.zeros(0, 3, 3, 8), torch.zeros(0, 2), places)
    assert found.shape == (0, *places.shape[:2])
