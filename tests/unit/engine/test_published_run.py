import numpy as np
import pytest

from talpose_app.engine.published_run import run_published
from talpose_app.engine.steering import Steering
from talpose_app.model.label import PointId
from talpose_app.tracking.tracker import RefineOptions, RunStopped
from tests.fixtures.moving import N_FRAMES, POINTS, Control, every, request, table

pytestmark = pytest.mark.engine


@pytest.fixture
def run(tiny_network, footage, moving_video):
    def start(labels, n_steps, control=None):
        steering = Steering(control or Control(), labels)
        return run_published(
            tiny_network, footage, request(moving_video, labels), RefineOptions(n_steps), steering
        )

    return start


def test_one_update_a_step(run):
    updates = list(run(table(every(8)), 3))
    assert [update.step for update in updates] == [1, 2, 3]
    assert updates[-1].positions.shape == (N_FRAMES, 3, 2)
    assert all(np.isfinite(update.loss) for update in updates)


def test_points_without_labels_are_left_out(run):
    update = next(run(table(every(8, points=(0,)), (PointId(9, 9), *POINTS[:1])), 1))
    assert np.isnan(update.positions[:, 0]).all()
    assert np.isfinite(update.positions[:, 1]).all()


def test_it_can_be_stopped_between_steps(run):
    with pytest.raises(RunStopped):
        list(run(table(every(8)), 50, Control(stop_at=4)))
