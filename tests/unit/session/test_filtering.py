from dataclasses import replace

import numpy as np
import pytest

from talpose_app.errors import UsageError
from talpose_app.model.label import Label, PointId, Visibility
from talpose_app.model.run import RunKind
from talpose_app.model.track import Provenance, Track
from talpose_app.session.filtering import FilterOptions, filter_tracks
from tests.fixtures.projects import NOSE, TAIL, straight_track, video_info

N_FRAMES = 100


@pytest.fixture
def shaky_project(labeled_project):
    """Nose and tail tracked with jitter over frames 0 to 79; the nose labeled visible, occluded, absent."""
    rng = np.random.default_rng(6)

    def shaky(run_id):
        track = straight_track(N_FRAMES, 0, 80, run_id)
        positions = track.positions + rng.normal(size=(N_FRAMES, 2)).astype(np.float32)
        return Track(positions, track.visibility.copy(), track.confidence.copy(), track.provenance)

    labels = {
        NOSE: {
            **labeled_project.labels[NOSE],
            40: Label(NOSE, 40, 70.1 + 1 / 3, 30.7, Visibility.OCCLUDED),
            90: Label(NOSE, 90, 1.0, 2.0),
        }
    }
    return replace(
        labeled_project, video=video_info(N_FRAMES), labels=labels, made={NOSE: shaky(1), TAIL: shaky(2)}
    )


def _bits(project):
    return [(*x.point, x.frame_idx, x.x.hex(), x.y.hex(), x.visibility) for x in project.all_labels()]


@pytest.mark.parametrize("name", ["kalman", "savgol", "median", "outliers", "gaps"])
def test_labels_come_back_bit_for_bit_and_the_step_leads_back(name, shaky_project):
    filtered = filter_tracks(
        shaky_project, FilterOptions(name, {"min_confidence": 0.8} if name == "gaps" else {})
    )
    after, back = filtered.to_edit(shaky_project, 7).apply(shaky_project)
    assert _bits(after) == _bits(shaky_project)
    assert after.labels is shaky_project.labels
    assert back.apply(after)[0] == shaky_project


def test_tracks_pass_through_the_labels_and_jitter_is_less(shaky_project):
    after, _ = (
        filter_tracks(shaky_project, FilterOptions("savgol", {"window": 9}))
        .to_edit(shaky_project, 7)
        .apply(shaky_project)
    )
    label = shaky_project.label(NOSE, 40)
    assert after.tracks[NOSE].positions[40].tolist() == np.float32([label.x, label.y]).tolist()

    def jitter(project):
        return np.diff(project.tracks[TAIL].positions[:80], 2, axis=0).std()

    assert jitter(after) < 0.5 * jitter(shaky_project)


def test_who_made_what_is_recorded_with_what_it_was_made_from(shaky_project):
    filtered = filter_tracks(shaky_project, FilterOptions("savgol", {"window": 5}, (NOSE,), (20, 60)))
    after, _ = filtered.to_edit(shaky_project, 7).apply(shaky_project)
    assert after.tracks[NOSE].provenance == (
        Provenance(0, 20, 1),
        Provenance(20, 60, 2),
        Provenance(60, 80, 1),
    )
    assert after.tracks[TAIL] is shaky_project.tracks[TAIL]
    run = after.runs[-1]
    assert (run.run_id, run.kind, run.tracker, run.labels_revision) == (2, RunKind.FILTER, "savgol", 7)
    assert dict(run.parameters) == {"start": 20, "stop": 60, "window": 5, "order": 3, "of_runs": "1"}
    outside = [*range(20), *range(60, N_FRAMES)]
    np.testing.assert_array_equal(
        after.tracks[NOSE].positions[outside], shaky_project.tracks[NOSE].positions[outside]
    )


def test_what_is_not_predicted_stays_so_even_under_a_label(shaky_project):
    after, _ = (
        filter_tracks(shaky_project, FilterOptions("kalman")).to_edit(shaky_project, 7).apply(shaky_project)
    )
    assert np.isnan(after.tracks[NOSE].positions[80:]).all()
    assert after.tracks[NOSE].provenance[-1].stop <= 80


def test_a_filter_that_finds_nothing_changes_nothing(labeled_project):
    filtered = filter_tracks(labeled_project, FilterOptions("gaps"))
    assert not filtered.is_changed.any()
    np.testing.assert_array_equal(filtered.positions[:, 0], labeled_project.tracks[NOSE].positions)


def test_filled_frames_have_moved_from_nowhere(shaky_project):
    track = shaky_project.tracks[TAIL]
    positions = track.positions.copy()
    positions[30:34] = np.nan
    holed = Track(positions, track.visibility.copy(), track.confidence.copy(), track.provenance)
    project = replace(shaky_project, made={TAIL: holed})
    filtered = filter_tracks(project, FilterOptions("gaps"))
    assert np.flatnonzero(filtered.is_changed[:, 0]).tolist() == [30, 31, 32, 33]
    assert np.isnan(filtered.moved_px[30:34]).all()
    after, _ = filtered.to_edit(project, 1).apply(project)
    assert np.isfinite(after.tracks[TAIL].positions[30:34]).all()


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (FilterOptions("magic"), "no filter"),
        (FilterOptions("median", {"window": 4}), "odd"),
        (FilterOptions("median", {}, (TAIL,)), "'tail, tip' has no track"),
        (FilterOptions("median", {}, (PointId(1, 9),)), "9"),
        (FilterOptions("median", {}, None, (5, 50)), "not in the video"),
    ],
)
def test_what_cannot_be_is_said(options, words, labeled_project):
    with pytest.raises(UsageError, match=words):
        filter_tracks(labeled_project, options)


def test_without_tracks_there_is_nothing_to_filter(bare_project):
    with pytest.raises(UsageError, match="no tracks"):
        filter_tracks(bare_project, FilterOptions("median"))
