import json

import pytest

from talpose_app.cli.import_labels import FORMATS
from talpose_app.cli.projects import open_project
from talpose_app.formats.registry import IMPORTERS


def test_the_formats_are_the_registrys():
    assert [importer.name for importer in IMPORTERS] == list(FORMATS)


def test_frames_are_those_divisible_and_in_the_list(talpose, small_clip, small_truth):
    talpose("new", small_clip).done()
    project = small_clip.with_name("squares.talpose.json")
    words = ("import", small_truth, "--format", "talpose-labels", "--project", project, "--json")
    (said,) = talpose(*words, "--every", 4, "--frames", "0:9,12").done().lines
    assert said == {"new": 8, "replaced": 0, "same": 0, "kept": 0, "keypoints": 2, "report": []}
    with open_project(project, read_only=True) as session:
        assert session.project.keyframes() == [0, 4, 8, 12]


def test_an_import_is_one_step_of_undo(small_project):
    with open_project(small_project) as session:
        assert session.undo_title == "Import labels"
        session.undo()
        assert session.project.labels == {}
        assert session.project.skeleton.keypoints == ()


def test_different_labels_are_kept_and_told_unless_overwritten(talpose, small_project, small_truth):
    talpose("label", small_project, "--keypoint", "left", "--frame", 8, "--at", 1, 2).done()
    words = ("import", small_truth, "--format", "talpose-labels", "--project", small_project, "--every", 8)
    ran = talpose(*words).done()
    assert "0 new labels, 5 there already, 1 kept as they were" in ran.out
    assert "left at frame 8" in ran.err
    (said,) = talpose(*words, "--overwrite", "--json").done().lines
    assert (said["replaced"], said["kept"]) == (1, 0)


def test_a_file_that_does_not_fit_changes_nothing(talpose, small_project, small_truth):
    content = json.loads(small_truth.read_text())
    content["frames"]["24"] = {"left": [1, 2, 1]}
    small_truth.write_text(json.dumps(content))
    before = small_project.read_bytes()
    ran = talpose("import", small_truth, "--format", "talpose-labels", "--project", small_project)
    assert ran.code == 1
    assert "frame 24" in ran.err
    assert small_project.read_bytes() == before


def test_frames_behind_the_video_are_refused(talpose, small_project, small_truth):
    words = ("import", small_truth, "--format", "talpose-labels", "--project", small_project)
    ran = talpose(*words, "--frames", "0:300000000,50:60")
    assert ran.code == 1
    assert "frame 50" in ran.err


@pytest.mark.parametrize("name", FORMATS)
def test_what_was_exported_is_there_already(talpose, small_project, tmp_path, name):
    talpose("export", small_project, "--format", name, "-o", tmp_path / "out").done()
    words = (
        "import",
        tmp_path / "out",
        "--format",
        name,
        "--project",
        small_project,
        "--overwrite",
        "--json",
    )
    (said,) = talpose(*words).done().lines
    assert (said["new"], said["replaced"], said["kept"], said["keypoints"]) == (0, 0, 0, 0)
    assert said["same"] > 0


@pytest.mark.parametrize("name", FORMATS)
def test_a_new_project_gets_the_same_labels(talpose, small_project, small_clip, tmp_path, name):
    talpose("export", small_project, "--format", name, "-o", tmp_path / "out").done()
    other = tmp_path / "other.talpose.json"
    talpose("new", small_clip, "-o", other).done()
    talpose("import", tmp_path / "out", "--format", name, "--project", other).done()
    with open_project(small_project, read_only=True) as was, open_project(other, read_only=True) as now:
        assert now.project.labels
        assert [_bits(x) for x in now.project.all_labels()] == [
            _bits(x) for x in was.project.all_labels() if name != "deeplabcut" or x.visibility == "visible"
        ]


def _bits(label):
    return (label.point, label.frame_idx, label.x.hex(), label.y.hex(), label.visibility, label.time_s)


def test_a_file_of_several_individuals_is_not_sent_to_one(talpose, small_project, tmp_path):
    table = tmp_path / "table.csv"
    table.write_text(
        "scorer,A,A,A,A\nindividuals,m1,m1,m2,m2\nbodyparts,left,left,left,left\ncoords,x,y,x,y\n"
        "img00.png,1,2,3,4\n"
    )
    words = ("import", table, "--format", "deeplabcut", "--project", small_project)
    ran = talpose(*words, "--individual", "individual_1")
    assert ran.code == 1
    assert "several individuals (m1, m2)" in ran.err
    talpose(*words).done()
    with open_project(small_project, read_only=True) as session:
        assert [x.name for x in session.project.individuals] == ["individual_1", "m1", "m2"]
