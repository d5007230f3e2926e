import csv
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from talpose_app.errors import FormatError
from talpose_app.formats.deeplabcut import DeepLabCutExporter, DeepLabCutImporter
from talpose_app.formats.importing import ImportOptions
from talpose_app.model.label import Label, PointId, Visibility
from talpose_app.model.project import Individual, Project
from talpose_app.model.skeleton import Skeleton
from tests.fixtures.projects import NOSE, TAIL, video_info

ONE = """scorer,Ada,Ada,Ada,Ada
bodyparts,nose,nose,ear,ear
coords,x,y,x,y
labeled-data/fox/img02.png,217.67,29.5,,
labeled-data/fox/img10.png,0.1,0.2,NaN,NaN
labeled-data/fox/img11.png,,,5.0,6
"""

SEVERAL = """scorer,,,Ada,Ada,Ada,Ada,Ada,Ada
individuals,,,m1,m1,m2,m2,single,single
bodyparts,,,nose,nose,nose,nose,corner,corner
coords,,,x,y,x,y,x,y
labeled-data,fox,img02.png,1.5,2.5,3.5,4.5,5.5,6.5
"""


def rows_of(project, tmp_path, report=()):
    path = tmp_path / "out.csv"
    assert DeepLabCutExporter().export(project, path) == list(report)
    with path.open(newline="") as stream:
        return list(csv.reader(stream))


@pytest.fixture
def table_file(tmp_path):
    def write(text):
        path = tmp_path / "CollectedData_Ada.csv"
        path.write_text(text)
        return path

    return write


def read(path, project, **options):
    return DeepLabCutImporter().read(path, project, ImportOptions(**options))


def test_visible_labels_are_written_as_deeplabcut_has_them(labeled_project, tmp_path):
    rows = rows_of(
        labeled_project,
        tmp_path,
        report=(
            "Left out: 1 occluded label. In DeepLabCut a position means that the point is seen there.",
            "Left out: 1 label of absent points, which DeepLabCut does not tell from unlabeled ones.",
        ),
    )
    assert rows == [
        ["scorer", "", "", *["TALPose"] * 4],
        ["bodyparts", "", "", "nose", "nose", "tail, tip", "tail, tip"],
        ["coords", "", "", "x", "y", "x", "y"],
        ["labeled-data", "fox", "img02.png", repr(100.1 + 1 / 3), "50.0", "-0.0", "1e-300"],
    ]


def test_frames_without_a_position_have_no_row(labeled_project, tmp_path):
    """pandas would take an empty first row for the names of the index, and lose the row."""
    labels = {NOSE: {5: labeled_project.label(NOSE, 5)}, TAIL: labeled_project.labels[TAIL]}
    project = replace(labeled_project, labels=labels)
    path = tmp_path / "out.csv"
    DeepLabCutExporter().export(project, path)
    assert [line.split(",")[2] for line in path.read_text().splitlines()[3:]] == ["img02.png"]


def test_several_individuals_have_a_header_row(labeled_project, tmp_path):
    labels = {NOSE: {2: labeled_project.label(NOSE, 2)}}
    pair = replace(labeled_project, labels=labels, individuals=(Individual(1, "vixen"), Individual(2, "cub")))
    rows = rows_of(pair, tmp_path)
    assert rows[1] == ["individuals", "", "", *["vixen"] * 4, *["cub"] * 4]
    assert rows[2][3:] == ["nose", "nose", "tail, tip", "tail, tip"] * 2
    assert rows[4][3:] == [repr(100.1 + 1 / 3), "50.0", *[""] * 6]


def test_single_owns_the_keypoints_labeled_under_it(table_file, bare_project, tmp_path):
    project, _ = read(table_file(SEVERAL), bare_project).edit.apply(bare_project)
    assert rows_of(project, tmp_path)[1:3] == [
        ["individuals", "", "", "m1", "m1", "m2", "m2", "single", "single"],
        ["bodyparts", "", "", "nose", "nose", "nose", "nose", "corner", "corner"],
    ]


def test_one_animal_is_read(table_file, bare_project):
    result = read(table_file(ONE), bare_project)
    project, inverse = result.edit.apply(bare_project)
    ear = PointId(1, 2)
    assert list(project.all_labels()) == [
        Label(NOSE, 2, 217.67, 29.5), Label(NOSE, 10, 0.1, 0.2), Label(ear, 11, 5.0, 6.0)
    ]  # fmt: skip
    assert [k.name for k in project.skeleton.keypoints] == ["nose", "ear"]
    assert project.individuals == bare_project.individuals
    assert (result.report, inverse.apply(project)[0]) == ([], bare_project)


def test_several_animals_are_read(table_file, bare_project):
    project, _ = read(table_file(SEVERAL), bare_project).edit.apply(bare_project)
    assert [i.name for i in project.individuals] == ["m1", "m2", "single"]
    assert [(x.point, x.x, x.y) for x in project.all_labels()] == [
        (PointId(1, 1), 1.5, 2.5), (PointId(2, 1), 3.5, 4.5), (PointId(3, 2), 5.5, 6.5)
    ]  # fmt: skip


coordinates = st.floats(allow_nan=False, allow_infinity=False)
points = st.sampled_from([PointId(i, k) for i in (1, 2) for k in (1, 2)])


@settings(max_examples=60, deadline=None)
@given(values=st.lists(st.tuples(points, st.integers(0, 19), coordinates, coordinates), max_size=20))
def test_visible_labels_come_back_bit_for_bit(values, tmp_path_factory):
    labels = {}
    for point, frame_idx, x, y in values:
        labels.setdefault(point, {})[frame_idx] = Label(point, frame_idx, x, y)
    skeleton = Skeleton().with_keypoint("nose").with_keypoint('a "b",c')
    project = Project(video_info(), skeleton, (Individual(1, "vixen"), Individual(2, "cub")), labels=labels)
    path = tmp_path_factory.mktemp("dlc") / "out.csv"
    assert DeepLabCutExporter().export(project, path) == []
    back, _ = read(path, Project(video_info())).edit.apply(Project(video_info()))
    assert back.individuals == project.individuals
    assert [(*x.point, x.frame_idx, x.x.hex(), x.y.hex()) for x in back.all_labels()] == [
        (*x.point, x.frame_idx, x.x.hex(), x.y.hex()) for x in project.all_labels()
    ]


def test_different_labels_are_kept_unless_overwritten(table_file, labeled_project):
    path = table_file(ONE)
    assert read(path, labeled_project).n_kept == 1
    replaced, _ = read(path, labeled_project, overwrite=True).edit.apply(labeled_project)
    assert replaced.labels[NOSE][2].x == 217.67


def test_an_occluded_label_is_not_overwritten_by_the_cell_that_lacks_it(labeled_project, tmp_path):
    path = tmp_path / "out.csv"
    DeepLabCutExporter().export(labeled_project, path)
    result = read(path, labeled_project, overwrite=True)
    assert (result.n_same, result.edit.edits) == (2, ())
    assert labeled_project.label(NOSE, 5).visibility is Visibility.OCCLUDED


def test_pictures_of_another_video_are_told(table_file, bare_project):
    result = read(table_file(ONE.replace("/fox/", "/hen/")), bare_project)
    assert result.n_new == 3
    assert "of a video hen, this one is fox" in result.report[0]
    assert read(table_file(ONE.replace("labeled-data/fox/", "")), bare_project).report == []


def test_of_several_videos_the_projects_is_read(table_file, bare_project):
    result = read(table_file(ONE.replace("fox/img02", "hen/img02")), bare_project)
    assert (result.n_new, result.report) == (2, ["1 picture of other videos not read."])


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (ONE.replace("coords,x,y,x,y", "coords,x,y,likelihood,y"), "predictions"),
        (ONE.replace("coords,x,y,x,y", "coords,x,y,visible,y"), "'visible'"),
        (ONE.replace("coords,x,y,x,y", "coords,x,x,x,y"), "'x' of 'nose'"),
        (ONE.replace("bodyparts,nose,nose,ear,ear", "bodyparts,nose,nose,ear,eye"), "not both"),
        (ONE.replace("nose", " "), "without a name"),
        (SEVERAL.replace("m1", ""), "without a name"),
        (ONE.replace("217.67", ""), "line 4: 'nose' has only one coordinate"),
        (ONE.replace("217.67", "left"), "line 4: 'left' is no number"),
        (ONE.replace("217.67", "1e999"), "'nose' at frame 2"),
        (ONE.replace("img10", "img20"), "frame 20"),
        (ONE.replace("img10", "frame10"), "line 5.*does not tell its frame"),
        (ONE.replace("img10", "img2"), "line 5: the picture of frame 2 is there twice"),
        (ONE.replace("fox/img02", "hen/img02").replace("fox", "elk"), "none of them"),
    ],
)
def test_what_does_not_fit_is_refused_in_words(table_file, bare_project, text, says):
    with pytest.raises(FormatError, match=says):
        read(table_file(text), bare_project)
