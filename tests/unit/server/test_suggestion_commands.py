"""Where to click next, asked by a page."""

import numpy as np
import pytest

from talpose_app.errors import UsageError
from talpose_app.model.edits import ChangeSkeleton, ChangeTracks
from talpose_app.model.track import Track
from talpose_app.protocol import messages as m
from talpose_app.server.suggestion_commands import SuggestionCommands
from talpose_app.session.workspace import Workspace
from tests.fixtures.clients import ScriptedEngine
from tests.fixtures.projects import NOSE, straight_track


@pytest.fixture
def session(walk):
    workspace = Workspace(ScriptedEngine())
    session = workspace.open(walk)
    session.apply("Add keypoint", ChangeSkeleton(session.project.skeleton.with_keypoint("nose")))
    yield session
    workspace.close()


def _ask(session, **fields):
    return SuggestionCommands(lambda: session).get_suggestions(m.GetSuggestions(id=3, **fields))


def test_places_come_best_first_with_what_is_expected_to_be_right(session):
    track = straight_track(20, 0, 20)
    confidence = np.full(20, 0.25, np.float32)
    doubtful = Track(track.positions, track.visibility, confidence, track.provenance)
    session.apply("Import", ChangeTracks(((NOSE, doubtful),)))
    reply = _ask(session)
    assert reply.id == 3
    assert reply.places[0].keypoint_id == 1
    assert [x.gain for x in reply.places] == sorted((x.gain for x in reply.places), reverse=True)
    assert reply.expected_share == pytest.approx(0.25)
    assert len(_ask(session, count=1).places) == 1


def test_without_tracks_there_is_nothing(session):
    reply = _ask(session)
    assert (reply.places, reply.expected_share) == ([], None)


@pytest.mark.parametrize("count", [0, 5000])
def test_a_count_that_makes_no_sense_is_refused(session, count):
    with pytest.raises(UsageError):
        _ask(session, count=count)
