import pytest

from talpose_app.cli.filter import METHODS
from talpose_app.cli.projects import open_project
from talpose_app.model.run import RunKind
from talpose_app.tracking.filters.registry import FILTERS


@pytest.fixture
def tracked(talpose, small_project):
    talpose("track", small_project).done()
    return small_project


def _project(path):
    with open_project(path, read_only=True) as session:
        return session.project


def test_every_filter_and_parameter_can_be_named(talpose):
    assert {spec.name for spec in FILTERS} == set(METHODS)
    said = talpose("filter", "--help").done().out
    for spec in FILTERS:
        assert all(f"--{p.name.replace('_', '-')}" in said for p in spec.parameters)


def test_one_line_says_what_was_changed_and_it_is_one_step(talpose, tracked):
    before = _project(tracked)
    (said,) = talpose("filter", tracked, "--method", "savgol", "--window", 5, "--json").done().lines
    assert said["parameters"] == {"window": 5, "order": 3}
    assert (said["method"], said["points"], said["frames"]) == ("savgol", 2, 24)
    assert said["changed"] == sum(k["changed"] for k in said["keypoints"].values())
    assert said["applied"] is (said["changed"] > 0)
    with open_project(tracked) as session:
        after = session.project
        assert after.labels == before.labels
        if said["applied"]:
            assert session.undo_title == "Filter: Savitzky-Golay"
            assert after.runs[-1].kind is RunKind.FILTER
            session.undo()
            assert session.project == before


def test_a_spike_is_rejected_and_the_words_say_so(talpose, tracked):
    with open_project(tracked) as session:
        from talpose_app.model.edits import ChangeTracks
        from talpose_app.model.track import Track

        (point, track), *_ = session.project.tracks.items()
        positions = track.positions.copy()
        positions[12] += 40
        spiked = Track(positions, track.visibility.copy(), track.confidence.copy(), track.provenance)
        session.apply("Spike", ChangeTracks(((point, spiked),)))
    dry = talpose("filter", tracked, "--method", "outliers", "--dry-run").done()
    assert "Would change 1 position of 1 point" in dry.out
    assert _project(tracked).tracks[point] == spiked
    done = talpose("filter", tracked, "--method", "outliers").done()
    assert "Changed 1 position of 1 point" in done.out
    assert abs(_project(tracked).tracks[point].positions[12] - track.positions[12]).max() < 2


def test_nothing_to_change_is_said_and_makes_no_step(talpose, tracked):
    assert talpose("filter", tracked, "--method", "gaps").done().out == "Fill gaps: nothing to change.\n"
    with open_project(tracked) as session:
        assert session.undo_title == "Track"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--method", "median", "--order", 2), "has no order"),
        (("--method", "median", "--window", 4), "odd"),
        (("--method", "savgol", "--keypoints", "tail"), "no keypoint 'tail'"),
        (("--method", "savgol", "--span", "0:99"), "not in the video"),
    ],
)
def test_what_cannot_be_is_an_error_in_one_line(words, said, talpose, tracked):
    ran = talpose("filter", tracked, *words)
    assert ran.code == 1
    assert ran.err.startswith("talpose: error: ")
    assert said in ran.err
    assert ran.err.count("\n") == 1


def test_an_unknown_filter_is_a_mistake_of_usage(talpose, tracked):
    assert talpose("filter", tracked, "--method", "magic").code == 2
