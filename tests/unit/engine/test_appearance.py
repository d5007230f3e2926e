import numpy as np
import pytest
import torch

from talpose_app.engine.appearance import Appearance, local
from talpose_app.engine.templates import sample_templates
from talpose_app.model.label import Visibility
from talpose_app.tracking.anchors import NO_LABEL, Anchors
from tests.fixtures.moving import N_FRAMES, POINTS, label, table, truth

pytestmark = pytest.mark.engine


@pytest.fixture
def appearance(tiny_network, footage):
    labels = [label(0, 4), label(0, 12), label(1, 8), label(2, 6, Visibility.OCCLUDED)]
    anchors = Anchors.from_labels(table(labels, POINTS), (2, N_FRAMES))
    return anchors, Appearance(footage, anchors, sample_templates(tiny_network, footage, anchors))


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
    responses = seen.respond(at, np.array([seen.before[at, 0], NO_LABEL]))
    assert not responses[1].any()
    x, y = footage.to_feature_pixels(anchors.positions[at, 0])
    row, column = divmod(int(responses[0].argmax()), responses.shape[-1])
    assert np.hypot(column - x, row - y) < 1.5
    assert responses.abs().max() <= 1.0 + 1e-5


def test_between_two_labels_both_are_looked_for(appearance):
    _, seen = appearance
    both = seen.mixed(6, np.array([0]))
    ends = [seen.respond(6, np.array([rows[6, 0]])) for rows in (seen.before, seen.after)]
    torch.testing.assert_close(both, 0.5 * ends[0] + 0.5 * ends[1])
    torch.testing.assert_close(seen.mixed(0, np.array([1])), seen.respond(0, np.array([seen.after[0, 1]])))


def test_a_cut_out_piece_is_interpolated_and_poor_outside():
    ramp = torch.arange(5.0).expand(1, 4, 5)
    offsets = torch.tensor([[[0.0, 0.0], [0.5, 0.0], [9.0, 0.0]]])
    piece = local(ramp, torch.tensor([[1.0, 2.0]]), offsets)
    torch.testing.assert_close(piece, torch.tensor([[[1.0, 1.5, -1.0]]]))


def test_features_that_tell_little_apart_are_trusted_less(tiny_network, footage, monkeypatch):
    labels = [label(point, frame) for point in range(3) for frame in range(0, N_FRAMES, 4)]
    anchors = Anchors.from_labels(table(labels, POINTS), (0, N_FRAMES))
    templates = sample_templates(tiny_network, footage, anchors)
    assert Appearance(footage, anchors, templates).sharpness < 40.0
    monkeypatch.setattr(Appearance, "respond", peaked_at(anchors, footage))
    assert Appearance(footage, anchors, templates).sharpness == 40.0


def peaked_at(anchors, footage):
    """Responses that fall with the distance from the truth."""

    def respond(_, at, rows):
        y, x = np.mgrid[0:16, 0:24]
        centers = footage.to_feature_pixels(truth()[at, rows * 0 + np.arange(len(rows)) % 3])
        far = np.hypot(x - centers[:, :1, None], y - centers[:, 1:, None])
        return torch.from_numpy(np.exp(-far / 2.0)).float()

    return respond
