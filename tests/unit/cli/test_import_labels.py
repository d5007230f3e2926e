import json

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
