import json
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from talpose_app.errors import FormatError
from talpose_app.formats.importing import ImportOptions
from talpose_app.formats.talpose_labels import TalposeLabelsExporter, TalposeLabelsImporter
from talpose_app.model.label import Label, PointId, Visibility
from talpose_app.model.project import Individual, Project
from talpose_app.model.skeleton import Skeleton
from tests.fixtures.projects import NOSE, video_info

TRUTH = {
    "video": "fox.mp4",
    "fps": 25.0,
    "width": 320,
    "height": 240,
    "keypoints": ["ear", "nose"],
    "frames": {
        "10": {"nose": [0.1, 0.2, 1], "ear": [5, 6, 0]},
        "2": {"nose": [217.67, 329.5, 1]},
        "3": {},
    },
    "source": "drawn",
    "note": "unknown fields are read over",
}


@pytest.fixture
def truth_file(tmp_path):
    def write(**changes):
        path = tmp_path / "labels.json"
        path.write_text(json.dumps(TRUTH | changes))
        return path

    return write


def read(path, project, **options):
    return TalposeLabelsImporter().read(path, project, ImportOptions(**options))


def test_labels_and_missing_keypoints_come_in_one_edit(truth_file, bare_project):
    result = read(truth_file(), bare_project)
    project, inverse = result.edit.apply(bare_project)
    assert [k.name for k in project.skeleton.keypoints] == ["ear", "nose"]
    assert list(project.all_labels()) == [
        Label(PointId(1, 1), 10, 5.0, 6.0, Visibility.OCCLUDED),
        Label(PointId(1, 2), 2, 217.67, 329.5),
        Label(PointId(1, 2), 10, 0.1, 0.2),
    ]
    assert (result.n_new, result.n_keypoints) == (3, 2)
    assert inverse.apply(project)[0] == bare_project


def test_keypoints_that_exist_are_used(truth_file, labeled_project):
    result = read(truth_file(), labeled_project)
    project, _ = result.edit.apply(labeled_project)
    assert [k.name for k in project.skeleton.keypoints] == ["nose", "tail, tip", "ear"]
    assert project.labels[NOSE][10].x == 0.1


def test_an_existing_label_is_kept_and_reported(truth_file, labeled_project):
    result = read(truth_file(), labeled_project)
    project, _ = result.edit.apply(labeled_project)
    assert project.labels[NOSE][2] == labeled_project.labels[NOSE][2]
    assert result.n_kept == 1
    assert any("nose at frame 2" in sentence for sentence in result.report)
    replaced, _ = read(truth_file(), labeled_project, overwrite=True).edit.apply(labeled_project)
    assert replaced.labels[NOSE][2].x == 217.67


def test_a_second_import_changes_nothing(truth_file, bare_project):
    project, _ = read(truth_file(), bare_project).edit.apply(bare_project)
    again = read(truth_file(), project)
    assert (again.n_same, again.edit.edits) == (3, ())


def test_frames_can_be_chosen(truth_file, bare_project):
    by_divisor = read(truth_file(), bare_project, every=5)
    assert by_divisor.n_new == 2
    assert read(truth_file(), bare_project, frames=frozenset({2})).n_new == 1


def test_labels_carry_their_frames_time(truth_file, bare_project):
    project, _ = read(truth_file(), bare_project, time_of=lambda frame_idx: frame_idx / 25).edit.apply(
        bare_project
    )
    assert {label.time_s for label in project.all_labels()} == {2 / 25, 10 / 25}


def test_points_outside_the_picture_are_taken_and_told(truth_file, bare_project):
    result = read(truth_file(frames={"0": {"nose": [-30.5, 10, 1]}}), bare_project)
    assert result.n_new == 1
    assert "outside the picture" in result.report[0]


def test_labels_go_to_the_individual_asked_for(truth_file, bare_project):
    pair = replace(bare_project, individuals=(Individual(1, "vixen"), Individual(2, "cub")))
    project, _ = read(truth_file(), pair, individual_id=2).edit.apply(pair)
    assert {point.individual_id for point in project.labels} == {2}


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"width": 321}, "321x240"),
        ({"frames": {"20": {"nose": [1, 2, 1]}}}, "frame 20"),
        ({"frames": {"-1": {"nose": [1, 2, 1]}}}, "no frame index"),
        ({"frames": {"01": {"nose": [1, 2, 1]}}}, "no frame index"),
        ({"frames": {"1": {"tail": [1, 2, 1]}}}, "tail"),
        ({"frames": {"1": {"nose": [1, 2]}}}, "frames"),
        ({"frames": {"1": {"nose": [1, 2, 2]}}}, "frames"),
        ({"frames": {"1": {"nose": [1, 2, 0.5]}}}, "frames"),
        ({"frames": {"1": {"nose": ["1", 2, 1]}}}, "frames"),
        ({"frames": {"1": {"nose": [None, 2, 1]}}}, "frames"),
        ({"frames": {"1": {"nose": [float("nan"), 2, 1]}}}, "not a talpose-labels file"),
        ({"frames": {"1": {"nose": [float("inf"), 2, 1]}}}, "not a talpose-labels file"),
        ({"frames": [1, 2]}, "frames"),
        ({"keypoints": ["nose", "nose"]}, "twice"),
        ({"keypoints": ["nose", " "]}, "without a name"),
        ({"points": {"nose": ["vixen", "nose"]}}, "the same names"),
        ({"points": {"nose": ["vixen", "nose"], "ear": ["vixen", "nose"]}}, "twice"),
        ({"points": {"nose": ["vixen", "nose"], "ear": [" ", "nose"]}}, "without a name"),
        ({"points": {"nose": ["vixen", "nose"], "ear": "ear"}}, "points"),
    ],
)
def test_what_does_not_fit_is_refused_in_words(truth_file, bare_project, changes, says):
    with pytest.raises(FormatError, match=says):
        read(truth_file(**changes), bare_project)


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"\xff\xfe", b'{"width": 320}', b"1e999"])
def test_damaged_files_are_refused(tmp_path, bare_project, content):
    path = tmp_path / "labels.json"
    path.write_bytes(content)
    with pytest.raises(FormatError):
        read(path, bare_project)


def test_a_number_beyond_float64_is_refused(tmp_path, bare_project):
    path = tmp_path / "labels.json"
    path.write_text(json.dumps(TRUTH).replace("217.67", "1e400"))
    with pytest.raises(FormatError):
        read(path, bare_project)


def test_a_missing_file_is_an_error_in_words(tmp_path, bare_project):
    with pytest.raises(FormatError, match="cannot be read"):
        read(tmp_path / "no.json", bare_project)


coordinates = st.floats(allow_nan=False, allow_infinity=False)


@settings(max_examples=60, deadline=None)
@given(values=st.lists(st.tuples(coordinates, coordinates, st.booleans()), min_size=1, max_size=20))
def test_export_and_import_return_every_label_bit_for_bit(values, tmp_path_factory):
    labels = {
        i: Label(NOSE, i, x, y, Visibility.OCCLUDED if hidden else Visibility.VISIBLE)
        for i, (x, y, hidden) in enumerate(values)
    }
    project = Project(video_info(), Skeleton().with_keypoint("nose"), labels={NOSE: labels})
    path = tmp_path_factory.mktemp("truth") / "out.labels.json"
    assert TalposeLabelsExporter().export(project, path) == []
    back, _ = read(path, Project(video_info())).edit.apply(Project(video_info()))
    assert {i: (x.x.hex(), x.y.hex(), x.visibility) for i, x in back.labels[NOSE].items()} == {
        i: (x.x.hex(), x.y.hex(), x.visibility) for i, x in labels.items()
    }


def test_what_the_format_cannot_hold_is_reported(labeled_project, tmp_path):
    path = tmp_path / "out.labels.json"
    pair = replace(labeled_project, individuals=(Individual(1, "vixen"), Individual(2, "cub")))
    report = TalposeLabelsExporter().export(pair, path)
    assert any("absent" in sentence for sentence in report)
    assert any("individual/keypoint" in sentence for sentence in report)
    content = json.loads(path.read_text())
    assert content["frames"]["9"] == {}
    assert "vixen/nose" in content["frames"]["2"]
    assert content["points"]["cub/nose"] == ["cub", "nose"]


def test_labels_of_several_individuals_come_back_to_them(tmp_path, bare_project):
    """Even where composed names collide: ``a`` with ``b/c`` and ``a/b`` with ``c``."""
    skeleton = Skeleton().with_keypoint("b/c").with_keypoint("c")
    first, second = PointId(1, 1), PointId(2, 2)
    labels = {first: {0: Label(first, 0, 1.0, 2.0)}, second: {0: Label(second, 0, 3.0, 4.0)}}
    project = Project(video_info(), skeleton, (Individual(1, "a"), Individual(2, "a/b")), labels=labels)
    path = tmp_path / "out.labels.json"
    TalposeLabelsExporter().export(project, path)
    again = read(path, project)
    assert (again.n_same, again.edit.edits) == (2, ())
    back, _ = read(path, bare_project).edit.apply(bare_project)
    assert (back.individuals, back.skeleton, back.labels) == (project.individuals, skeleton, labels)


def test_slashes_of_one_individual_stay_in_the_name(truth_file, bare_project):
    path = truth_file(keypoints=["m1/nose"], frames={"0": {"m1/nose": [1, 2, 1]}})
    project, _ = read(path, bare_project).edit.apply(bare_project)
    assert project.skeleton.by_name("m1/nose") is not None
    assert len(project.individuals) == 1


@pytest.mark.parametrize(
    "frames",
    ['{"2": {"nose": [1, 2, 1]}, "2": {"nose": [3, 4, 1]}}', '{"2": {"nose": [1, 2, 1], "nose": [3, 4, 1]}}'],
)
def test_a_frame_or_keypoint_that_is_there_twice_is_refused(tmp_path, bare_project, frames):
    path = tmp_path / "labels.json"
    path.write_text('{"width": 320, "height": 240, "keypoints": ["nose"], "frames": ' + frames + "}")
    with pytest.raises(FormatError, match="twice"):
        read(path, bare_project)


def test_a_byte_order_mark_is_no_error(truth_file, bare_project):
    path = truth_file()
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert read(path, bare_project).n_new == 3
