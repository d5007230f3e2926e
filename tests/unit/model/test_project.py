"""Finding things in a project."""

from talpose_app.model.label import PointId
from talpose_app.model.project import Individual, Project
from tests.fixtures.projects import NOSE, TAIL, video_info


def test_points_come_individual_by_individual_in_display_order(labeled_project):
    skeleton = labeled_project.skeleton.reordered((2, 1))
    project = Project(video_info(), skeleton, (Individual(1, "a"), Individual(2, "b")))
    assert project.points() == [PointId(1, 2), PointId(1, 1), PointId(2, 2), PointId(2, 1)]


def test_labels_come_by_point_then_frame(labeled_project):
    assert [(x.point, x.frame_idx) for x in labeled_project.all_labels()] == [
        (NOSE, 2),
        (NOSE, 5),
        (NOSE, 9),
        (TAIL, 2),
    ]


def test_keyframes_are_named_once(labeled_project):
    assert labeled_project.keyframes() == [2, 5, 9]


def test_a_label_is_found_or_not(labeled_project):
    assert labeled_project.label(TAIL, 2).x == 0.0
    assert labeled_project.label(TAIL, 3) is None
    assert labeled_project.label(PointId(5, 5), 3) is None


def test_a_point_needs_its_individual_and_its_keypoint(labeled_project):
    assert labeled_project.has_point(NOSE)
    assert not labeled_project.has_point(PointId(2, 1))
    assert not labeled_project.has_point(PointId(1, 3))


def test_run_ids_count_up(labeled_project, bare_project):
    assert labeled_project.next_run_id() == 2
    assert bare_project.next_run_id() == 1
