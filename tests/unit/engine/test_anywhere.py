import numpy as np
import pytest
import torch

from talpose_app.engine.anywhere import _best_places, paths_anywhere
from talpose_app.model.label import Visibility
from talpose_app.tracking.anchors import Anchors
from tests.fixtures.moving import N_FRAMES, POINTS, label, table

pytestmark = pytest.mark.engine


def walked_through(likeness):
    """Viterbi with pointers back, a place after the other."""
    n_frames, height, width = likeness.shape
    places = [(y, x) for y in range(height) for x in range(width)]

    def price(a, b):
        apart = abs(a[0] - b[0]), abs(a[1] - b[1])
        return min(0.02 * sum(apart) if max(apart) <= 5 else 1.0, 1.0)

    total, pointers = likeness[0].flatten().tolist(), []
    for at in range(1, n_frames):
        came = [max(range(len(places)), key=lambda i, b=b: total[i] - price(places[i], b)) for b in places]
        total = [
            total[i] - price(places[i], b) + float(likeness[at][b]) for i, b in zip(came, places, strict=True)
        ]
        pointers.append(came)
    best = [int(np.argmax(total))]
    for came in reversed(pointers):
        best.append(came[best[-1]])
    return [places[i][::-1] for i in reversed(best)]


def test_the_best_path_is_viterbis():
    random = torch.Generator().manual_seed(3)
    likeness = torch.rand(7, 2, 5, 9, generator=random, dtype=torch.float64)
    found = _best_places(likeness)
    for point in range(2):
        assert [tuple(place) for place in found[:, point].tolist()] == walked_through(likeness[:, point])


def test_paths_pass_through_the_labels_and_end_with_them(appearance_of, footage):
    labels = [label(0, 4), label(0, 20), label(1, 8), label(1, 15, Visibility.ABSENT)]
    anchors = Anchors.from_labels(table(labels, POINTS[:2]), (0, N_FRAMES))
    appearance = appearance_of(anchors)
    told = []
    found = paths_anywhere(
        footage, anchors, appearance, np.array([0, 1]), anchors.is_tracked[:, :2], told.append
    )
    pixel = footage.to_image_pixels(np.ones(2))
    for one in labels[:3]:
        place = found[one.frame_idx, POINTS.index(one.point)]
        assert (np.abs(place - (one.x, one.y)) <= 0.5 * pixel + 1e-6).all()
    assert np.isfinite(found[:, 0]).all()
    assert np.isnan(found[15:, 1]).all()
    assert told == sorted(told)


def test_only_frames_that_are_wanted_are_looked_at(appearance_of, footage, monkeypatch):
    anchors = Anchors.from_labels(table([label(0, 4), label(1, 4)], POINTS[:2]), (0, N_FRAMES))
    appearance = appearance_of(anchors)
    wanted = np.zeros((N_FRAMES, 2), np.bool_)
    wanted[10:12, 1] = True
    monkeypatch.setattr("talpose_app.engine.anywhere._MARGIN", 2)
    seen, everywhere = [], appearance.everywhere

    def noted(at, points):
        seen.append(at)
        return everywhere(at, points)

    monkeypatch.setattr(appearance, "everywhere", noted)
    found = paths_anywhere(footage, anchors, appearance, np.array([0, 1]), wanted, lambda _: None)
    assert seen == list(range(8, 14))
    np.testing.assert_array_equal(np.isfinite(found[..., 0]), wanted)
