from talpose_app.model.label import PointId
from talpose_app.tracking.labels import LabelTable
from talpose_app.tracking.tracker import RefineOptions, RunStopped, TrackRequest


def test_a_request_takes_the_best_tracker_and_device_unless_told():
    request = TrackRequest("a.mp4", "f", 3, LabelTable.from_labels((PointId(1, 1),), []), (0, 3))
    assert (request.tracker, request.device, request.previous) == ("auto", "auto", None)


def test_refinement_is_ours_unless_told():
    assert RefineOptions().method == "talpose"


def test_a_stop_is_not_an_error_shown_to_the_user():
    from talpose_app.errors import TalposeError

    assert not issubclass(RunStopped, TalposeError)
