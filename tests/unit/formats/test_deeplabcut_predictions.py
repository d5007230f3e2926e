import csv
from dataclasses import replace

import numpy as np
import pytest

from talpose_app.errors import FormatError
from talpose_app.formats.deeplabcut import DeepLabCutImporter
from talpose_app.formats.deeplabcut_predictions import DeepLabCutPredictionsExporter
from talpose_app.model.project import Individual
from tests.fixtures.projects import NOSE


def exported(project, tmp_path):
    path = tmp_path / "out.csv"
    report = DeepLabCutPredictionsExporter().export(project, path)
    with path.open(newline="") as stream:
        return list(csv.reader(stream)), report


def test_every_frame_has_a_row_with_labels_and_predictions(labeled_project, tmp_path):
    rows, _ = exported(labeled_project, tmp_path)
    assert rows[:3] == [
        ["scorer", *["TALPose"] * 6],
        ["bodyparts", *["nose"] * 3, *["tail, tip"] * 3],
        ["coords", *["x", "y", "likelihood"] * 2],
    ]
    assert [row[0] for row in rows[3:]] == [str(i) for i in range(20)]
    by_frame = {int(row[0]): row[1:] for row in rows[3:]}
    assert by_frame[0] == ["", "", "0", "", "", "0"]
    assert by_frame[2] == [repr(100.1 + 1 / 3), "50.0", "1", "-0.0", "1e-300", "1"]
    shown = labeled_project.tracks[NOSE]
    x, y = shown.positions[4]
    assert by_frame[4] == [f"{x:.3f}", f"{y:.3f}", f"{shown.confidence[4]:.4f}", "", "", "0"]
    assert by_frame[5][:3] == ["7.0", "8.25", "1"]
    assert by_frame[9] == ["", "", "0", "", "", "0"]


def test_every_individual_has_every_keypoint(labeled_project, tmp_path):
    pair = replace(labeled_project, individuals=(Individual(1, "vixen"), Individual(2, "cub")))
    rows, _ = exported(pair, tmp_path)
    assert rows[1] == ["individuals", *["vixen"] * 6, *["cub"] * 6]
    assert {len(row) for row in rows} == {13}


def test_what_the_file_cannot_tell_is_reported(labeled_project, tmp_path):
    _, report = exported(labeled_project, tmp_path)
    assert len(report) == 3
    assert report[0].startswith("1 occluded label written")
    assert report[1].startswith("1 label of absent points written")
    bare = replace(labeled_project, made={}, labels={NOSE: {2: labeled_project.label(NOSE, 2)}})
    assert exported(bare, tmp_path)[1] == []


def test_predictions_do_not_come_back_as_labels(labeled_project, tmp_path):
    exported(labeled_project, tmp_path)
    with pytest.raises(FormatError, match="predictions are not labels"):
        DeepLabCutImporter().read(tmp_path / "out.csv", labeled_project)


def test_a_position_that_is_not_finite_is_empty(labeled_project, tmp_path):
    track = labeled_project.made[NOSE]
    positions = track.positions.copy()
    positions[4] = np.inf
    holed = replace(labeled_project, labels={}, made={NOSE: replace(track, positions=positions)})
    rows, _ = exported(holed, tmp_path)
    assert rows[3 + 4][1:4] == ["", "", "0"]
