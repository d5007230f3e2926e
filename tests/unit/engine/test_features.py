import os
import re
import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import torch

from talpose_app.engine import features
from talpose_app.engine.encoding import resize
from talpose_app.engine.features import CHUNK, FeatureStore
from talpose_app.engine.frames import FrameSource
from talpose_app.engine.workers import Workers
from talpose_app.errors import EngineError
from tests.fixtures.moving import N_FRAMES

pytestmark = pytest.mark.engine


@pytest.fixture
def make_store(tmp_path, tiny_network, moving_video):
    source = FrameSource(str(moving_video))

    def make(fingerprint="a"):
        return FeatureStore(tmp_path, fingerprint, "w", tiny_network, source, Workers(1), (64, 96))

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
    (frame,) = FrameSource(str(moving_video)).color(17, 18)
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


def test_long_ranges_are_those_of_their_frames_one_by_one(make_store, monkeypatch):
    store = make_store()
    alone = [store.pyramid(at, at + 1) for at in range(N_FRAMES)]
    whole = store.pyramid(0, N_FRAMES)
    for level, maps in enumerate(whole.levels):
        torch.testing.assert_close(maps.float(), torch.cat([one.levels[level] for one in alone]))
    monkeypatch.setattr(features, "_MAX_COARSE_BYTES", 1)
    for kept, again in zip(whole.levels, make_store().pyramid(0, N_FRAMES).levels, strict=True):
        assert torch.equal(kept, again)


def test_what_was_prepared_stays_readable_when_another_program_makes_room(make_store, tmp_path):
    store = make_store()
    store.prepare(0, N_FRAMES, lambda _: None)
    before = store.finest(0, N_FRAMES).clone()
    for path in tmp_path.rglob("*.npy"):
        path.unlink()
    assert torch.equal(store.finest(0, N_FRAMES), before)
    assert not files(tmp_path)


@pytest.mark.skipif(sys.platform != "linux", reason="asks Linux what is in memory")
def test_chunks_not_used_for_longest_leave_the_memory_and_come_back_the_same(
    make_store, tmp_path, monkeypatch
):
    def in_memory():
        lines = Path("/proc/self/smaps").read_text(encoding="ascii", errors="replace").split("VmFlags")
        mapped = [region for region in lines if str(tmp_path) in region and "000000.npy" in region]
        return sum(int(re.findall(r"^Rss: +(\d+)", region, re.MULTILINE)[0]) for region in mapped)

    monkeypatch.setattr(features, "_MAX_MAPPED_BYTES", 0)
    store = make_store()
    before = store.finest(0, CHUNK).clone()
    assert in_memory() > 0
    store.finest(CHUNK, CHUNK + 1)
    assert in_memory() == 0
    assert torch.equal(store.finest(0, CHUNK), before)


def test_a_file_that_was_cut_off_is_made_again(make_store, tmp_path):
    make_store().prepare(0, N_FRAMES, lambda _: None)
    for path, n_bytes in zip(sorted(tmp_path.rglob("*.npy")), (0, 1000), strict=True):
        path.write_bytes(path.read_bytes()[:n_bytes])
    assert torch.equal(make_store().finest(0, N_FRAMES), make_store("another").finest(0, N_FRAMES))


def test_a_full_disk_is_told_in_words_before_anything_is_computed(make_store, tmp_path, monkeypatch):
    monkeypatch.setattr(features.shutil, "disk_usage", lambda _: SimpleNamespace(free=1000))
    with pytest.raises(EngineError, match=r"GB of disk space, and 0\.0 GB are free"):
        make_store().prepare(0, N_FRAMES, lambda _: None)
    monkeypatch.undo()
    monkeypatch.setattr(features.np, "save", lambda *_: (_ for _ in ()).throw(OSError("No space left")))
    with pytest.raises(OSError, match="No space left"):
        make_store().prepare(0, N_FRAMES, lambda _: None)
    assert not list(tmp_path.rglob("*.*"))


def test_the_least_recently_used_video_makes_room(make_store, tmp_path, monkeypatch):
    make_store("old").prepare(0, CHUNK, lambda _: None)
    monkeypatch.setattr(features, "MAX_BYTES", 1)
    make_store("new").prepare(0, N_FRAMES, lambda _: None)
    assert files(tmp_path) == ["000000.npy", "000001.npy"]


def test_older_videos_make_room_on_a_full_disk_only_if_that_is_enough(make_store, tmp_path, monkeypatch):
    for age, video in enumerate(("newer", "oldest")):
        make_store(video).prepare(0, CHUNK, lambda _: None)
        (folder,) = (path for path in tmp_path.iterdir() if path.stat().st_mtime > 1e6)
        os.utime(folder, (1000 - age, 1000 - age))
    store = make_store("new")
    one = store.n_bytes(CHUNK)
    monkeypatch.setattr(features.shutil, "disk_usage", lambda _: SimpleNamespace(free=0))
    with pytest.raises(EngineError, match="disk space"):
        store.prepare(0, 3 * CHUNK, lambda _: None)
    assert len(files(tmp_path)) == 2
    monkeypatch.setattr(features.shutil, "disk_usage", lambda _: SimpleNamespace(free=one // 2))
    store.prepare(0, CHUNK, lambda _: None)
    left = [path.stat().st_mtime for path in tmp_path.iterdir()]
    assert len(left) == 2
    assert 1000 in left


def test_a_stop_while_computing_leaves_whole_files_only(make_store, tmp_path):
    def stop(share):
        if share > 0:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        make_store().prepare(0, N_FRAMES, stop)
    assert files(tmp_path) == ["000000.npy"]
    assert not list(tmp_path.rglob("*.part"))
