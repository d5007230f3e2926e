"""One name a point, for formats that know keypoints but no individuals."""

from __future__ import annotations

from collections.abc import Container

from talpose_app.model.label import PointId
from talpose_app.model.project import Project


def point_names(project: Project) -> dict[PointId, str]:
    """Name every point so that no two names are equal, in display order.

    A lone individual's points have their keypoint's name, those of several are ``individual/keypoint``. As
    names may hold a slash, two of those can be the same text (``a`` with ``b/c``, ``a/b`` with ``c``): the
    later one gets a number.
    """
    individuals = {individual.individual_id: individual.name for individual in project.individuals}
    names: dict[PointId, str] = {}
    taken: set[str] = set()
    for point in project.points():
        keypoint = project.skeleton.keypoint(point.keypoint_id).name
        plain = keypoint if len(individuals) == 1 else f"{individuals[point.individual_id]}/{keypoint}"
        names[point] = free_name(plain, taken)
        taken.add(names[point])
    return names


def free_name(name: str, taken: Container[str]) -> str:
    """Give the name, with a number behind it if it is taken."""
    number, free = 2, name
    while free in taken:
        free, number = f"{name} ({number})", number + 1
    return free


def describe_point_names(project: Project) -> list[str]:
    """Say that individuals are part of the names, and which names got a number; empty for one individual."""
    if len(project.individuals) == 1:
        return []
    individuals = {individual.individual_id: individual.name for individual in project.individuals}
    numbered = [
        name
        for point, name in point_names(project).items()
        if name != f"{individuals[point.individual_id]}/{project.skeleton.keypoint(point.keypoint_id).name}"
    ]
    report = ["Points are named individual/keypoint: the format has one list of names."]
    if numbered:
        report.append(f"Names that would have been the same got a number: {', '.join(numbered)}.")
    return report
