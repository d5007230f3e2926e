"""The best state point by point, and the edit it becomes."""

import numpy as np
import pytest

from talpose_app.model.project import Project
from talpose_app.model.run import Run, RunKind
from talpose_app.model.track import Provenance
from talpose_app.session.run_result import RunResult
from talpose_app.tracking.tracker import RunUpdate
from tests.fixtures.projects import NOSE, TAIL, video_info

RUN = Run(4, RunKind.TRACK, "fake", "", (), 0, "cpu", "", 0.0)


def update(value, span=(0, 20), n_points=2, points=None, is_best=True):
    shape = (span[1] - span[0], n_points)
    return RunUpdate(
        1, 1, None, 0.0, span, np.full((*shape, 2), value, np.float32), np.ones(shape, np.bool_),
        np.full(shape, 0.5, np.float32), is_best, points,
    )  # fmt: skip


@pytest.fixture
def project(labeled_project) -> Project:
    return labeled_project


@pytest.fixture
def result():
    return RunResult((NOSE, TAIL), video_info().n_frames)


def x_of(result, project, point):
    return result.to_edit(project, RUN).apply(project)[0].made[point].positions[:, 0]


def test_only_the_best_is_kept(result, project):
    result.add(update(1.0))
    result.add(update(2.0, is_best=False))
    assert (x_of(result, project, NOSE) == 1.0).all()


def test_a_run_that_never_was_best_leaves_nothing(result):
    result.add(update(1.0, is_best=False))
    assert result.is_empty


def test_updates_of_some_points_and_frames_add_up(result, project):
    result.add(update(1.0))
    partial = update(2.0, span=(5, 8), n_points=1, points=np.array([1]))
    result.add(partial)
    assert result.points_of(partial) == (TAIL,)
    assert (x_of(result, project, NOSE) == 1.0).all()
    assert x_of(result, project, TAIL)[4:9].tolist() == [1, 2, 2, 2, 1]


def test_uncovered_frames_keep_their_track_as_it_was_shown(result, project):
    result.add(update(9.0, span=(2, 4)))
    result.add(update(9.0, span=(6, 7)))
    track = result.to_edit(project, RUN).apply(project)[0].made[NOSE]
    old = project.tracks[NOSE]
    for stretch in (slice(0, 2), slice(4, 6), slice(7, 20)):
        np.testing.assert_array_equal(track.positions[stretch], old.positions[stretch])
    assert track.provenance == (
        Provenance(1, 2, 1),
        Provenance(2, 4, 4),
        Provenance(4, 6, 1),
        Provenance(6, 7, 4),
        Provenance(7, 8, 1),
    )


def test_the_run_is_recorded_and_labels_are_the_same_objects(result, project):
    result.add(update(1.0))
    after, _ = result.to_edit(project, RUN).apply(project)
    assert after.runs == (*project.runs, RUN)
    assert after.labels is project.labels


def test_later_updates_do_not_change_an_edit_made_before(result, project):
    result.add(update(1.0))
    edit = result.to_edit(project, RUN)
    result.add(update(2.0))
    assert edit.apply(project)[0].made[NOSE].positions[0, 0] == 1.0
