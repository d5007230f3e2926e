"""Two stacks with limits."""

import pytest

from talpose_app.errors import EditError
from talpose_app.model.edits import ChangeIndividuals
from talpose_app.model.history import History, Step
from talpose_app.model.project import Individual


@pytest.fixture
def renamed(bare_project):
    """Names the individual in a project and remembers it: ``renamed(history, name)``."""
    state = {"project": bare_project}

    def rename(history: History, name: str, n_bytes: int = 0):
        edit = ChangeIndividuals((Individual(1, name),))
        state["project"], inverse = edit.apply(state["project"])
        history.record(Step(f"Name {name}", edit, inverse, n_bytes=n_bytes))
        return state["project"]

    return rename


def test_undo_and_redo_lead_back_and_forth(renamed, bare_project):
    history = History()
    one = renamed(history, "one")
    two = renamed(history, "two")
    assert history.undo_title == "Name two"
    project, _ = history.undo(two)
    assert project == one
    assert history.redo_title == "Name two"
    project, _ = history.undo(project)
    assert project == bare_project
    project, edit = history.redo(project)
    assert project == one
    assert edit == history.undo_step.forward


def test_an_edit_forgets_what_was_undone(renamed):
    history = History()
    history.undo(renamed(history, "one"))
    renamed(history, "two")
    assert history.redo_step is None
    with pytest.raises(EditError, match="nothing to redo"):
        history.redo(None)


def test_nothing_to_undo_says_so(bare_project):
    with pytest.raises(EditError, match="nothing to undo"):
        History().undo(bare_project)


def test_only_so_many_steps_are_kept(renamed):
    history = History(limit=2)
    for name in ["one", "two", "three"]:
        renamed(history, name)
    assert [step.title for step in history.done] == ["Name two", "Name three"]


def test_only_so_many_bytes_are_kept_but_always_one_step(renamed):
    history = History(max_bytes=100)
    for name, n_bytes in [("one", 60), ("two", 30), ("three", 50)]:
        renamed(history, name, n_bytes)
    assert [step.title for step in history.done] == ["Name two", "Name three"]
    renamed(history, "four", 1000)
    assert [step.title for step in history.done] == ["Name four"]


def test_steps_of_an_earlier_session_are_put_back(renamed):
    earlier, history = History(), History()
    renamed(earlier, "one")
    renamed(earlier, "two")
    earlier.undo(renamed(earlier, "three"))
    for step in earlier.done:
        history.restore(step, is_undone=False)
    for step in earlier.undone:
        history.restore(step, is_undone=True)
    assert (history.undo_title, history.redo_title) == ("Name two", "Name three")
    history.clear()
    assert (history.undo_title, history.redo_title) == (None, None)
