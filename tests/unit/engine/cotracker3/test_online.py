"""Windows after one another."""

import pytest
import torch

from talpose_app.engine.cotracker3.online import OnlineTracker, track_online

pytestmark = pytest.mark.engine

QUERIES = torch.tensor([[0.0, 30.0, 20.0], [6.0, 60.5, 40.25], [13.0, 20.0, 50.0]])


def test_streaming_equals_the_whole_clip(tiny, clip):
    pyramid = tiny.encode(clip)[:15]
    whole = track_online(tiny, pyramid, QUERIES, 2)
    tracker = OnlineTracker(tiny, QUERIES, 2)
    lengths = []
    for start, stop in ((0, 8), (4, 12), (8, 15)):
        output = tracker.feed(pyramid[start:stop])
        lengths.append(len(output.tracks))
    assert lengths == [8, 12, 15]
    assert torch.equal(output.tracks, whole.tracks)
    assert torch.equal(output.visibility, whole.visibility)


def test_one_window_is_the_plain_network(tiny, clip):
    pyramid = tiny.encode(clip[:8])
    queries = QUERIES[:2]
    whole = tiny(clip[:8], queries, 3)
    assert torch.equal(track_online(tiny, pyramid, queries, 3).tracks, whole.tracks)


def test_frames_of_an_earlier_window_are_final(tiny, clip):
    pyramid = tiny.encode(clip)
    tracker = OnlineTracker(tiny, QUERIES, 2)
    first = tracker.feed(pyramid[:8]).tracks
    second = tracker.feed(pyramid[4:12]).tracks
    assert torch.equal(second[:4], first[:4])
    assert not torch.equal(second[4:8], first[4:])


def test_result_needs_a_window(tiny):
    with pytest.raises(ValueError, match="no window"):
        OnlineTracker(tiny, QUERIES).result()
