import json

import pytest

from talpose_app.errors import FormatError, ProjectError
from talpose_app.session.keypoint_source import read_keypoints


def test_keypoints_of_a_project_that_is_open(session):
    skeleton = read_keypoints(session.path)
    assert [k.name for k in skeleton.keypoints] == ["nose", "tail"]
    assert skeleton == session.project.skeleton


def test_keypoints_of_a_skeleton_file(tmp_path):
    path = tmp_path / "mouse.json"
    path.write_text(json.dumps({"keypoints": ["nose", "tail"], "edges": [["nose", "tail"]]}))
    skeleton = read_keypoints(path)
    assert [k.name for k in skeleton.keypoints] == ["nose", "tail"]
    assert skeleton.edges == ((1, 2),)


def test_a_file_that_is_neither_is_an_error_in_words(tmp_path):
    with pytest.raises(ProjectError, match="There is no project"):
        read_keypoints(tmp_path / "gone.talpose.json")
    broken = tmp_path / "broken.talpose.json"
    broken.write_text("{")
    with pytest.raises(ProjectError):
        read_keypoints(broken)
    other = tmp_path / "mouse.json"
    other.write_text("[1]")
    with pytest.raises(FormatError, match="skeleton file"):
        read_keypoints(other)
