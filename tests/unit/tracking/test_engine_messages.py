import pickle

import pytest

from talpose_app.model.label import PointId
from talpose_app.tracking import engine_messages as messages
from talpose_app.tracking.labels import LabelTable
from talpose_app.tracking.tracker import RefineOptions, TrackRequest

LABELS = LabelTable.from_labels((PointId(1, 1),), [])
REQUEST = TrackRequest("a.mp4", "f", 3, LABELS, (0, 3))


@pytest.mark.parametrize(
    "message",
    [
        messages.StartJob(1, REQUEST, RefineOptions()),
        messages.AmendLabels(1, LABELS),
        messages.PauseJob(1),
        messages.ResumeJob(1),
        messages.StopJob(1),
        messages.Shutdown(),
        messages.EngineReady("2", "cpu"),
        messages.JobStarted(1, "t", "00", "cpu"),
        messages.JobProgress(1, "flow", 0.5),
        messages.JobFinished(1, was_stopped=True),
        messages.JobFailed(1, "engine", "a", "b"),
    ],
)
def test_messages_travel_pickled(message):
    assert type(pickle.loads(pickle.dumps(message))) is type(message)
