from dataclasses import replace

import numpy as np
import pytest

from talpose_app.model.label import Label
from talpose_app.model.track import Track
from talpose_app.session.suggesting import outlook
from tests.fixtures.projects import NOSE, TAIL, straight_track, video_info

N_FRAMES = 60


def _track(confidence):
    track = straight_track(N_FRAMES, 0, N_FRAMES)
    return Track(track.positions, track.visibility, np.asarray(confidence, np.float32), track.provenance)


@pytest.fixture
def project(labeled_project):
    """A sure nose and a tail that is lost in the middle."""
    doubt = np.ones(N_FRAMES)
    doubt[20:40] = 0.1
    labels = {point: {0: Label(point, 0, 1.0, 2.0)} for point in (NOSE, TAIL)}
    tracks = {NOSE: _track(np.ones(N_FRAMES)), TAIL: _track(doubt)}
    return replace(labeled_project, video=video_info(N_FRAMES), labels=labels, made=tracks)


def test_the_lost_stretch_is_suggested_until_it_is_labeled(project):
    first = outlook(project, 10).places[0]
    assert first.point == TAIL
    assert 20 <= first.frame_idx < 40
    labels = {**project.labels, TAIL: {f: Label(TAIL, f, 1.0, 2.0) for f in range(20, 40)}}
    assert outlook(replace(project, labels=labels), 10).places == ()


def test_the_share_that_is_right_rises_with_labels(project):
    before = outlook(project, 1).expected_share
    assert before == pytest.approx(1 - 20 * 0.9 / (2 * N_FRAMES))
    labels = {**project.labels, TAIL: {f: Label(TAIL, f, 1.0, 2.0) for f in range(20, 40)}}
    assert outlook(replace(project, labels=labels), 1).expected_share == pytest.approx(1)


def test_there_are_no_more_places_than_asked_for(project):
    lost = replace(project, made={TAIL: _track(np.zeros(N_FRAMES))})
    assert len(outlook(lost, 2).places) == 2


def test_without_tracks_there_is_no_outlook(labeled_project):
    found = outlook(replace(labeled_project, made={}), 5)
    assert (found.places, found.expected_share) == ((), None)
