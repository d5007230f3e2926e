"""A network of a few thousand parameters, for tests of how parts fit together."""

import pytest

from talpose_app.engine.cotracker3.config import CoTracker3Config

TINY = CoTracker3Config(
    stem_width=8,
    stage_widths=(8, 12, 16, 16),
    fuse_width=16,
    latent_dim=16,
    corr_hidden=16,
    corr_out=8,
    n_levels=3,
    radius=2,
    hidden_dim=32,
    n_heads=2,
    mlp_ratio=2,
    depth=2,
    n_virtual=4,
    motion_degrees=4,
    model_resolution=(64, 96),
    window_len=8,
)


@pytest.fixture
def tiny():
    """A network with weights that move points by pixels, not by nothing; frozen."""
    import torch

    from talpose_app.engine.cotracker3.network import CoTracker3

    torch.manual_seed(0)
    network = CoTracker3(TINY)
    torch.nn.init.normal_(network.updateformer.flow_head.weight, std=0.2)
    torch.nn.init.normal_(network.updateformer.vis_conf_head.weight, std=0.2)
    return network.eval().requires_grad_(requires_grad=False)


@pytest.fixture
def clip():
    """Sixteen frames of moving texture at the tiny network's resolution, (T, 3, H, W) uint8."""
    import torch

    from tests.fixtures.golden import make_video

    return torch.from_numpy(make_video(16, 64, 96, 5)).permute(0, 3, 1, 2)
