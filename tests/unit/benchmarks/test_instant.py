"""The benchmark of the instant answer bends, scores and times what it says."""

from types import SimpleNamespace

import numpy as np
import pytest

from benchmarks.accuracy.clips import load_clip
from benchmarks.instant.command import main
from benchmarks.instant.corrections import corrections
from benchmarks.instant.shapes import SHAPES, Falloff, as_in_the_app, untouched
from benchmarks.instant.times import answer


class Drifting:
    """A tracker that is right at frame 0 and drifts down by half a pixel a frame until the next label."""

    name, version = "drifting", ""

    def forget(self):
        pass

    def predict(self, task, previous):
        tracks = task.clip.positions.astype(np.float32)
        for point in range(tracks.shape[1]):
            at = task.labels.frame_idx[task.labels.point_idx == point]
            frames = np.arange(len(tracks))
            tracks[:, point, 1] += 2.0 * (frames - at[np.searchsorted(at, frames, "right") - 1])
        confidence = np.full(tracks.shape[:2], 0.5, np.float32)
        confidence[task.labels.frame_idx, task.labels.point_idx] = 1.0
        return SimpleNamespace(tracks=tracks, confidence=confidence)


@pytest.fixture
def found(clips):
    return corrections(load_clip(clips / "animal_moving"), Drifting())


def test_corrections_lie_where_they_should(found):
    middle, worst, before, after = found
    assert np.flatnonzero((middle.given & ~middle.known)[:, 0]).tolist() == [10]
    assert np.flatnonzero((worst.given & ~worst.known)[:, 0])[0] == 19
    (off,) = np.flatnonzero((before.given & ~before.known)[:, 0])
    assert np.flatnonzero(before.scored[:, 0]).tolist() == list(range(1, off))
    assert np.flatnonzero(after.scored[:, 0]).tolist() == list(range(off + 1, len(after.known)))
    assert not any((one.scored & one.given).any() for one in found)


def test_the_apps_bend_is_one_of_the_shapes(found):
    for one in found:
        positions, confidence = as_in_the_app(one)
        near = one.known | one.given
        np.testing.assert_allclose(positions[~near], Falloff()(one)[0][~near], atol=1e-4)
        assert (confidence >= one.confidence).all()
        np.testing.assert_array_equal(untouched(one)[0], one.positions)
    assert len(SHAPES) > 5


def test_each_label_is_timed_and_costs_the_journal_little():
    measured = answer(90, 3, 5)
    assert len(measured.ms) == 5
    assert all(ms >= bend for ms, bend in zip(measured.ms, measured.bend_ms, strict=True))
    assert measured.journal_bytes < 1000


@pytest.mark.engine
def test_tables_are_printed(clips, tiny_checkpoint, capsys):
    main(["--clips", str(clips), "--tracker", str(tiny_checkpoint), "--frames", "90", "--labels", "3"])
    told = capsys.readouterr().out
    assert "| by doubt, 10 frames at most; half after 40 (the app) |" in told
    assert "| TRACK again, seconds later |" in told
    assert "| 90 | 20 |" in told
