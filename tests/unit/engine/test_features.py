import numpy as np
import pytest
import torch

from talpose_app.engine import features
from talpose_app.engine.features import CHUNK, FeatureStore, resize
from talpose_app.engine.frames import FrameSource
from tests.fixtures.moving import N_FRAMES

pytestmark = pytest.mark.engine


@pytest.fixture
def make_store(tmp_path, tiny_network, moving_video):
    source = FrameSource(str(moving_video))

    def make(fingerprint="a"):
        return FeatureStore(tmp_path, fingerprint, "w", tiny_network, source, (64, 96))

    yield make
    source.close()


def files(folder):
    return sorted(path.name for path in folder.rglob("*.npy"))


def test_only_what_is_asked_for_is_computed(make_store, tmp_path):
    shares = []
    make_store().prepare(CHUNK, N_FRAMES, shares.append)
    assert files(tmp_path) == ["000001.npy"]
    assert shares == [0.0]


def test_a_second_run_computes_nothing(make_store):
    make_store().prepare(0, N_FRAMES, lambda _: None)
    shares = []
    make_store().prepare(0, N_FRAMES, shares.append)
    assert shares == []


def test_kept_features_are_those_of_the_network_in_half_precision(make_store, tiny_network, moving_video):
    frame = FrameSource(str(moving_video)).color(17, 18)[0]
    expected = tiny_network.encode(resize(frame, (64, 96))[None])
    pyramid = make_store().pyramid(17, 18)
    assert len(pyramid.levels) == len(expected.levels)
    for level, wanted in zip(pyramid.levels, expected.levels, strict=True):
        torch.testing.assert_close(level, wanted, atol=1e-3, rtol=0)


def test_a_range_across_chunks_is_whole(make_store):
    store = make_store()
    pyramid = store.pyramid(CHUNK - 2, CHUNK + 3)
    assert pyramid.n_frames == 5
    np.testing.assert_array_equal(pyramid.levels[0][3], store.pyramid(CHUNK + 1, CHUNK + 2).levels[0][0])


def test_the_least_recently_used_video_makes_room(make_store, tmp_path, monkeypatch):
    make_store("old").prepare(0, CHUNK, lambda _: None)
    monkeypatch.setattr(features, "MAX_BYTES", 1)
    make_store("new").prepare(0, N_FRAMES, lambda _: None)
    assert files(tmp_path) == ["000000.npy", "000001.npy"]


def test_a_stop_while_computing_leaves_whole_files_only(make_store, tmp_path):
    def stop(share):
        if share > 0:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        make_store().prepare(0, N_FRAMES, stop)
    assert files(tmp_path) == ["000000.npy"]
    assert not list(tmp_path.rglob("*.part"))


def test_resizing_keeps_corner_pixels():
    frame = np.zeros((5, 7, 3), np.uint8)
    frame[0, 0], frame[-1, -1] = 200, 100
    small = resize(frame, (9, 11))
    assert small.shape == (3, 9, 11)
    np.testing.assert_allclose(small[:, 0, 0], 200, atol=1e-4)
    np.testing.assert_allclose(small[:, -1, -1], 100, atol=1e-4)


def test_a_gray_frame_is_the_mean_of_the_channels_of_a_colored_one():
    frame = np.random.default_rng(0).integers(0, 256, (5, 7, 3)).astype(np.uint8)
    gray = resize(frame, (9, 11), is_gray=True)
    assert gray.shape == (1, 9, 11)
    torch.testing.assert_close(gray[0], resize(frame, (9, 11)).mean(dim=0), atol=1e-4, rtol=0)
