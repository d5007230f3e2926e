import shutil

import pytest

from talpose_app.engine.trackers import load_tracker
from talpose_app.errors import TrackerError, UsageError

pytestmark = pytest.mark.engine


def test_a_tracker_is_loaded_once(tiny_checkpoint):
    assert load_tracker(str(tiny_checkpoint), "cpu") is load_tracker(str(tiny_checkpoint), "cpu")


def test_other_weights_at_the_same_place_are_loaded_anew(tiny_network, tiny_checkpoint, tmp_path):
    from talpose_app.engine.cotracker3.checkpoint import save_network

    path = tmp_path / "w.safetensors"
    shutil.copy(tiny_checkpoint, path)
    first = load_tracker(str(path), "cpu")
    save_network(tiny_network, path, {"note": "another file"})
    second = load_tracker(str(path), "cpu")
    assert second.weights_sha256 != first.weights_sha256


def test_names_that_lead_nowhere_are_errors_in_words(tmp_path):
    with pytest.raises(TrackerError):
        load_tracker(str(tmp_path / "none.pth"), "cpu")


def test_an_unknown_device_is_refused(tiny_checkpoint):
    with pytest.raises(UsageError):
        load_tracker(str(tiny_checkpoint), "abacus")
