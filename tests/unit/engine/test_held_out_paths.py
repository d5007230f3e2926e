from dataclasses import replace

import numpy as np
import pytest

from talpose_app.engine.appearance import Appearance
from talpose_app.engine.evidence import PathEvidence
from talpose_app.engine.held_out_paths import HeldOutMisses, HeldOutPaths
from talpose_app.engine.templates import sample_templates
from talpose_app.tracking.anchors import Anchors
from tests.fixtures.moving import N_FRAMES, POINTS, every, label, table

pytestmark = pytest.mark.engine


def lay(labels, points=POINTS):
    return Anchors.from_labels(table(labels, points), (0, N_FRAMES))


def quiet(_):
    pass


def test_every_label_is_hidden_once_and_found_from_the_rest(tiny_network, footage):
    anchors = lay(every(4))
    found = HeldOutPaths(tiny_network, footage).misses(anchors, quiet)
    np.testing.assert_array_equal(np.isfinite(found.miss[..., 0]), anchors.is_seen)
    np.testing.assert_array_equal(np.isfinite(found.spread), anchors.is_seen)
    miss = np.linalg.norm(found.miss[anchors.is_seen], axis=-1)
    assert 0 < np.median(miss) < 2.0
    listed = found.errors(100, table(every(4)))
    assert len(listed.errors) == anchors.is_seen.sum()
    assert listed.frames.min() == 100
    np.testing.assert_allclose(np.sort(listed.errors), np.sort(miss), rtol=1e-6)


def test_hiding_every_other_label_is_leaving_each_one_out_by_itself(tiny_network, footage, monkeypatch):
    # How sharply looks count is the one thing that all labels of a video have a say in.
    monkeypatch.setattr(Appearance, "_measured_sharpness", lambda *_: 20.0)
    anchors = lay(every(4))
    in_turns = HeldOutPaths(tiny_network, footage).misses(anchors, quiet)
    for frame, point in ((0, 1), (8, 0), (20, 2)):
        one = np.zeros_like(anchors.is_seen)
        one[frame, point] = True
        rest = anchors.without(one)
        (path,) = PathEvidence(footage).merged(rest, sample_templates(tiny_network, footage, rest), quiet)
        alone = path.tracks[frame, point] - anchors.positions[frame, point]
        np.testing.assert_allclose(in_turns.miss[frame, point], alone, atol=0.05)


def test_a_wrong_label_is_missed_by_what_it_is_wrong(tiny_network, footage):
    right = every(4)
    wrong = [replace(one, x=one.x + 6.0) if one.frame_idx == 8 else one for one in right]
    found = HeldOutPaths(tiny_network, footage).misses(lay(wrong), quiet)
    assert np.linalg.norm(found.miss[8], axis=-1).min() > 3.0


def test_a_single_label_cannot_be_found(tiny_network, footage):
    found = HeldOutPaths(tiny_network, footage).misses(lay([label(0, 5)], POINTS[:1]), quiet)
    assert np.isnan(found.miss).all()


def test_nothing_held_out_is_all_unknown(layout):
    assert np.isnan(HeldOutMisses.none(layout).miss).all()
