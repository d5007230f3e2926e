"""From what is asked to the engine's request."""

import math
from dataclasses import replace

import numpy as np
import pytest

from talpose_app.errors import UsageError
from talpose_app.model.label import PointId, absent_label
from talpose_app.model.run import RunKind
from talpose_app.session.run_options import RunOptions, label_table, request_for
from tests.fixtures.projects import NOSE, TAIL

TRACK = RunOptions(RunKind.TRACK)


def test_the_default_is_every_labeled_point_over_the_whole_video(labeled_project):
    request = request_for(labeled_project, TRACK)
    assert request.labels.points == (NOSE, TAIL)
    assert request.span == (0, 20)
    assert len(request.labels.frame_idx) == 4
    assert (request.video, request.fingerprint, request.n_frames) == ("/videos/fox.mp4", "test:1", 20)


def test_tracks_so_far_are_the_start(labeled_project):
    previous = request_for(labeled_project, TRACK).previous
    np.testing.assert_array_equal(previous[:, 0], labeled_project.tracks[NOSE].positions)
    assert np.isnan(previous[:, 1]).all()
    assert request_for(replace(labeled_project, made={}), TRACK).previous is None


def test_chosen_points_come_once_in_the_order_chosen(labeled_project):
    request = request_for(labeled_project, replace(TRACK, points=(TAIL, NOSE, TAIL), span=(3, 9)))
    assert request.labels.points == (TAIL, NOSE)
    assert request.span == (3, 9)


@pytest.mark.parametrize(
    "options",
    [
        replace(TRACK, points=()),
        replace(TRACK, points=(PointId(1, 9),)),
        replace(TRACK, points=(PointId(2, 1),)),
        replace(TRACK, span=(5, 5)),
        replace(TRACK, span=(-1, 5)),
        replace(TRACK, span=(0, 21)),
        *(RunOptions(RunKind.REFINE, n_steps=n) for n in (-1, 0, 100_001)),
        *(RunOptions(RunKind.REFINE, learning_rate=rate) for rate in (0.0, -1.0, 1.01, math.inf, math.nan)),
    ],
)
def test_what_does_not_fit_the_project_is_refused(labeled_project, options):
    with pytest.raises(UsageError):
        request_for(labeled_project, options)


def test_without_a_position_there_is_nothing_to_track_from(labeled_project, bare_project):
    with pytest.raises(UsageError, match="no label to track from"):
        request_for(bare_project, TRACK)
    only_absent = replace(labeled_project, labels={NOSE: {1: absent_label(NOSE, 1)}})
    with pytest.raises(UsageError, match="no label to track from"):
        request_for(only_absent, TRACK)


def test_an_unlabeled_point_is_named(labeled_project):
    project = replace(labeled_project, labels={NOSE: labeled_project.labels[NOSE]})
    with pytest.raises(UsageError, match="'tail, tip' has no label"):
        request_for(project, replace(TRACK, points=(TAIL,)))


def test_labels_of_a_deleted_point_are_none(labeled_project):
    table = label_table(replace(labeled_project, labels={}), (NOSE,))
    assert table.points == (NOSE,)
    assert len(table.frame_idx) == 0


def test_refinement_takes_the_methods_numbers_where_none_are_given():
    assert TRACK.refine_options is None
    default = RunOptions(RunKind.REFINE).refine_options
    assert default.n_steps > 1
    chosen = RunOptions(RunKind.REFINE, n_steps=7, learning_rate=0.1, method="published").refine_options
    assert (chosen.n_steps, chosen.learning_rate, chosen.method) == (7, 0.1, "published")


def test_the_engine_is_told_of_the_file_that_it_reads(labeled_project):
    assert request_for(labeled_project, TRACK).fingerprint == labeled_project.video.fingerprint
    other = replace(labeled_project.video, path="/videos/anew.mp4", fingerprint="test:2")
    request = request_for(labeled_project, TRACK, other)
    assert (request.video, request.fingerprint) == ("/videos/anew.mp4", "test:2")
