"""Commands that start and steer runs, on a real session with a scripted engine."""

import pytest

from talpose_app.errors import UsageError
from talpose_app.protocol import messages as m
from talpose_app.server.edit_commands import EditCommands
from talpose_app.server.run_commands import RunCommands, RunDefaults
from talpose_app.session.workspace import Workspace
from tests.fixtures.clients import ScriptedEngine


@pytest.fixture
def engine():
    return ScriptedEngine()


@pytest.fixture
def session(walk, engine):
    workspace = Workspace(engine)
    session = workspace.open(walk)
    edits = EditCommands(lambda: session)
    edits.add_keypoint(m.AddKeypoint(id=1))
    label = m.LabelState(individual_id=1, keypoint_id=1, frame_idx=0, x=1.0, y=2.0)
    edits.set_labels(m.SetLabels(id=2, labels=[label]))
    yield session
    workspace.close()


def _commands(session, defaults=None):
    return RunCommands(lambda: session, defaults or RunDefaults(), lambda: frozenset({"talpose-small"}))


@pytest.mark.parametrize(
    ("start", "stop", "span"), [(None, None, (0, 20)), (3, None, (3, 20)), (None, 7, (0, 7)), (3, 7, (3, 7))]
)
def test_half_a_span_reaches_to_the_end(session, engine, start, stop, span):
    _commands(session).start_run(m.StartRun(id=1, kind="track", start=start, stop=stop))
    assert engine.job.request.span == span


def test_auto_is_what_the_app_was_started_with(session, engine):
    commands = _commands(session, RunDefaults("/my/tracker.pth", "cuda"))
    commands.start_run(m.StartRun(id=1, kind="track"))
    assert (engine.job.request.tracker, engine.job.request.device) == ("/my/tracker.pth", "cuda")


def test_what_the_user_chose_on_the_page_wins(session, engine):
    commands = _commands(session, RunDefaults("/my/tracker.pth", "cuda"))
    commands.start_run(m.StartRun(id=1, kind="track", tracker="talpose-small", device="cpu"))
    assert (engine.job.request.tracker, engine.job.request.device) == ("talpose-small", "cpu")


def test_a_page_names_no_files(session):
    with pytest.raises(UsageError, match="no tracker"):
        _commands(session).start_run(m.StartRun(id=1, kind="track", tracker="/home/me/evil.pth"))


def test_steering(session, engine):
    commands = _commands(session)
    commands.start_run(m.StartRun(id=1, kind="refine"))
    engine.step(1)
    commands.pause_run(m.PauseRun(id=2))
    commands.resume_run(m.ResumeRun(id=3))
    commands.stop_run(m.StopRun(id=4))
    assert session.wait_for_run(30).state == "done"
    assert engine.told == ["pause", "resume", "stop"]
    revision = session.revision
    assert commands.revert_run(m.RevertRun(id=5)).revision == revision + 1
