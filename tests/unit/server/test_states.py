"""A session as the page sees it."""

from pathlib import Path

import numpy as np
import pytest

from talpose_app.errors import ProjectError
from talpose_app.model.held_out import ErrorSummary, HeldOutSummary, PointError
from talpose_app.model.label import PointId
from talpose_app.model.run import RunKind
from talpose_app.protocol import messages as m
from talpose_app.server import states
from talpose_app.server.entries import Entries
from talpose_app.session import events
from talpose_app.session.workspace import WantedVideo, Workspace
from tests.fixtures.clients import ScriptedEngine


@pytest.fixture
def session(walk):
    workspace = Workspace(ScriptedEngine())
    yield workspace.open(walk)
    workspace.close()


def test_project_state(session, walk):
    state = states.project_state(session)
    assert (state.name, state.folder) == ("walk", str(walk.parent))
    assert state.video.name == "walk.mp4"
    times = np.frombuffer(state.video.times_s.data, "<f8")
    assert times.tolist() == [session.reader.index.time_s(idx) for idx in range(20)]
    assert (state.run, state.undo_title, state.labels) == (None, None, [])


def test_project_name():
    assert states.project_name(Path("/d/run.1.talpose.json")) == "run.1"


def test_run_state(bare_project):
    status = events.RunStatus(
        3, RunKind.REFINE, "failed", losses=(0.5, 0.25), error=events.RunError("engine", "It died.", "Again.")
    )
    state = states.run_state(status, bare_project)
    assert (state.run_id, state.kind, state.state, state.losses) == (3, "refine", "failed", [0.5, 0.25])
    assert state.error == m.ErrorState(code="engine", message="It died.", hint="Again.")


def test_run_state_tells_the_error_as_soon_as_it_is_known(bare_project):
    assert states.run_state(events.RunStatus(3, RunKind.REFINE), bare_project).held_out is None
    error = ErrorSummary(4, 1.5, 3.0)
    known = events.RunStatus(
        3, RunKind.REFINE, held_out=HeldOutSummary(error, (PointError(PointId(1, 2), error),))
    )
    told = states.run_state(known, bare_project).held_out
    assert told is not None
    assert (told.n, told.median_px, told.p90_px) == (4, 1.5, 3.0)
    assert "4 hidden labels" in told.sentence


def test_events(session):
    refused = events.SaveState("error", ProjectError("The disk is full.", hint="Make room."))
    saved = states.event_message(session, events.SaveChanged(refused))
    assert isinstance(saved, m.SaveChanged)
    assert saved.save.error is not None
    assert saved.save.error.hint == "Make room."
    notice = states.event_message(session, events.Noticed("warning", "Look.", "There."))
    assert notice == m.Notice(level="warning", message="Look.", hint="There.")
    run = states.event_message(session, events.RunChanged(events.RunStatus(1, RunKind.TRACK)))
    assert isinstance(run, m.RunChanged)


def test_a_wanted_video_is_told_with_the_folder_of_its_project():
    entries = Entries()
    assert states.wanted_state(None, entries) is None
    wanted = WantedVideo(Path("/d/run.talpose.json"), Path("/v/fox.mp4"), "It is missing.")
    told = states.wanted_state(wanted, entries)
    assert told is not None
    assert (told.project, told.name, told.reason) == ("run", "fox.mp4", "It is missing.")
    assert told.place == str(Path("/v/fox.mp4"))
    assert entries.resolve(told.folder_id) == Path("/d")
    assert entries.resolve(told.project_id) == wanted.project
