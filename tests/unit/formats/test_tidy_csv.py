import csv
import math
from dataclasses import replace

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from talpose_app.formats.tidy_csv import COLUMNS, TidyCsvExporter
from talpose_app.model.label import Label, PointId, Visibility
from talpose_app.model.project import Individual, Project
from talpose_app.model.skeleton import Skeleton
from tests.fixtures.projects import NOSE, straight_track, video_info


def exported(project, tmp_path):
    path = tmp_path / "out.csv"
    assert TidyCsvExporter().export(project, path) == []
    with path.open(newline="") as stream:
        return list(csv.DictReader(stream))


def row(rows, frame_idx, keypoint):
    return next(r for r in rows if (r["frame"], r["keypoint"]) == (str(frame_idx), keypoint))


def test_header_is_the_documented_one(labeled_project, tmp_path):
    exported(labeled_project, tmp_path)
    header = (tmp_path / "out.csv").read_text().splitlines()[0]
    assert header == "frame,individual,keypoint,x,y,visibility,confidence,source"
    assert header.split(",") == list(COLUMNS)


def test_a_label_is_the_row_at_its_frame(labeled_project, tmp_path):
    rows = exported(labeled_project, tmp_path)
    at_two = [r for r in rows if r["frame"] == "2" and r["keypoint"] == "nose"]
    assert len(at_two) == 1
    assert at_two[0]["source"] == "label"
    assert at_two[0]["confidence"] == "1"
    assert float(at_two[0]["x"]) == 100.1 + 1 / 3


def test_every_predicted_frame_has_a_row_and_no_other(labeled_project, tmp_path):
    labels = {NOSE: {9: labeled_project.label(NOSE, 9)}}
    rows = exported(replace(labeled_project, labels=labels), tmp_path)
    predicted = [int(r["frame"]) for r in rows if r["source"] == "predicted"]
    assert predicted == [1, 2, 3, 4, 5, 6, 7]
    assert row(rows, 4, "nose") == {
        "frame": "4", "individual": "individual_1", "keypoint": "nose", "x": "16.000", "y": "21.000",
        "visibility": "visible", "confidence": "0.7500", "source": "predicted",
    }  # fmt: skip


def test_predictions_are_bent_through_labels_as_on_the_screen(labeled_project, tmp_path):
    found = row(exported(labeled_project, tmp_path), 4, "nose")
    x, y = labeled_project.tracks[NOSE].positions[4]
    assert (found["x"], found["y"]) == (f"{x:.3f}", f"{y:.3f}")
    assert x != labeled_project.made[NOSE].positions[4, 0]


def test_occluded_and_absent_labels_keep_their_word(labeled_project, tmp_path):
    rows = exported(labeled_project, tmp_path)
    assert row(rows, 5, "nose")["visibility"] == "occluded"
    absent = row(rows, 9, "nose")
    assert (absent["x"], absent["y"], absent["visibility"], absent["source"]) == ("", "", "absent", "label")


def test_rows_are_sorted_by_frame_then_display_order(labeled_project, tmp_path):
    rows = exported(labeled_project, tmp_path)
    assert [(r["frame"], r["keypoint"]) for r in rows][:3] == [
        ("1", "nose"),
        ("2", "nose"),
        ("2", "tail, tip"),
    ]


def test_hidden_prediction_is_occluded(labeled_project, tmp_path):
    track = straight_track(20, 1, 8)
    hidden = replace(track, visibility=np.zeros(20, bool))
    rows = exported(replace(labeled_project, made={NOSE: hidden}), tmp_path)
    assert row(rows, 4, "nose")["visibility"] == "occluded"


def test_individuals_keep_their_names(tmp_path):
    point = PointId(2, 1)
    project = Project(
        video_info(),
        Skeleton().with_keypoint("nose"),
        (Individual(1, "vixen"), Individual(2, "cub")),
        labels={point: {0: Label(point, 0, 1.0, 2.0)}},
    )
    assert [r["individual"] for r in exported(project, tmp_path)] == ["cub"]


coordinates = st.floats(allow_nan=False, allow_infinity=False)


@settings(max_examples=60, deadline=None)
@given(values=st.lists(st.tuples(coordinates, coordinates, st.booleans()), min_size=1, max_size=20))
def test_labels_come_back_bit_for_bit(values, tmp_path_factory):
    labels = {
        i: Label(NOSE, i, x, y, Visibility.OCCLUDED if hidden else Visibility.VISIBLE)
        for i, (x, y, hidden) in enumerate(values)
    }
    project = Project(video_info(), Skeleton().with_keypoint("nose"), labels={NOSE: labels})
    rows = exported(project, tmp_path_factory.mktemp("csv"))
    assert len(rows) == len(values)
    for cells, (x, y, hidden) in zip(rows, values, strict=True):
        assert (float(cells["x"]).hex(), float(cells["y"]).hex()) == (x.hex(), y.hex())
        assert cells["visibility"] == ("occluded" if hidden else "visible")
        assert math.isfinite(float(cells["x"]))
