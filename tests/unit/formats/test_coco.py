import json
from dataclasses import replace

from talpose_app.formats.coco import CocoExporter
from talpose_app.model.label import PointId
from talpose_app.model.project import Individual
from tests.fixtures.projects import NOSE


def exported(project, tmp_path):
    path = tmp_path / "out.json"
    report = CocoExporter().export(project, path)
    return json.loads(path.read_text()), report


def test_visible_and_occluded_labels_are_annotations(labeled_project, tmp_path):
    content, report = exported(labeled_project, tmp_path)
    assert content["categories"] == [
        {
            "id": 1, "name": "animal", "supercategory": "animal", "keypoints": ["nose", "tail, tip"],
            "skeleton": [[1, 2]],
        }
    ]  # fmt: skip
    assert [(i["id"], i["file_name"], i["width"], i["height"]) for i in content["images"]] == [
        (3, "fox/img02.png", 320, 240), (6, "fox/img05.png", 320, 240)
    ]  # fmt: skip
    first, second = content["annotations"]
    x = 100.1 + 1 / 3
    assert first == {
        "id": 1, "image_id": 3, "category_id": 1, "keypoints": [x, 50.0, 2, -0.0, 1e-300, 2],
        "num_keypoints": 2, "bbox": [-0.0, 1e-300, x, 50.0], "area": x * 50.0, "iscrowd": 0,
        "attributes": {"track_id": 1, "individual": "individual_1"},
    }  # fmt: skip
    assert (second["id"], second["keypoints"], second["num_keypoints"]) == (2, [7.0, 8.25, 1, 0, 0, 0], 1)
    assert report == ["Left out: 1 label of absent points, for which the format has no word."]


def test_each_individual_has_its_annotation(labeled_project, tmp_path):
    cub = PointId(2, 1)
    labels = {NOSE: {2: labeled_project.label(NOSE, 2)}}
    labels[cub] = {
        2: replace(labels[NOSE][2], point=cub),
        3: replace(labels[NOSE][2], point=cub, frame_idx=3),
    }
    pair = replace(labeled_project, labels=labels, individuals=(Individual(1, "vixen"), Individual(2, "cub")))
    content, report = exported(pair, tmp_path)
    assert [(a["id"], a["image_id"], a["attributes"]["individual"]) for a in content["annotations"]] == [
        (1, 3, "vixen"), (2, 3, "cub"), (3, 4, "cub")
    ]  # fmt: skip
    assert len(content["images"]) == 2
    assert report == []
