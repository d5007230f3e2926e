"""Bent tracks are worked out once and stay the same objects until something of them changes."""

from dataclasses import replace

from talpose_app.model.bent_tracks import BendMemo, BentTracks
from talpose_app.model.edits import ChangeLabels, ChangeTracks, LabelChange
from talpose_app.model.label import Label
from tests.fixtures.projects import NOSE, TAIL, straight_track


def test_it_is_a_mapping_of_the_tracks_as_made(labeled_project):
    tracks = labeled_project.tracks
    assert (list(tracks), len(tracks), NOSE in tracks, TAIL in tracks) == ([NOSE], 1, True, False)
    assert tracks.get(TAIL) is None
    assert tracks == {NOSE: labeled_project.tracks[NOSE]}


def test_a_point_untouched_by_an_edit_keeps_its_object(labeled_project):
    tail = straight_track(20, 0, 20)
    project, _ = ChangeTracks(((TAIL, tail),)).apply(labeled_project)
    nose = project.tracks[NOSE]
    change = LabelChange(TAIL, 4, Label(TAIL, 4, 1.0, 2.0))
    after, _ = ChangeLabels((change,)).apply(project)
    assert after.tracks[NOSE] is nose
    assert after.tracks[TAIL].positions[4].tolist() == [1.0, 2.0]
    assert after.tracks[TAIL] is after.tracks[TAIL]


def test_another_track_or_other_labels_are_seen(labeled_project):
    before = labeled_project.tracks[NOSE]
    without = replace(labeled_project, labels={})
    assert without.tracks[NOSE] is labeled_project.made[NOSE]
    assert labeled_project.tracks[NOSE] == before
    other = straight_track(20, 3, 9)
    assert replace(without, made={NOSE: other}).tracks[NOSE] is other


def test_no_labels_no_bend():
    track = straight_track(20, 0, 20)
    assert BentTracks({NOSE: track}, {}, BendMemo())[NOSE] is track
