"""Commands that change the project, on a real session."""

import pytest

from talpose_app.errors import EditError, UsageError
from talpose_app.model.label import PointId, Visibility
from talpose_app.protocol import messages as m
from talpose_app.server.edit_commands import EditCommands
from talpose_app.session.workspace import Workspace
from tests.fixtures.clients import ScriptedEngine


@pytest.fixture
def session(walk):
    workspace = Workspace(ScriptedEngine())
    yield workspace.open(walk)
    workspace.close()


@pytest.fixture
def commands(session):
    made = EditCommands(lambda: session)
    made.add_keypoint(m.AddKeypoint(id=1, name="nose"))
    return made


def _labels(*frames):
    return [m.LabelState(individual_id=1, keypoint_id=1, frame_idx=i, x=1.5, y=2.5) for i in frames]


@pytest.mark.parametrize(
    ("command", "title"),
    [
        (m.SetLabels(id=1, labels=_labels(2), title="Nudge label"), "Nudge label"),
        (m.SetLabels(id=1, labels=_labels(2), title="  "), "Set label"),
        (m.SetLabels(id=1, labels=_labels(2), title="t" * 500), "t" * 120),
        (m.ChangeKeypoint(id=1, keypoint_id=1, name="tip"), "Rename keypoint"),
        (m.ChangeKeypoint(id=1, keypoint_id=1, color="#000000"), "Recolor keypoint"),
        (m.DeleteKeypoint(id=1, keypoint_id=1), "Delete keypoint"),
        (m.ReorderKeypoints(id=1, keypoint_ids=[1]), "Reorder keypoints"),
        (m.SetEdges(id=1, edges=[]), "Change edges"),
        (m.AddIndividual(id=1), "Add individual"),
        (m.AddKeypoint(id=1, name="tail"), "Add tail"),
        (
            m.AddKeypoint(id=1, name="tail", label=m.FirstLabel(individual_id=1, frame_idx=2, x=1.5, y=2.5)),
            "Add tail",
        ),
    ],
)
def test_each_is_one_undoable_step_with_a_name(commands, session, command, title):
    before = session.project
    reply = commands.methods[type(command)](command)
    assert reply.revision == session.revision
    assert session.undo_title == title
    assert commands.undo(m.Undo(id=2)).revision == session.revision
    assert session.project == before


def test_a_keypoint_is_added_with_its_first_label_or_not_at_all(commands, session):
    def add(frame_idx):
        label = m.FirstLabel(individual_id=1, frame_idx=frame_idx, x=1 / 3, y=2.5)
        return commands.add_keypoint(m.AddKeypoint(id=1, label=label))

    added = add(2)
    label = session.project.label(PointId(1, added.keypoint_id), 2)
    assert (label.x, label.y, label.visibility) == (1 / 3, 2.5, Visibility.VISIBLE)
    assert label.time_s == session.reader.index.time_s(2)
    before = session.project
    with pytest.raises(EditError):
        add(999)
    assert session.project == before


def test_titles_tell_one_label_from_many(commands, session):
    commands.set_labels(m.SetLabels(id=1, labels=_labels(2, 3)))
    places = [m.LabelPlace(individual_id=1, keypoint_id=1, frame_idx=i) for i in (2, 3)]
    commands.delete_labels(m.DeleteLabels(id=2, places=places))
    assert session.undo_title == "Delete labels"
    commands.undo(m.Undo(id=3))
    commands.delete_labels(m.DeleteLabels(id=4, places=places[:1]))
    assert session.undo_title == "Delete label"
    commands.undo(m.Undo(id=5))
    commands.redo(m.Redo(id=6))
    assert session.undo_title == "Delete label"


def test_without_a_session_nothing_is_done():
    def nothing():
        raise UsageError("No project is open.")

    with pytest.raises(UsageError):
        EditCommands(nothing).undo(m.Undo(id=1))
