"""Filtering from a page, on a real session."""

import numpy as np
import pytest

from talpose_app.errors import UsageError
from talpose_app.model.edits import ChangeTracks
from talpose_app.model.label import PointId
from talpose_app.model.track import Track
from talpose_app.protocol import messages as m
from talpose_app.server.edit_commands import EditCommands
from talpose_app.server.filter_commands import FilterCommands, filter_states
from talpose_app.session.workspace import Workspace
from talpose_app.tracking.filters.registry import filter_named
from tests.fixtures.clients import ScriptedEngine
from tests.fixtures.projects import straight_track

POINT = PointId(1, 1)


@pytest.fixture
def session(walk):
    workspace = Workspace(ScriptedEngine())
    session = workspace.open(walk)
    EditCommands(lambda: session).add_keypoint(m.AddKeypoint(id=1))
    straight = straight_track(20, 0, 20)
    positions = straight.positions.copy()
    positions[12] += 30
    spiked = Track(positions, straight.visibility.copy(), straight.confidence.copy(), straight.provenance)
    session.apply("Import", ChangeTracks(((POINT, spiked),)))
    yield session
    workspace.close()


@pytest.fixture
def commands(session):
    return FilterCommands(lambda: session)


def _settings(name="outliers", **fields):
    return m.FilterSettings(name=name, parameters=fields.pop("parameters", {}), **fields)


def test_a_preview_holds_the_frames_asked_for_and_changes_nothing(commands, session):
    before = session.project
    reply = commands.preview_filter(m.PreviewFilter(id=5, filter=_settings(start=10, stop=15)))
    assert (reply.id, reply.start, reply.n_changed) == (5, 10, [1])
    assert reply.points == [m.PointRef(individual_id=1, keypoint_id=1)]
    positions = np.frombuffer(reply.positions.data, "<f4").reshape(reply.positions.shape)
    assert positions.shape == (5, 1, 2)
    np.testing.assert_allclose(positions[2, 0], (28, 23), atol=0.01)
    assert reply.mean_px == reply.max_px == pytest.approx(np.hypot(30, 30), abs=0.1)
    assert session.project is before


def test_applying_does_what_was_shown_as_one_step(commands, session):
    shown = commands.preview_filter(m.PreviewFilter(id=5, filter=_settings()))
    reply = commands.apply_filter(m.ApplyFilter(id=6, filter=_settings()))
    assert reply.revision == session.revision
    assert session.project.tracks[POINT].positions.tobytes() == shown.positions.data
    assert session.undo_title == "Filter: Reject outliers"


def test_a_preview_that_changes_nothing_has_no_distances(commands):
    reply = commands.preview_filter(m.PreviewFilter(id=5, filter=_settings("gaps")))
    assert (reply.n_changed, reply.mean_px, reply.max_px) == ([0], None, None)


@pytest.mark.parametrize(
    "settings",
    [
        _settings("magic"),
        _settings("median", parameters={"window": 6.0}),
        _settings("median", points=[m.PointRef(individual_id=1, keypoint_id=7)]),
        _settings("median", start=19, stop=25),
    ],
)
def test_what_cannot_be_is_refused(commands, settings):
    with pytest.raises(UsageError):
        commands.preview_filter(m.PreviewFilter(id=5, filter=settings))


def test_every_filter_is_offered_with_its_defaults():
    for state in filter_states():
        given = {parameter.name: parameter.default for parameter in state.parameters}
        assert filter_named(state.name).checked(given) == given
