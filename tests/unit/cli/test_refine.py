import pytest

from talpose_app.cli.projects import open_project
from talpose_app.cli.refine import METHODS


def test_json_is_one_line_a_step_and_nothing_else(talpose, small_project):
    lines = talpose("refine", small_project, "--steps", 12, "--json").done().lines
    assert [line["step"] for line in lines] == list(range(1, 13))
    assert all(set(line) == {"step", "loss", "seconds", "held_out_px"} for line in lines)
    losses = [line["loss"] for line in lines]
    assert losses == sorted(losses, reverse=True)


def test_each_line_says_what_hidden_labels_are_missed_by(talpose, small_project):
    with open_project(small_project) as session:
        n_labels = len(list(session.project.all_labels()))
    lines = talpose("refine", small_project, "--steps", 3, "--json").done().lines
    assert [line["held_out_px"] for line in lines] == [(n_labels + 1) / 2] * 3


def test_an_unknown_error_is_null(talpose, small_project):
    lines = talpose("refine", small_project, "--steps", 2, "--method", METHODS[1], "--json").done().lines
    assert [line["held_out_px"] for line in lines] == [None, None]


def test_the_run_is_kept_as_one_step(talpose, small_project):
    talpose("refine", small_project, "--steps", 3, "--lr", 0.01, "--method", METHODS[1]).done()
    with open_project(small_project) as session:
        (run,) = session.project.runs
        assert run.losses == (1.0, 0.5, 1 / 3)
        assert run.held_out is None
        assert session.undo_title == "Refine"


def test_words_say_what_was_done(talpose, small_project):
    ran = talpose("refine", small_project, "--steps", 4).done()
    assert "4 steps" in ran.out
    assert "loss 1 to 0.25" in ran.out
    assert "by a median of" in ran.out.splitlines()[1]


def test_the_project_keeps_the_error_and_every_label(talpose, small_project):
    with open_project(small_project) as session:
        labels = list(session.project.all_labels())
    talpose("refine", small_project, "--steps", 2).done()
    with open_project(small_project) as session:
        (run,) = session.project.runs
        assert run.held_out is not None
        assert run.held_out.overall.n == len(labels)
        assert list(session.project.all_labels()) == labels


@pytest.mark.parametrize(
    ("option", "value"),
    [("--steps", 0), ("--lr", 0), ("--lr", "inf"), ("--lr", "nan"), ("--lr", 1.5), ("--lr", -1)],
)
def test_numbers_that_cannot_be_are_usage_errors(talpose, small_project, option, value):
    ran = talpose("refine", small_project, option, value)
    assert (ran.code, ran.err.count("\n")) == (2, 1)
