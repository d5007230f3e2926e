import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from talpose_app.errors import FormatError
from talpose_app.formats.coco import CocoExporter
from talpose_app.formats.coco_import import CocoImporter
from talpose_app.formats.importing import ImportOptions
from talpose_app.model.label import Label, PointId, Visibility
from talpose_app.model.project import Individual, Project
from talpose_app.model.skeleton import Skeleton
from tests.fixtures.projects import NOSE, video_info


def image(image_id=7, name="fox/img03.png", width=320, height=240):
    return {"id": image_id, "file_name": name, "width": width, "height": height}


def annotation(keypoints=(1.5, 2.5, 2, 3.5, 4.5, 1, 0, 0, 0), **fields):
    return {"id": 1, "image_id": 7, "category_id": 4, "keypoints": list(keypoints), "iscrowd": 0} | fields


CATEGORY = {"id": 4, "name": "fox", "keypoints": ["nose", "ear", "tail"], "skeleton": [[1, 2]]}
FILE = {"info": {}, "images": [image()], "annotations": [annotation()], "categories": [CATEGORY]}


@pytest.fixture
def coco_file(tmp_path):
    def write(**changes):
        path = tmp_path / "person_keypoints.json"
        path.write_text(json.dumps(FILE | changes))
        return path

    return write


def read(path, project, **options):
    return CocoImporter().read(path, project, ImportOptions(**options))


def test_points_are_labels_by_their_flag(coco_file, bare_project):
    result = read(coco_file(), bare_project)
    project, inverse = result.edit.apply(bare_project)
    assert list(project.all_labels()) == [
        Label(NOSE, 3, 1.5, 2.5), Label(PointId(1, 2), 3, 3.5, 4.5, Visibility.OCCLUDED)
    ]  # fmt: skip
    assert [k.name for k in project.skeleton.keypoints] == ["nose", "ear", "tail"]
    assert project.skeleton.edges == ((1, 2),)
    assert project.individuals == bare_project.individuals
    assert (result.report, inverse.apply(project)[0]) == ([], bare_project)


numbers = st.floats(allow_nan=False, allow_infinity=False, min_value=-1e150, max_value=1e150)
points = st.sampled_from([PointId(i, k) for i in (1, 2) for k in (1, 2)])
seen = st.sampled_from([Visibility.VISIBLE, Visibility.OCCLUDED])


@settings(max_examples=60, deadline=None)
@given(
    values=st.lists(st.tuples(points, st.integers(0, 19), numbers, numbers, seen), min_size=1, max_size=20)
)
def test_labels_come_back_bit_for_bit(values, tmp_path_factory):
    labels = {}
    for point, frame_idx, x, y, visibility in values:
        labels.setdefault(point, {})[frame_idx] = Label(point, frame_idx, x, y, visibility)
    skeleton = Skeleton().with_keypoint("nose").with_keypoint("tail").with_edges(((2, 1),))
    project = Project(video_info(), skeleton, (Individual(1, "vixen"), Individual(2, "cub")), labels=labels)
    path = tmp_path_factory.mktemp("coco") / "out.json"
    assert CocoExporter().export(project, path) == []
    again = read(path, project)
    assert (again.n_same, again.edit.edits) == (sum(map(len, labels.values())), ())
    back, _ = read(path, Project(video_info())).edit.apply(Project(video_info()))
    assert back.skeleton == skeleton
    assert _by_name(back) == _by_name(project)


def _by_name(project):
    names = {i.individual_id: i.name for i in project.individuals}
    return {
        (names[x.point.individual_id], x.point.keypoint_id, x.frame_idx): (x.x.hex(), x.y.hex(), x.visibility)
        for x in project.all_labels()
    }


def test_tracks_of_other_programs_are_individuals(coco_file, bare_project):
    pair = [annotation(attributes={"track_id": 5}), annotation(attributes={"object_id": 0})]
    project, _ = read(coco_file(annotations=pair), bare_project).edit.apply(bare_project)
    assert [i.name for i in project.individuals] == ["individual_5", "individual_0"]
    assert len(project.labels) == 4


def test_boxes_and_pictures_of_other_videos_are_passed_over(coco_file, bare_project):
    path = coco_file(
        images=[image(), image(8, "hen/frame.png", 10, 10)],
        annotations=[annotation(), annotation(image_id=8), annotation((), category_id=99)],
    )
    result = read(path, bare_project)
    assert (result.n_new, result.report) == (2, ["1 picture of other videos not read."])


def test_different_labels_are_kept_unless_overwritten(coco_file, labeled_project):
    path = coco_file(images=[image(name="img2.png")])
    assert read(path, labeled_project).n_kept == 1
    replaced, _ = read(path, labeled_project, overwrite=True).edit.apply(labeled_project)
    assert replaced.labels[NOSE][2].x == 1.5


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"images": [{"id": 1}]}, "not a COCO keypoints file"),
        ({"categories": [{"id": 4, "name": "fox"}]}, "no category with keypoints"),
        ({"categories": [CATEGORY | {"keypoints": ["nose", "nose", "ear"]}]}, "twice"),
        ({"categories": [CATEGORY | {"skeleton": [[0, 1]]}]}, "joins the keypoints 0 and 1"),
        ({"categories": [CATEGORY | {"skeleton": [[2, 4]]}]}, "not two of 1 to 3"),
        ({"images": [image(width=640)]}, "640x240"),
        ({"images": [image(), image()]}, "same id"),
        ({"images": [image(name="fox/frame_0003.png")]}, "does not tell its frame"),
        ({"images": [image(name="fox/img20.png")]}, "frame 20"),
        ({"annotations": [annotation(image_id=8)]}, "that it lacks"),
        ({"annotations": [annotation(category_id=8)]}, "that it lacks"),
        ({"annotations": [annotation((1, 2, 2))]}, "3 numbers for 3 keypoints"),
        ({"annotations": [annotation((1, 2, 3) * 3)]}, "v is 3"),
        ({"annotations": [annotation((1, 2, 0.5) * 3)]}, "v is 0.5"),
        ({"annotations": [annotation(), annotation()]}, "which individual"),
        ({"annotations": [annotation(), annotation(attributes={"track_id": 1})]}, "which individual"),
        ({"annotations": [annotation(attributes={"track_id": 1})] * 2}, "twice"),
    ],
)
def test_what_does_not_fit_is_refused_in_words(coco_file, bare_project, changes, says):
    with pytest.raises(FormatError, match=says):
        read(coco_file(**changes), bare_project)
