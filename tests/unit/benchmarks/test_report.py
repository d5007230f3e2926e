"""What the accuracy report shows: all protocols, honest confidence, the worst frames."""

from dataclasses import replace

import cv2
import numpy as np
import pytest
from matplotlib.figure import Figure

from benchmarks.accuracy import report
from benchmarks.accuracy.clips import clip_content, load_clip
from benchmarks.accuracy.command import main
from benchmarks.accuracy.curves import linear
from benchmarks.accuracy.method import Prediction
from benchmarks.accuracy.protocols import evenly_labeled
from benchmarks.accuracy.results import Key, make_result
from benchmarks.accuracy.tables import by_clip, by_confidence, by_method, is_near
from benchmarks.accuracy.worst import worst_frames
from tests.fixtures.moving import WIDTH

pytestmark = pytest.mark.engine


@pytest.fixture(scope="module")
def task(clips):
    return evenly_labeled(load_clip(clips / "animal_moving"), 10)


def _result(clips, task, tracks, confidence=None, **key):
    content = clip_content(clips / "animal_moving")
    whole = {"clip": "animal_moving", "method": "m", "version": "", "protocol": "A", "setting": "10", **key}
    return make_result(Key(**whole, content=content), task, Prediction(tracks, 1.0, confidence), (), 1.0)


def test_a_report_shows_the_whole_file_by_protocol(clips, tmp_path):
    file = tmp_path / "out.json"
    for protocol in ("A", "first"):
        wanted = ["--clips", str(clips), "--tracker", "none", "--protocol", protocol, "--json", str(file)]
        main([*wanted, "--report", str(tmp_path / "page")])
    text = (tmp_path / "page" / "index.html").read_text()
    assert text.index("Protocol A, every 10") < text.index("Protocol first")


def test_confidence_is_judged_by_what_it_means(clips, task):
    tracks = task.clip.positions.astype(np.float32)
    off = 0.02 * task.clip.diagonal  # within no tolerance
    tracks[task.clip.n_frames // 2 :] += off
    confidence = np.ones(tracks.shape[:2], np.float32)
    confidence[: task.clip.n_frames // 4] = 0.5
    result = _result(clips, task, tracks, confidence)
    lenient = replace(result, tolerance_px=2 * off)
    expected = task.scored[: task.clip.n_frames // 2].sum() / task.scored.sum()
    assert is_near(lenient).mean() == pytest.approx(expected)
    called = task.scored[task.clip.n_frames // 4 :].sum()
    good = task.scored[task.clip.n_frames // 4 : task.clip.n_frames // 2].sum()
    shares = [called / task.scored.sum(), good / called, 1.0]
    assert (
        by_confidence([lenient]).splitlines()[-1] == "| m | " + " | ".join(f"{s:.3f}" for s in shares) + " |"
    )


def test_a_mean_over_fewer_clips_is_not_given_as_one(clips, task):
    def on(clip, method):
        return _result(clips, task, linear(task), clip=clip, method=method)

    results = [on("one", "whole"), on("two", "whole"), on("one", "part")]
    assert by_clip(results, lambda r: r.score.delta_avg).splitlines()[-1].endswith("| - |")
    assert "| part (1 of 2 clips) |" in by_method(results)
    assert "| whole |" in by_method(results)


def test_the_legend_of_the_bars_covers_none(clips, task):
    figure = Figure(figsize=(9, 4.2), layout="constrained")
    axes = figure.add_subplot()
    report._draw_bars(axes, [_result(clips, task, linear(task), method=f"method {n}") for n in range(9)])
    figure.draw_without_rendering()
    legend = axes.get_legend().get_window_extent()
    assert legend.y0 >= axes.get_window_extent().y1
    assert legend.y1 <= figure.bbox.y1


def test_the_worst_frame_is_drawn_with_truth_and_prediction(clips, task):
    tracks = task.clip.positions.astype(np.float32)
    tracks[13, 1] += (30.0, 20.0)
    ((clip, (picture,)),) = worst_frames([_result(clips, task, tracks)], clips).items()
    assert clip == "animal_moving"
    assert picture.caption == "m: frame 13, b is 36.1 px off"
    image = cv2.imdecode(np.frombuffer(picture.jpeg, np.uint8), cv2.IMREAD_COLOR)[..., ::-1].astype(int)
    scale = image.shape[1] / WIDTH

    def near(point, color):
        x, y = np.round((point + 0.5) * scale - 0.5).astype(int)
        patch = image[y - 14 : y + 15, x - 14 : x + 15]
        return np.abs(patch - color).sum(axis=-1).min()

    true = task.clip.positions[13, 1]
    assert near(true, (86, 220, 255)) < 60
    assert near(tracks[13, 1], (255, 145, 20)) < 60
    assert near(task.clip.positions[3, 0], (255, 145, 20)) > 60


def test_a_clip_that_changed_or_went_is_not_pictured(clips, task, tmp_path):
    result = _result(clips, task, linear(task))
    changed = replace(result, key=replace(result.key, content="other"))
    assert worst_frames([changed], clips) == {}
    assert worst_frames([result], tmp_path) == {}


def test_a_silent_method_has_no_worst_frame(clips, task):
    silent = np.full(task.clip.positions.shape, np.nan, np.float32)
    assert worst_frames([_result(clips, task, silent)], clips) == {"animal_moving": []}
