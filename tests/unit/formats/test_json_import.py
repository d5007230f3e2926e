import json
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from talpose_app.errors import FormatError
from talpose_app.formats.importing import ImportOptions
from talpose_app.formats.json_format import JsonExporter
from talpose_app.formats.json_import import JsonImporter
from talpose_app.model.label import Label, PointId, Visibility, absent_label
from talpose_app.model.project import Individual, Project
from talpose_app.model.skeleton import Skeleton
from tests.fixtures.projects import NOSE, video_info


def read(path, project, **options):
    return JsonImporter().read(path, project, ImportOptions(**options))


@pytest.fixture
def export(labeled_project, tmp_path):
    """The labeled project's file, with changes to its fields."""

    def write(**changes):
        path = tmp_path / "fox.json"
        JsonExporter().export(labeled_project, path)
        path.write_text(json.dumps(json.loads(path.read_text()) | changes))
        return path

    return write


def label(**changes):
    return {
        "individual": "individual_1", "keypoint": "nose", "frame": 1, "x": 1, "y": 2, "visibility": "visible",
        "time_s": None,
    } | changes  # fmt: skip


def test_labels_and_skeleton_come_back_into_a_new_project(export, labeled_project, bare_project):
    result = read(export(), bare_project)
    project, inverse = result.edit.apply(bare_project)
    assert project.skeleton == labeled_project.skeleton
    assert list(map(repr, project.all_labels())) == list(map(repr, labeled_project.all_labels()))
    assert (result.n_new, result.n_keypoints, project.made) == (4, 2, {})
    assert inverse.apply(project)[0] == bare_project
    assert result.report == ["1 track not read: predictions are made anew from the labels."]


numbers = st.floats(allow_nan=False, allow_infinity=False)
labels = st.tuples(
    st.sampled_from([PointId(1, 1), PointId(1, 2), PointId(2, 1), PointId(2, 2)]),
    st.integers(0, 19), numbers, numbers, st.sampled_from(Visibility), st.none() | numbers,
)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(made=st.lists(labels, max_size=20))
def test_every_label_comes_back_bit_for_bit(made, tmp_path_factory):
    by_point = {}
    for point, frame_idx, x, y, visibility, time_s in made:
        is_absent = visibility is Visibility.ABSENT
        placed = (
            Label(point, frame_idx, x, y, visibility, time_s)
            if not is_absent
            else absent_label(point, frame_idx, time_s)
        )
        by_point.setdefault(point, {})[frame_idx] = placed
    skeleton = Skeleton().with_keypoint("nose", "#010203").with_keypoint("a/b", "#AABBCC")
    skeleton = replace(skeleton.with_edges(((2, 1),)), symmetries=((1, 2),))
    project = Project(video_info(), skeleton, (Individual(1, "vixen"), Individual(2, "cub")), labels=by_point)
    path = tmp_path_factory.mktemp("json") / "out.json"
    JsonExporter().export(project, path)
    result = read(path, Project(video_info()))
    back, _ = result.edit.apply(Project(video_info()))
    assert (back.skeleton, back.individuals) == (skeleton, project.individuals)
    assert list(map(repr, back.all_labels())) == list(map(repr, project.all_labels()))
    again = read(path, project)
    assert (again.n_same, again.edit.edits) == (sum(map(len, by_point.values())), ())


def test_different_labels_are_kept_unless_overwritten(export, labeled_project):
    path = export(labels=[label(frame=2), label(frame=3)])
    result = read(path, labeled_project)
    assert (result.n_kept, result.n_new) == (1, 1)
    assert "nose at frame 2" in result.report[-1]
    assert result.edit.apply(labeled_project)[0].labels[NOSE][2] == labeled_project.labels[NOSE][2]
    replaced, _ = read(path, labeled_project, overwrite=True).edit.apply(labeled_project)
    assert replaced.labels[NOSE][2].x == 1.0


def test_another_video_is_told_and_its_times_are_not_taken(export, bare_project):
    path = export(labels=[label(time_s=0.5)])
    same, _ = read(path, bare_project).edit.apply(bare_project)
    assert same.labels[NOSE][1].time_s == 0.5
    video = replace(bare_project.video, fingerprint="test:2", n_frames=30)
    other = replace(bare_project, video=video)
    result = read(path, other)
    assert result.report[0] == (
        "The labels were made on another video file (fox.mp4) of 20 frames, this one has 30: "
        "look whether they sit where they should."
    )
    assert result.edit.apply(other)[0].labels[NOSE][1].time_s is None


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"format": "talpose-project"}, "not a JSON export"),
        ({"version": 2}, "newer TALPose"),
        ({"video": {"width": 1, "height": 240, "n_frames": 20, "fingerprint": ""}}, "1x240"),
        ({"labels": [label(frame=20)]}, "frame 20"),
        ({"labels": [label(frame=-1)]}, "not a JSON export"),
        ({"labels": [label(frame=1.5)]}, "not a JSON export"),
        ({"labels": [label(keypoint="ear")]}, "lists lack"),
        ({"labels": [label(individual="cub")]}, "lists lack"),
        ({"labels": [label(), label(x=5)]}, "twice"),
        ({"labels": [label(x=None)]}, "cannot be visible"),
        ({"labels": [label(visibility="absent")]}, "absent and has a position"),
        ({"labels": [label(visibility="gone")]}, "not a JSON export"),
        ({"labels": [label(x="1")]}, "not a JSON export"),
        ({"keypoints": [{"name": "nose", "color": "#000000"}] * 2}, "same keypoint twice"),
        ({"keypoints": [{"name": "nose", "color": "red"}]}, "not a JSON export"),
        ({"keypoints": [{"name": " ", "color": "#000000"}], "labels": [], "edges": []}, "no name"),
        ({"individuals": [{"name": "a"}, {"name": "a"}]}, "same individual twice"),
        ({"individuals": []}, "lists lack"),
        ({"edges": [["nose", "ear"]]}, "joins"),
        ({"symmetries": [["nose", "nose"]]}, "joins"),
    ],
)
def test_what_does_not_fit_is_refused_in_words(export, bare_project, changes, says):
    with pytest.raises(FormatError, match=says):
        read(export(**changes), bare_project)


def test_a_label_with_a_field_twice_is_refused(export, bare_project):
    path = export()
    path.write_text(path.read_text().replace('"frame": 2,', '"frame": 2, "frame": 3,', 1))
    with pytest.raises(FormatError, match="'frame' twice"):
        read(path, bare_project)
