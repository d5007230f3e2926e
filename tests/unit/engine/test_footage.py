import numpy as np
import pytest

from talpose_app.engine.anchored import KNOWN_LOGIT
from talpose_app.model.label import Visibility
from talpose_app.tracking.anchors import Anchors
from tests.fixtures.moving import HEIGHT, POINTS, WIDTH, label, table

pytestmark = pytest.mark.engine


def test_corner_pixels_meet_corner_pixels(footage, tiny_network):
    height, width = tiny_network.config.model_resolution
    stride = tiny_network.config.stride
    corners = np.array([(0.0, 0.0), (WIDTH - 1.0, HEIGHT - 1.0)])
    np.testing.assert_allclose(footage.to_feature_pixels(corners) * stride, [(0, 0), (width - 1, height - 1)])
    np.testing.assert_allclose(footage.to_image_pixels(footage.to_feature_pixels(corners)), corners)


def test_labels_are_laid_out_for_the_network(footage):
    labels = [label(0, 1), label(0, 3, Visibility.OCCLUDED)]
    lay = Anchors.from_labels(table(labels, POINTS[:1]), (0, 5))
    known = footage.known(lay)
    assert known.mask[:, 0].tolist() == [False, True, False, True, False]
    assert known.logit[[1, 3], 0].tolist() == [KNOWN_LOGIT, -KNOWN_LOGIT]
    np.testing.assert_allclose(known.coords[1, 0], footage.to_feature_pixels(lay.positions[1, 0]), rtol=1e-6)
    assert not known.coords[0].any()


def test_another_scale_shares_the_frames_and_keeps_corners_on_corners(footage, tiny_network):
    finer = footage.at_scale(1.5)
    assert finer.source is footage.source
    corner = np.array([WIDTH - 1.0, HEIGHT - 1.0])
    np.testing.assert_allclose(finer.to_feature_pixels(corner) * 4, [144 - 1, 96 - 1])
    assert finer.finest(0, 1).shape[1:3] == (96 // 4, 144 // 4)
    assert footage.finest(0, 1).shape[1:3] == (64 // 4, 96 // 4)
    assert finer.feature_bytes(2) == 2 * 24 * 36 * tiny_network.config.latent_dim * 2
