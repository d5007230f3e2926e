import pytest
import torch

from talpose_app.engine.cotracker3.config import SMALL
from talpose_app.engine.cotracker3.network import CoTracker3
from talpose_app.engine.cotracker3.xfeat import XFEAT_DIM, XFeatEncoder

pytestmark = pytest.mark.engine


@pytest.fixture(scope="module")
def encoder():
    torch.manual_seed(0)
    return XFeatEncoder().eval()


def test_a_feature_pixel_is_eight_pixels_wide(encoder):
    assert encoder(torch.rand(2, 3, 128, 192)).shape == (2, XFEAT_DIM, 16, 24)


def test_brightness_and_contrast_do_not_matter(encoder):
    frames = torch.rand(1, 3, 64, 64)
    torch.testing.assert_close(encoder(frames), encoder(0.5 * frames + 0.2), atol=1e-4, rtol=1e-3)


def test_frozen_weights_give_what_learning_ones_do(encoder):
    frames = torch.rand(1, 3, 64, 96)
    learning = encoder(frames).detach()
    encoder.requires_grad_(requires_grad=False)
    torch.testing.assert_close(encoder(frames), learning, atol=1e-4, rtol=1e-3)
    encoder.requires_grad_()


def test_the_small_configuration_uses_it():
    network = CoTracker3(SMALL)
    assert isinstance(network.fnet, XFeatEncoder)
    assert SMALL.frame_size((64, 96)) == (128, 192)
    frames = torch.zeros(1, 3, 128, 192)
    assert network.encode(frames).levels[0].shape == (
        1,
        64 // SMALL.stride,
        96 // SMALL.stride,
        SMALL.latent_dim,
    )
