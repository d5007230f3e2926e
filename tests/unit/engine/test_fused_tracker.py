import numpy as np
import pytest
import torch

from talpose_app.engine.cotracker3.checkpoint import load_network
from talpose_app.engine.frames import FrameSource
from talpose_app.engine.fused_tracker import FusedTracker
from talpose_app.engine.trackers import load_tracker
from talpose_app.tracking.tracker import RefineOptions
from tests.fixtures.moving import Control, every, label, request, table

pytestmark = pytest.mark.engine


def test_tracking_shows_paths_first_and_the_whole_then(tiny_checkpoint, moving_video):
    control = Control()
    tracker = load_tracker(str(tiny_checkpoint), "cpu")
    updates = list(tracker.track(request(moving_video, table(every(8))), control))
    assert [update.step for update in updates] == [0, 1]
    assert list(dict.fromkeys(control.stages)) == ["opening video", "features", "paths", "network"]
    assert np.isfinite(updates[0].positions).all()


def test_a_video_stays_open_for_the_next_run_and_no_longer(
    tiny_checkpoint, moving_video, tmp_path, monkeypatch
):
    opened, closed = [], []
    monkeypatch.setattr(FrameSource, "__init__", noting(opened, FrameSource.__init__))
    monkeypatch.setattr(FrameSource, "close", noting(closed, FrameSource.close))
    tracker = FusedTracker("tiny", "ab", load_network(tiny_checkpoint))
    labels = table(every(8))
    *_, tracked = tracker.track(request(moving_video, labels), Control())
    refined = list(
        tracker.refine(request(moving_video, labels, previous=tracked.positions), RefineOptions(2), Control())
    )
    again = request(moving_video, table([*every(8), label(0, 20)]), previous=refined[-1].positions)
    control = Control()
    first, *_ = tracker.refine(again, RefineOptions(1), control)
    assert first.positions[20, 0].tolist() == pytest.approx([label(0, 20).x, label(0, 20).y], abs=1e-4)
    assert len(opened) == 1
    assert not closed
    other = tmp_path / "other.mp4"
    other.write_bytes(moving_video.read_bytes())
    list(tracker.track(request(other, labels), Control()))
    assert len(opened) == 2
    assert len(closed) == 1


def noting(calls, function):
    def called(*arguments):
        calls.append(arguments)
        return function(*arguments)

    return called


def test_a_small_network_computes_alone_and_leaves_the_threads_as_they_were(tiny_checkpoint, moving_video):
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    tracker = load_tracker(str(tiny_checkpoint), "cpu")
    updates = tracker.track(request(moving_video, table(every(8))), Control())
    assert [torch.get_num_threads() for _ in updates] == [1, 1]
    assert torch.get_num_threads() == 2
    torch.set_num_threads(before)
