"""Keypoint ids are stable for ever; names are unique."""

from dataclasses import replace

import pytest

from talpose_app.errors import EditError
from talpose_app.model.skeleton import PALETTE, Keypoint, Skeleton


@pytest.fixture
def skeleton():
    return Skeleton().with_keypoint("nose").with_keypoint("tail").with_edges(((1, 2),))


def test_ids_count_up_and_colors_follow_the_palette(skeleton):
    assert [k.keypoint_id for k in skeleton.keypoints] == [1, 2]
    assert [k.color for k in skeleton.keypoints] == list(PALETTE[:2])


def test_an_id_is_never_given_again(skeleton):
    again = skeleton.without(2).with_keypoint("tail")
    assert [k.keypoint_id for k in again.keypoints] == [1, 3]


def test_removing_a_keypoint_removes_its_edges(skeleton):
    assert skeleton.without(1).edges == ()


@pytest.mark.parametrize("name", ["nose", "", "   ", "n" * 121, "half \udc80"])
def test_a_name_must_be_new_and_one_that_can_be_kept(skeleton, name):
    with pytest.raises(EditError):
        skeleton.with_keypoint(name)
    with pytest.raises(EditError):
        skeleton.with_changed(2, name=name)


def test_a_keypoint_may_keep_its_name_when_recolored(skeleton):
    changed = skeleton.with_changed(1, name="nose", color="#000000")
    assert changed.keypoint(1) == Keypoint(1, "nose", "#000000")
    assert changed.keypoints[1] is skeleton.keypoints[1]


def test_reordering_needs_every_keypoint_once(skeleton):
    assert [k.name for k in skeleton.reordered((2, 1)).keypoints] == ["tail", "nose"]
    for ids in [(1,), (1, 1), (1, 2, 3)]:
        with pytest.raises(EditError, match="every keypoint once"):
            skeleton.reordered(ids)


@pytest.mark.parametrize("edge", [(1, 1), (1, 9), (9, 1)])
def test_an_edge_joins_two_known_keypoints(skeleton, edge):
    with pytest.raises(EditError):
        skeleton.with_edges((edge,))


def test_an_unknown_keypoint_is_named(skeleton):
    with pytest.raises(EditError, match="7"):
        skeleton.keypoint(7)
    assert skeleton.by_name("ear") is None
    assert skeleton.by_name("tail").keypoint_id == 2


def test_another_skeleton_adds_what_it_has_more(skeleton):
    other = Skeleton().with_keypoint("ear", "#123456").with_keypoint("tail", "#abcdef").with_keypoint("nose")
    other = other.with_edges(((2, 3), (1, 3)))
    other = replace(other, symmetries=((1, 2),))
    joined = skeleton.joined_with(other)
    assert joined.keypoints == (*skeleton.keypoints, Keypoint(3, "ear", "#123456"))
    # Tail and nose are joined already, in the other direction.
    assert joined.edges == ((1, 2), (3, 1))
    assert joined.symmetries == ((3, 2),)
    assert joined.joined_with(other) == joined


def test_ids_of_deleted_keypoints_are_not_given_to_those_of_others(skeleton):
    joined = skeleton.without(2).joined_with(Skeleton().with_keypoint("tail"))
    assert [k.keypoint_id for k in joined.keypoints] == [1, 3]
