"""The editor on a disk that can be full: memory is never ahead of it."""

import random

import pytest

from talpose_app.errors import EditError, ProjectError
from talpose_app.model.edits import ChangeIndividuals, ChangeLabels, LabelChange
from talpose_app.model.label import Label
from talpose_app.model.project import Individual
from talpose_app.session.editor import Editor
from talpose_app.session.events import Noticed, ProjectChanged, SaveChanged
from talpose_app.store.store import ProjectStore
from tests.fixtures.disks import FaultyDisk
from tests.fixtures.projects import NOSE


@pytest.fixture
def disk():
    return FaultyDisk(random.Random(2))


@pytest.fixture
def path(tmp_path):
    return tmp_path / "fox.talpose.json"


@pytest.fixture
def editor(disk, path, bare_project):
    ProjectStore.create(path, bare_project, disk=disk).close()
    opened = ProjectStore.open(path, disk=disk)
    made = Editor(opened.store, opened.project, opened.history, opened.view)
    made.heard = []
    made.subscribers.add(made.heard.append)
    yield made
    made.close()


def rename(name):
    return ChangeIndividuals((Individual(1, name),))


def states(editor):
    return [event.state.state for event in editor.heard if isinstance(event, SaveChanged)]


def test_a_full_disk_refuses_the_edit_and_later_ones_go_through(editor, disk):
    before = editor.project
    disk.n_free = 20
    with pytest.raises(ProjectError, match="No space"):
        editor.apply("Rename", rename("fox"))
    assert (editor.project, editor.revision, editor.history.undo_step) == (before, 0, None)
    assert editor.save_state.state == "error"
    assert editor.needs_fold
    disk.n_free = None
    editor.apply("Rename", rename("fox"))
    assert states(editor) == ["error", "saved"]


@pytest.mark.parametrize("move", ["undo", "redo"])
def test_undo_and_redo_are_refused_too(editor, disk, move):
    editor.apply("Rename", rename("fox"))
    if move == "redo":
        editor.undo()
    before, revision = editor.project, editor.revision
    disk.n_free = 20
    with pytest.raises(ProjectError):
        getattr(editor, move)()
    assert (editor.project, editor.revision) == (before, revision)
    disk.n_free = None
    getattr(editor, move)()
    assert editor.project != before


def test_a_snapshot_the_disk_refuses_is_said_and_tried_again(editor, disk):
    editor.apply("Rename", rename("fox"))
    disk.n_free = 20
    with pytest.raises(ProjectError):
        editor.fold()
    assert editor.save_state.state == "error"
    disk.n_free = None
    editor.fold()
    assert states(editor) == ["saving", "error", "saving", "saved"]
    assert not editor.needs_fold


def test_folding_without_a_change_writes_nothing(editor, disk):
    editor.apply("Rename", rename("fox"))
    editor.fold()
    n_operations = disk.n_operations
    editor.fold()
    assert disk.n_operations == n_operations


def test_an_edit_made_while_folding_is_folded_next(editor, disk):
    editor.apply("Rename", rename("fox"))

    def meanwhile(event):
        if isinstance(event, SaveChanged) and event.state.state == "saving" and editor.revision < 2:
            editor.apply("Rename", rename("hen"))

    editor.subscribers.add(meanwhile)
    editor.fold()
    assert editor.revision == 2
    assert editor.needs_fold


def test_a_journal_that_vanished_is_written_anew_with_the_history(editor, disk, path):
    editor.apply("Rename", rename("fox"))
    disk.remove(path.with_name("fox.talpose.journal"))
    editor.apply("Rename", rename("hen"))
    assert [type(event) for event in editor.heard] == [ProjectChanged, Noticed, ProjectChanged]
    editor.close()
    opened = ProjectStore.open(path, disk=disk)
    assert opened.project.individuals[0].name == "hen"
    assert len(opened.history.done) == 2
    opened.store.close()


def test_a_listener_that_fails_does_not_harm_the_edit(editor, caplog):
    def broken(_event):
        raise RuntimeError("deaf")

    editor.subscribers.add(broken)
    assert editor.apply("Rename", rename("fox")) == 1
    assert "deaf" in caplog.text


def test_an_undone_edit_of_an_earlier_session_is_told_as_what_it_is(editor, disk, path):
    editor.apply("Rename", rename("fox"))
    editor.close()
    opened = ProjectStore.open(path, disk=disk)
    again = Editor(opened.store, opened.project, opened.history, opened.view)
    heard = []
    again.subscribers.add(heard.append)
    again.undo()
    assert heard[0].edit == rename("individual_1")
    again.close()


def test_nothing_to_undo_or_redo(editor):
    with pytest.raises(EditError):
        editor.undo()
    with pytest.raises(EditError):
        editor.redo()


def test_a_label_far_from_the_picture_is_refused_but_one_that_is_there_can_be_taken_back_and_forth(
    disk, path, labeled_project
):
    absurd = ChangeLabels((LabelChange(NOSE, 2, Label(NOSE, 2, 1e39, 0.0)),))
    old, _ = absurd.apply(labeled_project)
    ProjectStore.create(path, old, disk=disk).close()
    opened = ProjectStore.open(path, disk=disk)
    editor = Editor(opened.store, opened.project, opened.history, opened.view)
    editor.apply("Move label", ChangeLabels((LabelChange(NOSE, 2, Label(NOSE, 2, 1.0, 0.0)),)))
    with pytest.raises(EditError, match="too far"):
        editor.apply("Move label", absurd)
    editor.undo()
    assert editor.project == old
    editor.close()


def test_a_place_that_was_found_is_folded_once_though_no_edit_was_made(editor, disk):
    editor.keep_place()
    assert editor.needs_fold
    editor.fold()
    assert not editor.needs_fold
    assert (editor.revision, editor.history.undo_step) == (0, None)


def test_a_place_that_is_set_is_in_the_snapshot_even_if_one_is_written_meanwhile(
    editor, disk, path, monkeypatch
):
    fold = editor._store.fold

    def fold_late(*args):
        monkeypatch.undo()
        editor.set_place("/moved/fox.mp4")
        return fold(*args)

    monkeypatch.setattr(editor._store, "fold", fold_late)
    editor.keep_place()
    editor.fold()
    assert editor.needs_fold
    editor.close()
    opened = ProjectStore.open(path, disk=disk)
    assert opened.project.video.path == "/moved/fox.mp4"
    opened.store.close()


def test_no_place_is_set_where_nothing_can_be_written(editor, disk, path):
    opened = ProjectStore.open(path, read_only=True, disk=disk)
    reading = Editor(opened.store, opened.project, opened.history, opened.view)
    with pytest.raises(ProjectError, match="read-only"):
        reading.set_place("/moved/fox.mp4")
    assert reading.project is opened.project
