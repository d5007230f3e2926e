import numpy as np
import pytest

from talpose_app.engine.trackers import load_tracker
from tests.fixtures.moving import Control, every, request, table

pytestmark = pytest.mark.engine


def test_tracking_shows_paths_first_and_the_whole_then(tiny_checkpoint, moving_video):
    control = Control()
    tracker = load_tracker(str(tiny_checkpoint), "cpu")
    updates = list(tracker.track(request(moving_video, table(every(8))), control))
    assert [update.step for update in updates] == [0, 1]
    assert list(dict.fromkeys(control.stages)) == ["opening video", "features", "paths", "network"]
    assert np.isfinite(updates[0].positions).all()
