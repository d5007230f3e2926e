import csv
from dataclasses import replace

from talpose_app.formats.lightning_pose import LightningPoseExporter
from talpose_app.model.project import Individual


def exported(project, tmp_path):
    path = tmp_path / "out.csv"
    report = LightningPoseExporter().export(project, path)
    with path.open(newline="") as stream:
        return list(csv.reader(stream)), report


def test_visible_occluded_absent_and_unlabeled_points_are_told_apart(labeled_project, tmp_path):
    rows, report = exported(labeled_project, tmp_path)
    assert rows == [
        ["scorer", *["TALPose"] * 6],
        ["bodyparts", *["nose"] * 3, *["tail, tip"] * 3],
        ["coords", *["x", "y", "visible"] * 2],
        ["labeled-data/fox/img02.png", repr(100.1 + 1 / 3), "50.0", "2", "-0.0", "1e-300", "2"],
        ["labeled-data/fox/img05.png", "7.0", "8.25", "1", "", "", "0"],
        ["labeled-data/fox/img09.png", "", "", "1", "", "", "0"],
    ]
    assert report == ["1 label of absent points written as occluded ones without a position."]


def test_several_individuals_are_part_of_the_names(labeled_project, tmp_path):
    pair = replace(labeled_project, individuals=(Individual(1, "vixen"), Individual(2, "cub")))
    rows, report = exported(pair, tmp_path)
    assert rows[1][1::3] == ["vixen/nose", "vixen/tail, tip", "cub/nose", "cub/tail, tip"]
    assert "individual/keypoint" in report[-1]
