from talpose_app.model.run import RunKind
from talpose_app.server.pace_states import pace_states
from talpose_app.server.run_commands import RunDefaults
from talpose_app.session.pace import Pace


def told(*paces, **defaults):
    states = pace_states(paces, RunDefaults(**defaults))
    return {(state.tracker, state.device) for state in states}


def pace(tracker="talpose-small", device="auto"):
    return Pace(RunKind.TRACK, tracker, device, 0.5, 0.25)


def test_a_pace_is_told_as_it_is():
    (state, *_) = pace_states([pace("big")], RunDefaults())
    assert (state.kind, state.tracker, state.device, state.is_measured) == ("track", "big", "auto", True)
    assert (state.frame_s, state.point_s) == (0.5 + 24 * 0.25, 0.25)


def test_the_tracker_and_device_that_auto_leads_to_are_told_as_auto_too():
    assert told(pace(), pace("big", "cpu")) == {("talpose-small", "auto"), ("auto", "auto"), ("big", "cpu")}


def test_what_auto_means_can_be_chosen():
    known = pace(), pace(device="cpu"), pace("big", "cpu")
    assert told(*known, device="cpu") == {
        *((tracker, device) for tracker in ("talpose-small", "auto") for device in ("cpu", "auto")),
        ("big", "cpu"),
        ("big", "auto"),
    }


def test_without_the_tracker_that_is_meant_nothing_is_auto():
    assert told(pace(), tracker="gone") == {("talpose-small", "auto")}
