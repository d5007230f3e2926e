"""The encoder's sizes and norms."""

import pytest
import torch

from talpose_app.engine.cotracker3.config import OFFLINE
from talpose_app.engine.cotracker3.encoder import Encoder, InstanceNorm

pytestmark = pytest.mark.engine


@pytest.mark.parametrize(("height", "width"), [(64, 96), (67, 93)])
def test_maps_are_a_quarter_of_the_frame(tiny, height, width):
    maps = tiny.fnet(torch.rand(2, 3, height, width) * 2 - 1)
    assert maps.shape == (2, tiny.config.latent_dim, height // 4, width // 4)


def test_norm_has_no_parameters_and_normalizes_each_image():
    norm = InstanceNorm()
    assert not norm.state_dict()
    out = norm(torch.rand(2, 3, 20, 20) * 5 + 7)
    assert out.mean((2, 3)).abs().max() < 1e-5
    assert (out.var((2, 3), correction=0) - 1).abs().max() < 1e-3


def test_published_encoder_has_2_6_million_parameters():
    assert sum(p.numel() for p in Encoder(OFFLINE).parameters()) == pytest.approx(2.63e6, rel=0.005)
