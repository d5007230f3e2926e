import json

import pytest

from talpose_app.errors import FormatError
from talpose_app.formats.skeleton_file import read_skeleton
from talpose_app.model.skeleton import PALETTE


def written(tmp_path, content):
    path = tmp_path / "skeleton.json"
    text = content if isinstance(content, str | bytes) else json.dumps(content)
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def test_keypoints_edges_and_symmetries_are_read(tmp_path):
    path = written(
        tmp_path,
        {
            "keypoints": ["nose", {"name": "ear_left", "color": "#102030"}, {"name": "ear_right"}],
            "edges": [["nose", "ear_left"], ["nose", "ear_right"]],
            "symmetries": [["ear_left", "ear_right"]],
        },
    )
    skeleton = read_skeleton(path)
    assert [(k.keypoint_id, k.name, k.color) for k in skeleton.keypoints] == [
        (1, "nose", PALETTE[0]), (2, "ear_left", "#102030"), (3, "ear_right", PALETTE[2]),
    ]  # fmt: skip
    assert skeleton.edges == ((1, 2), (1, 3))
    assert skeleton.symmetries == ((2, 3),)
    assert skeleton.next_id == 4


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("{", "not a skeleton file"),
        (b'{"keypoints": ["nose"], "keypoints": ["tail"]}', "twice"),
        (b'{"keypoints": ["\xb1"]}', "not a skeleton file"),
        (b'{"keypoints": ' + b"[" * 100_000, "not a skeleton file"),
        ({"keypoints": ["nose", "nose"]}, "already a keypoint"),
        ({"keypoints": [""]}, "needs a name"),
        ({"keypoints": ["nose"], "edges": [["nose", "tail"]]}, "no keypoint 'tail'"),
        ({"keypoints": ["nose"], "edges": [["nose", "nose"]]}, "does not join"),
        ({"keypoints": [{"name": "nose", "color": "red"}]}, "not a skeleton file"),
        ({"keypoints": ["nose"], "edge": []}, "edge"),
    ],
)
def test_what_is_no_skeleton_is_refused_in_words(tmp_path, content, says):
    with pytest.raises(FormatError, match=says):
        read_skeleton(written(tmp_path, content))


def test_a_missing_file_is_an_error_in_words(tmp_path):
    with pytest.raises(FormatError, match="cannot be read"):
        read_skeleton(tmp_path / "no.json")


def test_a_byte_order_mark_is_no_error(tmp_path):
    assert read_skeleton(written(tmp_path, b'\xef\xbb\xbf{"keypoints": ["nose"]}')).by_name("nose")
