import numpy as np
import pytest
import torch

from talpose_app.engine.appearance import Appearance
from talpose_app.engine.offsets import OffsetGrid
from talpose_app.model.label import Visibility
from talpose_app.tracking.anchors import NO_LABEL, Anchors
from tests.fixtures.moving import N_FRAMES, POINTS, label, table

pytestmark = pytest.mark.engine


@pytest.fixture
def appearance(appearance_of):
    labels = [label(0, 4), label(0, 12), label(1, 8), label(2, 6, Visibility.OCCLUDED)]
    anchors = Anchors.from_labels(table(labels, POINTS), (2, N_FRAMES))
    return anchors, appearance_of(anchors)


def test_templates_lead_from_the_seen_labels_on_both_sides(appearance):
    _, seen = appearance
    assert seen.before[1, 0] == NO_LABEL
    assert seen.before[2, 0] == seen.before[9, 0] == seen.after[2, 0]
    assert seen.before[10, 0] == seen.after[3, 0] == seen.after[10, 0]
    assert seen.after[11, 0] == NO_LABEL
    assert (seen.before[:, 2] == NO_LABEL).all()


def test_a_template_responds_most_where_it_was_cut(appearance, footage):
    anchors, seen = appearance
    at = 2
    center = torch.from_numpy(footage.to_feature_pixels(anchors.positions[at, :1])).float()
    near = seen.near(at, np.array([seen.before[at, 0], NO_LABEL]), center.expand(2, -1))
    places = OffsetGrid.make(footage.device).places.flatten(0, 1)
    assert places[near[0].argmax()].norm() < 1.5
    assert near[0].abs().max() <= 1.0 + 1e-5
    assert set(near[1].unique().tolist()) == {-1.0, 0.0}


def test_between_two_labels_both_are_looked_for(appearance):
    _, seen = appearance
    center = torch.tensor([[8.3, 6.6]])
    both = seen.near_mixed(6, np.array([0]), center)
    ends = [seen.near(6, np.array([rows[6, 0]]), center) for rows in (seen.before, seen.after)]
    torch.testing.assert_close(both, 0.5 * ends[0] + 0.5 * ends[1])
    alone = seen.near(0, np.array([seen.after[0, 1]]), center)
    torch.testing.assert_close(seen.near_mixed(0, np.array([1]), center), alone)


def test_far_from_labels_a_point_may_look_as_at_any_of_them(appearance_of):
    anchors = Anchors.from_labels(table([label(0, 0), label(0, 1)], POINTS[:1]), (0, N_FRAMES))
    seen = appearance_of(anchors)
    seen.sharpness = 40.0
    at, center = N_FRAMES - 1, torch.tensor([[8.3, 6.6]])
    far = seen.near_mixed(at, np.array([0]), center)
    first, last = (seen.near(at, np.array([row]), center) for row in (0, 1))
    mean = (0.25 * (40.0 * first).exp() + 0.75 * (40.0 * last).exp()).log() / 40.0
    torch.testing.assert_close(far, mean)
    torch.testing.assert_close(seen.near_mixed(5, np.array([0]), center), seen.near(5, np.array([1]), center))


def test_points_with_different_labels_do_not_mix_their_looks(appearance_of):
    labels = [label(point, frame) for point, count in ((0, 10), (1, 1), (2, 2)) for frame in range(count)]
    anchors = Anchors.from_labels(table([*labels, label(1, N_FRAMES - 2)], POINTS), (0, N_FRAMES))
    seen = appearance_of(anchors)
    at, points = N_FRAMES - 1, np.arange(3)
    centers = torch.tensor([[8.3, 6.6], [10.0, 7.0], [5.5, 9.1]])
    together = seen.near_mixed(at, points, centers)
    alone = [seen.near_mixed(at, points[idx : idx + 1], centers[idx : idx + 1]) for idx in range(3)]
    torch.testing.assert_close(together, torch.cat(alone))


def test_features_that_tell_little_apart_are_trusted_less(appearance_of, monkeypatch):
    labels = [label(point, frame) for point in range(3) for frame in range(0, N_FRAMES, 4)]
    anchors = Anchors.from_labels(table(labels, POINTS), (0, N_FRAMES))
    assert appearance_of(anchors).sharpness < 40.0
    monkeypatch.setattr(Appearance, "near", peaked)
    assert appearance_of(anchors).sharpness == 40.0


def peaked(seen, at, rows, centers):
    """Responses that fall with the distance from the places asked about."""
    far = OffsetGrid.make(centers.device).places.norm(dim=-1)
    return torch.exp(-far / 2.0).expand(len(centers), -1, -1)
