import numpy as np
import pytest

from talpose_app.engine import appearance
from talpose_app.engine.evidence import PathEvidence
from talpose_app.engine.scene import Scene
from talpose_app.engine.steering import Steering
from talpose_app.engine.tracking import Tracking
from tests.fixtures.moving import N_FRAMES, Control, every, label, request, table

pytestmark = pytest.mark.engine


@pytest.fixture
def make(tiny_network, footage):
    return lambda: Tracking(tiny_network, footage, PathEvidence(footage))


@pytest.fixture
def run(moving_video):
    def track(tracking, labels, control=None):
        steering = Steering(control or Control(), labels)
        return list(tracking.run(request(moving_video, labels), steering))[-1]

    return track


def test_a_new_label_costs_what_it_touches_and_gives_what_starting_afresh_gives(make, run, monkeypatch):
    # How sharply looks count is measured on all labels, and untouched frames keep what was measured before.
    # Here two values are nearly as likely: how the video happened to be encoded decided which one was taken.
    monkeypatch.setattr(appearance, "_SHARPNESSES", (5.0,))
    tracking, more = make(), table([*every(8), label(0, 20)])
    run(tracking, table(every(8)))
    spans, find = [], Scene.tracked
    monkeypatch.setattr(
        Scene, "tracked", lambda self, chosen, *rest: spans.extend(chosen) or find(self, chosen, *rest)
    )
    again = run(tracking, more)
    assert min(start for start, _ in spans) >= 12
    afresh = run(make(), more)
    np.testing.assert_allclose(again.positions, afresh.positions, atol=1e-4)
    np.testing.assert_allclose(again.confidence, afresh.confidence, atol=1e-4)


def test_a_run_that_was_stopped_is_made_up_for(make, run):
    class Stop(Control):
        def report(self, stage, fraction):
            if stage == "network":
                raise KeyboardInterrupt

    tracking = make()
    run(tracking, table(every(8)))
    with pytest.raises(KeyboardInterrupt):
        run(tracking, table([*every(8), label(0, 20)]), Stop())
    labels = table([*every(8), label(1, 4)])
    # How sharp looks are is measured on all labels; where none changed it stays as it was.
    np.testing.assert_allclose(run(tracking, labels).positions, run(make(), labels).positions, atol=0.05)


def test_other_points_are_tracked_anew(make, run):
    tracking = make()
    run(tracking, table(every(8)))
    found = run(tracking, table(every(6)))
    assert found.positions.shape == (N_FRAMES, 3, 2)
    np.testing.assert_allclose(found.positions, run(make(), table(every(6))).positions, atol=1e-4)
