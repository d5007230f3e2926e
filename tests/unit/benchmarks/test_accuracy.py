"""The accuracy benchmark, whole, on a small clip of known motion."""

import json
import shutil

import numpy as np
import pytest

from benchmarks.accuracy.annotator import annotate
from benchmarks.accuracy.clips import clip_names, load_clip
from benchmarks.accuracy.command import main
from benchmarks.accuracy.curves import linear, no_motion, pchip
from benchmarks.accuracy.flows import dense_inverse_search, lucas_kanade
from benchmarks.accuracy.measure import Protocol, measure
from benchmarks.accuracy.method import Baseline, Prediction
from benchmarks.accuracy.metrics import score
from benchmarks.accuracy.protocols import evenly_labeled, first_only
from benchmarks.accuracy.registry import EngineOptions, make_methods
from benchmarks.accuracy.results import Key, ResultFile, make_result
from benchmarks.accuracy.strategies import STRATEGIES
from benchmarks.accuracy.tables import by_method, labels_to_reach
from talpose_app.engine.fused_tracker import FusedTracker
from talpose_app.errors import UsageError
from talpose_app.paths import user_cache_dir
from tests.fixtures.moving import N_FRAMES

pytestmark = pytest.mark.engine


@pytest.fixture(scope="module")
def clip(clips):
    return load_clip(clips / "animal_moving")


def test_clips_are_found_by_name(clips):
    assert clip_names(clips, None, quick=False) == ["animal_moving"]
    with pytest.raises(UsageError, match="no clip elsewhere"):
        clip_names(clips, ["elsewhere"], quick=False)


def test_labels_every_so_many_frames_and_never_scored(clip):
    task = evenly_labeled(clip, 10)
    assert sorted(set(task.labels.frame_idx.tolist())) == [0, 10, 20]
    assert not task.scored[[0, 10, 20]].any()
    assert task.scored[[1, 11, 23]].all()


def test_one_label_a_point_scores_what_comes_later(clip):
    task = first_only(clip)
    assert len(task.labels.frame_idx) == 3
    assert task.scored.sum() == 3 * (N_FRAMES - 1)


def test_better_methods_score_better(clip):
    task = evenly_labeled(clip, 10)
    scores = [score(task, method(task)).delta_avg for method in (no_motion, linear, pchip, lucas_kanade)]
    assert scores == sorted(scores)
    assert score(task, dense_inverse_search(task)).delta_avg > scores[1]


def test_a_perfect_method_scores_one_and_a_silent_one_none(clip):
    task = evenly_labeled(clip, 10)
    assert score(task, clip.positions.astype(np.float32)).delta_avg == 1.0
    silent = score(task, np.full(clip.positions.shape, np.nan, np.float32))
    assert (silent.delta_avg, silent.within) == (0.0, 0.0)


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_the_annotator_stops_when_it_is_good_enough(clip, strategy):
    method = Baseline("linear", linear)
    session = annotate(clip, method, STRATEGIES[strategy])
    shares = [stage.share_done for stage in session.stages]
    assert session.stages[-1].share_good >= 0.95
    assert all(stage.share_good < 0.95 for stage in session.stages[:-1])
    assert shares[-1] > shares[0]


def test_what_is_right_is_confirmed_where_the_method_puts_it_and_costs_no_label(clip):
    class Slightly(Baseline):
        """Off by a pixel, for one point by a hundred."""

        def predict(self, task, previous):
            tracks = clip.positions + 1.0
            tracks[:, 0] += 100.0
            return Prediction(tracks.astype(np.float32), 0.0)

    session = annotate(clip, Slightly("slightly", linear), STRATEGIES["even"], max_looks=2, confirms=True)
    first, second = session.stages
    n_points = clip.positions.shape[1]
    assert (first.labels, second.labels) == (n_points, n_points + 1)
    labels = session.task.labels
    frame = (set(labels.frame_idx.tolist()) - {int(clip.has_truth.sum(axis=1).argmax())}).pop()
    at = labels.frame_idx == frame
    by_point = dict(zip(labels.point_idx[at].tolist(), labels.positions[at].tolist(), strict=True))
    assert by_point[0] == clip.positions[frame, 0].tolist()
    np.testing.assert_allclose(by_point[1], clip.positions[frame, 1] + 1.0, atol=1e-4)
    assert session.task.scored[frame, 1:].all()
    assert not session.task.scored[frame, 0]


def test_confidence_steers_where_there_is_some(clip):
    class Sure(Baseline):
        def predict(self, task, previous):
            confidence = np.ones(clip.visible.shape, np.float32)
            confidence[12:16] = 0.1
            return Prediction(no_motion(task), 0.0, confidence)

    session = annotate(clip, Sure("sure", no_motion), STRATEGIES["suggested"], max_looks=2)
    assert 12 <= session.task.labels.frame_idx.max() <= 15


def test_unknown_methods_are_refused():
    with pytest.raises(Exception, match="no tracker"):
        make_methods(["nothing-of-this-name"], "A", EngineOptions())


def test_a_run_prints_writes_resumes_and_reports(clips, tmp_path, capsys, tiny_checkpoint):
    file, page = tmp_path / "out.json", tmp_path / "report"
    wanted = ["--clips", str(clips), "--tracker", "linear", str(tiny_checkpoint), "--refine", "1"]
    main([*wanted, "--json", str(file)])
    first = file.read_text()
    main([*wanted, "--json", str(file), "--report", str(page)])
    assert file.read_text() == first  # nothing was measured twice
    out = capsys.readouterr().out
    assert "| **mean of animals** |" in out
    assert "confidence 0.9 or more" in out
    text = (page / "index.html").read_text()
    assert text.count("<img") == 3 + 3  # plots, and a worst frame of each method
    assert "REFINE 1" in text
    assert {path.name for path in page.iterdir()} >= {"0-clips.png", "0-errors.png", "0-confidence.png"}


def test_protocol_b_tells_the_labels_needed(clips, tmp_path, capsys):
    main(["--clips", str(clips), "--tracker", "linear", "lk", "--protocol", "B", "--report", str(tmp_path)])
    assert "Labels a keypoint until" in capsys.readouterr().out
    assert (tmp_path / "0-labels.png").is_file()


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        (["--only", "elsewhere"], "no clip elsewhere"),
        (["--tracker", "nothing-of-this-name"], "no tracker"),
    ],
)
def test_what_cannot_be_is_said_in_a_sentence(clips, capsys, wanted, said):
    with pytest.raises(SystemExit) as exit_:
        main(["--clips", str(clips), "--tracker", "linear", *wanted])
    assert exit_.value.code == 1
    err = capsys.readouterr().err
    assert err.startswith("benchmarks: error: ")
    assert said in err
    assert "Traceback" not in err


@pytest.mark.parametrize("damage", ["no video", "no json", "wrong frame", "gone"])
def test_a_damaged_clip_is_named(clips, tmp_path, capsys, damage):
    copy = tmp_path / "animal_moving"
    shutil.copytree(clips / "animal_moving", copy)
    labels = json.loads((copy / "labels.json").read_text())
    if damage == "no video":
        (copy / "video.mp4").write_bytes(b"not a video")
    elif damage == "gone":
        (copy / "video.mp4").unlink()
    elif damage == "no json":
        (copy / "labels.json").write_text("{")
    else:
        labels["frames"]["999"] = labels["frames"]["0"]
        (copy / "labels.json").write_text(json.dumps(labels))
    with pytest.raises(SystemExit):
        main(["--clips", str(tmp_path), "--tracker", "linear"])
    assert "animal_moving" in capsys.readouterr().err


def _counted(clip_folder, protocol, file):
    """Measure with a method that counts how often it was asked."""

    class Counting(Baseline):
        n_asked = 0

        def predict(self, task, previous):
            self.n_asked += 1
            return super().predict(task, previous)

    method = Counting("linear", linear)
    list(measure(clip_folder, ["animal_moving"], [method], protocol, file))
    return method.n_asked


def test_a_result_is_measured_anew_when_its_question_changed(clips, tmp_path):
    shutil.copytree(clips / "animal_moving", tmp_path / "animal_moving")
    file = ResultFile(tmp_path / "out.json")
    assert _counted(tmp_path, Protocol("B", max_looks=1), file) > 0
    assert _counted(tmp_path, Protocol("B", max_looks=1), file) == 0
    assert _counted(tmp_path, Protocol("B", max_looks=2), file) > 0
    path = tmp_path / "animal_moving" / "labels.json"
    labels = json.loads(path.read_text())
    labels["frames"]["3"]["a"][0] += 1.0
    path.write_text(json.dumps(labels))
    assert _counted(tmp_path, Protocol("B", max_looks=2), file) > 0
    assert _counted(tmp_path, Protocol("B", max_looks=2), ResultFile(tmp_path / "out.json")) == 0
    assert len(file.results) == 3
    assert len(file.present([])) == 1  # of the labels as they are now


def test_methods_of_a_clip_share_its_task_and_cache(clips):
    asked = []

    class Watching(Baseline):
        def predict(self, task, previous):
            asked.append((task, user_cache_dir()))
            return super().predict(task, previous)

    methods = [Watching("one", linear), Watching("two", linear)]
    list(measure(clips, ["animal_moving"], methods, Protocol("A"), ResultFile(None)))
    (task, cache), (other_task, other_cache) = asked
    assert task is other_task
    assert cache == other_cache != user_cache_dir()


def test_refinement_starts_from_the_tracks_that_were_measured(clips, tmp_path, tiny_checkpoint, monkeypatch):
    tracked = []
    track = FusedTracker.track
    monkeypatch.setattr(FusedTracker, "track", lambda *given: tracked.append(1) or track(*given))
    options = EngineOptions(refine_steps=1, published_steps=1)
    methods = make_methods([str(tiny_checkpoint)], "A", options)
    results = list(measure(clips, ["animal_moving"], methods, Protocol("A"), ResultFile(None)))
    assert len(results) == 3
    assert len(tracked) == 1


def test_a_file_of_something_else_is_refused(clips, tmp_path, capsys):
    (tmp_path / "out.json").write_text("[1, 2]")
    with pytest.raises(SystemExit):
        main(["--clips", str(clips), "--tracker", "linear", "--json", str(tmp_path / "out.json")])
    assert "holds no results" in capsys.readouterr().err
    assert (tmp_path / "out.json").read_text() == "[1, 2]"


def test_results_of_older_weights_are_left_out(clip, tmp_path):
    task = evenly_labeled(clip, 10)
    prediction = Prediction(linear(task), 0.0)
    file = ResultFile(None)
    keys = [Key("c", "m", version, "A", "10", "x") for version in ("old", "new")]
    for key in keys:
        file.add(make_result(key, task, prediction, (), 0.0))
    assert [result.key.version for result in file.present([])] == ["new"]
    assert [result.key.version for result in file.present([keys[0]])] == ["old"]


def test_tables_tell_never_from_zero(clip):
    assert "- |" not in by_method([])

    class Never:
        stages = ()

    assert labels_to_reach(Never(), 0.95) == float("inf")
