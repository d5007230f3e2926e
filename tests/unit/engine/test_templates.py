import numpy as np
import pytest
import torch

from talpose_app.engine.cotracker3.pyramid import Support
from talpose_app.engine.templates import Templates, sample_templates, time_weights
from talpose_app.tracking.anchors import Anchors
from tests.fixtures.moving import N_FRAMES, POINTS, label, table

pytestmark = pytest.mark.engine


def test_weights_follow_the_labels_around():
    at = np.array([0, 10, 20])
    np.testing.assert_allclose(time_weights(at, 5, 6), [0.5, 0.5, 0])
    np.testing.assert_allclose(time_weights(at, 10, 11), [0, 1, 0])
    np.testing.assert_allclose(time_weights(at, 30, 33), [0, 0, 1])
    np.testing.assert_allclose(time_weights(at, 0, 21).sum(), 1)
    np.testing.assert_allclose(time_weights(np.array([4]), 0, 9), [1])


@pytest.fixture
def templates():
    levels = tuple(torch.arange(3.0)[:, None, None].expand(3, 4, 2) for _ in range(2))
    return Templates(Support(levels), np.array([0, 10, 5]), np.array([0, 0, 1]), 3)


def test_templates_are_mixed_per_point(templates):
    mixed = templates.between(5, 6).levels[0][:, 0, 0]
    torch.testing.assert_close(mixed, torch.tensor([0.5, 2.0, 0.0]))


def test_hidden_templates_do_not_take_part_unless_they_are_all_there_is(templates):
    mixed = templates.between(5, 6, np.array([True, False, True])).levels[0][:, 0, 0]
    torch.testing.assert_close(mixed, torch.tensor([1.0, 2.0, 0.0]))


def test_windows_are_cut_at_the_labels(tiny_network, footage):
    lay = Anchors.from_labels(table([label(0, 3), label(0, 20), label(1, 3)]), (0, N_FRAMES))
    templates = sample_templates(tiny_network, footage, lay)
    assert templates.frame_idx.tolist() == [3, 20, 3]
    assert templates.point_idx.tolist() == [0, 0, 1]
    xy = footage.to_feature_pixels(lay.positions[20, 0]) * tiny_network.config.stride
    query = torch.tensor([[0.0, *xy]]).float()
    expected = tiny_network.support(footage.pyramid(20, 21), query)
    for level, wanted in zip(templates.windows.levels, expected.levels, strict=True):
        torch.testing.assert_close(level[1], wanted[0])


def test_no_labels_no_windows(tiny_network, footage):
    lay = Anchors.from_labels(table([], POINTS[:2]), (0, 4))
    support = sample_templates(tiny_network, footage, lay).between(0, 4)
    assert support.n_points == 2
    assert not support.levels[0].any()
