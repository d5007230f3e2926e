from dataclasses import replace

from talpose_app.formats.point_names import describe_point_names, point_names
from talpose_app.model.label import PointId
from talpose_app.model.project import Individual
from talpose_app.model.skeleton import Skeleton
from tests.fixtures.projects import NOSE, TAIL


def test_a_lone_individual_is_not_named(labeled_project):
    assert point_names(labeled_project) == {NOSE: "nose", TAIL: "tail, tip"}
    assert describe_point_names(labeled_project) == []


def test_several_individuals_come_first(labeled_project):
    pair = replace(labeled_project, individuals=(Individual(1, "vixen"), Individual(2, "cub")))
    assert list(point_names(pair).values()) == ["vixen/nose", "vixen/tail, tip", "cub/nose", "cub/tail, tip"]
    (sentence,) = describe_point_names(pair)
    assert "individual/keypoint" in sentence


def test_names_that_would_be_the_same_are_made_distinct_and_told(bare_project):
    project = replace(
        bare_project,
        skeleton=Skeleton().with_keypoint("b/c").with_keypoint("c").with_keypoint("c (2)"),
        individuals=(Individual(1, "a"), Individual(2, "a/b")),
    )
    names = point_names(project)
    assert len(set(names.values())) == len(names) == 6
    assert (names[PointId(1, 1)], names[PointId(2, 2)]) == ("a/b/c", "a/b/c (2)")
    assert names[PointId(2, 3)] == "a/b/c (2) (2)"
    assert any("a/b/c (2)" in sentence for sentence in describe_point_names(project))
