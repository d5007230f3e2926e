import json

import pytest

from talpose_app.cli.projects import open_project


def test_a_project_is_made_beside_the_video(talpose, small_clip):
    ran = talpose("new", small_clip).done()
    path = small_clip.with_name("squares.talpose.json")
    assert path.is_file()
    assert "160x120, 24 frames, 25 fps" in ran.out


def test_json_names_what_was_made(talpose, small_clip, tmp_path):
    target = tmp_path / "other.talpose.json"
    (made,) = talpose("new", small_clip, "-o", target, "--json").done().lines
    assert made == {
        "project": str(target), "width": 160, "height": 120, "frames": 24, "fps": 25.0, "keypoints": 0,
        "warnings": [],
    }  # fmt: skip


def test_an_existing_project_is_never_replaced(talpose, small_clip):
    talpose("new", small_clip).done()
    path = small_clip.with_name("squares.talpose.json")
    before = path.read_bytes()
    ran = talpose("new", small_clip)
    assert (ran.code, path.read_bytes()) == (1, before)
    assert "exists already" in ran.err


def test_keypoints_come_from_a_skeleton_file(talpose, small_clip, tmp_path):
    skeleton = tmp_path / "skeleton.json"
    skeleton.write_text(json.dumps({"keypoints": ["nose", "tail"], "edges": [["nose", "tail"]]}))
    talpose("new", small_clip, "--skeleton", skeleton).done()
    with open_project(small_clip.with_name("squares.talpose.json"), read_only=True) as session:
        assert [k.name for k in session.project.skeleton.keypoints] == ["nose", "tail"]
        assert session.project.skeleton.edges == ((1, 2),)


def test_a_bad_skeleton_leaves_no_project(talpose, small_clip, tmp_path):
    skeleton = tmp_path / "skeleton.json"
    skeleton.write_text("{}")
    assert talpose("new", small_clip, "--skeleton", skeleton).code == 1
    assert not small_clip.with_name("squares.talpose.json").exists()


def test_what_is_no_video_is_an_error_in_words(talpose, tmp_path):
    path = tmp_path / "text.mp4"
    path.write_text("no video")
    ran = talpose("new", path)
    assert ran.code == 1
    assert ran.err.count("\n") == 1
    assert not path.with_name("text.talpose.json").exists()


@pytest.mark.parametrize("name", ["other", "other.json", "other.talpose", "other.talpose.json"])
def test_a_project_gets_the_ending_the_app_knows_it_by(talpose, small_clip, tmp_path, name):
    (made,) = talpose("new", small_clip, "-o", tmp_path / name, "--json").done().lines
    assert made["project"] == str(tmp_path / "other.talpose.json")
    assert (tmp_path / "other.talpose.json").is_file()


def test_a_folder_is_no_place_for_a_project(talpose, small_clip, tmp_path):
    assert "is a folder" in talpose("new", small_clip, "-o", tmp_path).err
    ran = talpose("new", small_clip, "-o", tmp_path / "nodir" / "x")
    assert "does not exist" in ran.err
    assert "drive" not in ran.err


def test_keypoints_come_from_another_project(talpose, small_clip, tmp_path):
    talpose("new", small_clip).done()
    first = small_clip.with_name("squares.talpose.json")
    for name in ("nose", "tail"):
        talpose("label", first, "--keypoint", name, "--frame", 0, "--at", 10, 20).done()
    before = first.read_bytes()
    second = tmp_path / "second.talpose.json"
    talpose("new", small_clip, "-o", second, "--skeleton", first).done()
    with open_project(second, read_only=True) as session:
        assert [k.name for k in session.project.skeleton.keypoints] == ["nose", "tail"]
        assert not list(session.project.all_labels())
    assert first.read_bytes() == before
