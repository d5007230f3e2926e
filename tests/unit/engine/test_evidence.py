import numpy as np
import pytest

from talpose_app.engine.evidence import PathEvidence
from talpose_app.engine.templates import sample_templates
from talpose_app.model.label import Visibility
from talpose_app.tracking.anchors import Anchors
from tests.fixtures.moving import N_FRAMES, POINTS, every, label, table, truth

pytestmark = pytest.mark.engine


@pytest.fixture
def find(tiny_network, footage):
    """Paths through labels, by an evidence object that may have seen others before."""

    def found(evidence, labels, points=POINTS, each_part=lambda _: None):
        anchors = Anchors.from_labels(table(labels, points), (0, N_FRAMES))
        templates = sample_templates(tiny_network, footage, anchors)
        return evidence.merged(anchors, templates, each_part)[0]

    return found


def test_paths_follow_the_picture_and_pass_through_the_labels(find, footage):
    labels = every(8)
    merged = find(PathEvidence(footage, ((9, 21),)), labels)
    assert np.linalg.norm(merged.tracks - truth(), axis=-1).max() < 1.0
    for one in labels:
        point = POINTS.index(one.point)
        assert tuple(merged.tracks[one.frame_idx, point]) == (one.x, one.y)
    assert np.isfinite(merged.spread).all()


def test_changed_labels_give_the_same_as_starting_afresh(find, footage):
    evidence = PathEvidence(footage, ((9, 21),))
    find(evidence, [label(0, 0), label(0, 16), label(1, 4)], POINTS[:2])
    for labels in (
        [label(0, 0), label(0, 6), label(0, 16), label(1, 4)],  # added
        [label(0, 0), label(0, 6), label(0, 16), label(1, 5)],  # moved in time
        [label(0, 0), label(0, 6, Visibility.OCCLUDED), label(0, 16), label(1, 5)],  # hidden
        [label(0, 16), label(1, 5)],  # deleted
    ):
        changed = find(evidence, labels, POINTS[:2])
        fresh = find(PathEvidence(footage, ((9, 21),)), labels, POINTS[:2])
        # Another number of points is convolved with other rounding, and flow amplifies that.
        np.testing.assert_allclose(changed.tracks, fresh.tracks, atol=0.05)
        np.testing.assert_allclose(changed.disagreement, fresh.disagreement, atol=0.05)
        np.testing.assert_allclose(changed.miss, fresh.miss, atol=0.05)


def test_labels_that_did_not_change_give_the_same_again(find, footage):
    evidence = PathEvidence(footage, ((9, 21),))
    first, again = find(evidence, every(8)), find(evidence, every(8))
    np.testing.assert_array_equal(first.tracks, again.tracks)


def test_one_new_label_is_followed_through_its_own_gaps_only(find, footage, monkeypatch):
    seen = []
    gray = footage.source.gray

    def counted(frame_idx):
        seen.append(frame_idx)
        return gray(frame_idx)

    monkeypatch.setattr(footage.source, "gray", counted)
    evidence = PathEvidence(footage, ((21,),))
    find(evidence, [label(0, 0), label(0, 8), label(0, 16)], POINTS[:1])
    seen.clear()
    find(evidence, [label(0, 0), label(0, 4), label(0, 8), label(0, 16)], POINTS[:1])
    assert set(seen) == set(range(9))


def test_each_set_of_patches_has_the_paths_it_would_have_alone(tiny_network, footage, layout, templates):
    sets = ((9, 15, 21), (15,))
    both = PathEvidence(footage, sets).merged(layout, templates, lambda _: None)
    for patches, found in zip(sets, both, strict=True):
        (alone,) = PathEvidence(footage, (patches,)).merged(layout, templates, lambda _: None)
        np.testing.assert_array_equal(found.tracks, alone.tracks)
        np.testing.assert_array_equal(found.spread, alone.spread)
    assert (both[0].tracks != both[1].tracks).any()


def test_it_can_be_stopped_between_frames(find, footage):
    def stop(share):
        if share > 0.5:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        find(PathEvidence(footage, ((9,),)), every(8), each_part=stop)


def test_it_can_be_stopped_while_it_smooths(find, footage):
    told = []

    def stop(share):
        told.append(share)
        if share > 0.79:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        find(PathEvidence(footage, ((9,),)), every(8), each_part=stop)
    assert told == sorted(told)


def test_points_without_labels_have_no_path(find, footage):
    merged = find(PathEvidence(footage, ((9,),)), [label(0, 3)], POINTS[:2])
    assert np.isfinite(merged.tracks[:, 0]).all()
    assert np.isnan(merged.tracks[:, 1]).all()
