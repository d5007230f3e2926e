import numpy as np
import pytest

from talpose_app.engine import lost
from talpose_app.engine.evidence import PathEvidence
from talpose_app.engine.lost import is_lost
from talpose_app.engine.templates import sample_templates
from talpose_app.tracking.anchors import Anchors
from tests.fixtures.moving import N_FRAMES, POINTS, label, table, truth

pytestmark = pytest.mark.engine


def lay(labels, points=POINTS):
    return Anchors.from_labels(table(labels, points), (0, N_FRAMES))


def test_the_other_path_is_taken_where_it_looks_much_more_like_the_labels(footage, monkeypatch):
    monkeypatch.setattr(lost, "_looks", lambda footage, appearance, at, points, positions: positions[:, 1])
    step = footage.to_image_pixels(np.ones(2))[0]
    paths = np.zeros((6, 2, 2))
    others = paths + np.array([5.0 * step, 0.0])
    others[:3, 0, 1], others[3:, 0, 1], others[:, 1, 1] = 0.0, 0.3, 0.05
    others[2, 0, 0] = 0.0  # The same place: two stretches.
    others[5] = np.nan
    taken = is_lost(footage, None, np.arange(2), paths, others)
    assert taken.tolist() == [[False, False]] * 3 + [[True, False]] * 2 + [[False, False]]


def test_a_point_flow_has_lost_is_found_again(tiny_network, footage, monkeypatch):
    labels = [label(0, 0), label(0, N_FRAMES - 1)]
    anchors = lay(labels, POINTS[:1])
    templates = sample_templates(tiny_network, footage, anchors)
    monkeypatch.setattr("talpose_app.engine.evidence._GUIDING_SHARPNESS", 0.0)
    monkeypatch.setattr("talpose_app.engine.evidence.GuidedFlow.__call__", lambda *arguments: arguments[-1])
    monkeypatch.setattr("talpose_app.engine.evidence.LucasKanade.__call__", lambda *arguments: arguments[-1])
    elsewhere = truth()[:, :1]
    monkeypatch.setattr("talpose_app.engine.evidence.paths_anywhere", lambda *_: elsewhere)

    def misses():
        (found,) = PathEvidence(footage).merged(anchors, templates, lambda _: None)
        for one in labels:
            assert tuple(found.tracks[one.frame_idx, 0]) == (one.x, one.y)
        return np.linalg.norm(found.tracks - elsewhere, axis=-1)

    monkeypatch.setattr(
        "talpose_app.engine.evidence.is_lost", lambda *arguments: np.zeros((N_FRAMES, 1), bool)
    )
    kept = misses()
    monkeypatch.setattr(
        "talpose_app.engine.evidence.is_lost", lambda *arguments: np.ones((N_FRAMES, 1), bool)
    )
    found = misses()
    assert found.mean() < 0.9 * kept.mean()  # Untrained features hold it back.
