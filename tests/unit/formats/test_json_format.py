import json
from dataclasses import replace

import numpy as np

from talpose_app.formats.json_format import JsonExporter
from talpose_app.model.held_out import ErrorSummary, HeldOutSummary, PointError
from talpose_app.model.label import PointId
from talpose_app.model.run import RunKind
from talpose_app.model.track import Provenance, Track
from talpose_app.tracking.labels import LabelTable
from tests.fixtures.projects import NOSE


def exported(project, tmp_path):
    path = tmp_path / "out.json"
    assert JsonExporter().export(project, path) == []

    def refuse(constant):
        raise AssertionError(f"{constant} is not JSON")

    return json.loads(path.read_text(), parse_constant=refuse)


def test_an_empty_project_is_valid_json(bare_project, tmp_path):
    content = exported(bare_project, tmp_path)
    assert (content["format"], content["version"]) == ("talpose-export", 1)
    assert content["labels"] == content["tracks"] == content["runs"] == content["keypoints"] == []
    assert content["video"]["n_frames"] == 20
    assert content["video"]["name"] == "fox.mp4"


def test_no_path_of_this_machine_is_exported(labeled_project, tmp_path):
    exported(labeled_project, tmp_path)
    assert "/videos" not in (tmp_path / "out.json").read_text()


def test_labels_are_exact_and_name_their_point(labeled_project, tmp_path):
    labels = exported(labeled_project, tmp_path)["labels"]
    assert labels[0] == {
        "individual": "individual_1", "keypoint": "nose", "frame": 2, "x": 100.1 + 1 / 3, "y": 50.0,
        "visibility": "visible", "time_s": None,
    }  # fmt: skip
    absent = next(label for label in labels if label["visibility"] == "absent")
    assert (absent["x"], absent["y"]) == (None, None)
    assert labels[-1]["x"].hex() == "-0x0.0p+0"


def test_tracks_read_back_as_the_same_float32(labeled_project, tmp_path, rng):
    positions = rng.normal(100, 50, (20, 2)).astype(np.float32)
    positions[7] = np.nan
    confidence = rng.random(20).astype(np.float32)
    visibility = rng.random(20) > 0.5
    track = Track(positions, visibility, confidence, (Provenance(0, 12, 1), Provenance(12, 20, 2)))
    (back,) = exported(replace(labeled_project, labels={}, made={NOSE: track}), tmp_path)["tracks"]
    for axis, key in enumerate("xy"):
        column = np.array([np.nan if v is None else v for v in back[key]], np.float32)
        np.testing.assert_array_equal(column, positions[:, axis])
    np.testing.assert_array_equal(np.array(back["confidence"], np.float32), confidence)
    assert back["visible"] == visibility.tolist()
    assert back["provenance"] == [{"start": 0, "stop": 12, "run": 1}, {"start": 12, "stop": 20, "run": 2}]


def test_tracks_pass_through_labels_the_run_did_not_know(labeled_project, tmp_path):
    (back,) = exported(labeled_project, tmp_path)["tracks"]
    shown = labeled_project.tracks[NOSE]
    assert back["x"][2:5] == [float(str(x)) for x in shown.positions[2:5, 0]]
    assert back["x"][2] == float(str(np.float32(100.1 + 1 / 3)))
    assert (shown.positions[3:5] != labeled_project.made[NOSE].positions[3:5]).all()


def test_the_error_on_hidden_labels_is_there_with_a_sentence(labeled_project, tmp_path):
    nose, gone = ErrorSummary(2, 1.25, 2.0), ErrorSummary(1, 9.0, 9.0)
    labels = LabelTable.from_labels((NOSE,), labeled_project.labels[NOSE].values()).fingerprint(0)
    summary = HeldOutSummary(
        ErrorSummary(3, 1.5, 7.5), (PointError(NOSE, nose, labels), PointError(PointId(1, 77), gone))
    )
    run = replace(labeled_project.runs[0], held_out=summary)
    error = exported(replace(labeled_project, runs=(run,)), tmp_path)["runs"][0]["held_out"]
    assert (error["n"], error["median_px"], error["p90_px"]) == (3, 1.5, 7.5)
    assert "3 hidden labels of 2 points by a median of 1.50 px" in error["sentence"]
    assert error["points"] == [
        {
            "individual": "individual_1", "keypoint": "nose", "n": 2, "median_px": 1.25, "p90_px": 2.0,
            "is_stale": False,
        }
    ]  # fmt: skip
    assert error["is_stale"]  # the other point's labels are gone
    assert error["sentence"].endswith("before labels of 1 of these points were changed.")


def test_no_error_is_null(labeled_project, tmp_path):
    assert exported(labeled_project, tmp_path)["runs"][0]["held_out"] is None


def test_skeleton_and_runs_are_there(labeled_project, tmp_path):
    run = replace(labeled_project.runs[0], kind=RunKind.REFINE, losses=(0.5, float("nan")))
    content = exported(replace(labeled_project, runs=(run,)), tmp_path)
    assert content["edges"] == [["nose", "tail, tip"]]
    assert content["runs"][0]["losses"] == [0.5, None]
    assert content["runs"][0]["parameters"] == {"n_steps": 3}
