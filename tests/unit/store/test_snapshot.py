"""The snapshot's text: stable, one thing a line, sealed."""

import json
import math
from pathlib import Path

import pytest

from talpose_app.errors import SchemaError
from talpose_app.model.edits import ChangeLabels, LabelChange
from talpose_app.model.label import Label
from talpose_app.store.snapshot import Mark, Snapshot, SnapshotWriter, checksum_holds, snapshot_from_bytes
from tests.fixtures.projects import NOSE

FOLDER = Path("/videos")


@pytest.fixture
def snapshot(labeled_project):
    return Snapshot("id", Mark(7, "abc"), labeled_project, {"zoom": 2.5, "panel": None})


@pytest.fixture
def data(snapshot):
    return SnapshotWriter(FOLDER).to_bytes(snapshot)


def test_a_snapshot_comes_back(snapshot, data):
    assert snapshot_from_bytes(data, FOLDER) == snapshot


def test_it_is_json_without_nan(data):
    def refuse(name):
        raise AssertionError(name)

    plain = json.loads(data, parse_constant=refuse)
    assert plain["labels"][2] == {
        "individual_id": 1,
        "keypoint_id": 1,
        "frame_idx": 9,
        "x": None,
        "y": None,
        "visibility": "absent",
        "time_s": None,
    }
    assert math.copysign(1, plain["labels"][3]["x"]) == -1
    assert plain["labels"][3]["y"] == 1e-300


def test_the_same_project_gives_the_same_bytes(snapshot, data):
    assert SnapshotWriter(FOLDER).to_bytes(snapshot_from_bytes(data, FOLDER)) == data


def test_moving_one_label_changes_one_line_and_the_seal(snapshot, data):
    edit = ChangeLabels((LabelChange(NOSE, 5, Label(NOSE, 5, 1.0, 2.0)),))
    moved = Snapshot("id", snapshot.mark, edit.apply(snapshot.project)[0], snapshot.view)
    lines = zip(data.splitlines(), SnapshotWriter(FOLDER).to_bytes(moved).splitlines(), strict=True)
    changed = [old for old, new in lines if old != new]
    assert len(changed) == 2
    assert b'"frame_idx":5' in changed[0]
    assert b"sha256" in changed[1]


def test_lines_of_unchanged_tracks_are_written_again_and_removed_ones_are_not(snapshot, data):
    writer = SnapshotWriter(FOLDER)
    assert writer.to_bytes(snapshot) == writer.to_bytes(snapshot) == data
    from dataclasses import replace

    bare = replace(snapshot, project=replace(snapshot.project, made={}))
    assert snapshot_from_bytes(writer.to_bytes(bare), FOLDER).project.tracks == {}


def test_any_changed_byte_breaks_the_seal(data):
    assert checksum_holds(data)
    for position in range(0, len(data), 7):
        damaged = bytearray(data)
        damaged[position] ^= 1
        assert not checksum_holds(bytes(damaged)) or b'"sha256":' not in damaged


def test_a_file_of_another_program_needs_no_seal(data):
    plain = json.loads(data)
    del plain["sha256"]
    unsealed = json.dumps(plain).encode()
    assert checksum_holds(unsealed)
    assert snapshot_from_bytes(unsealed, FOLDER).mark.revision == 7


def set_path(plain, path, value):
    *parents, last = path
    for key in parents:
        plain = plain[key]
    plain[last] = value


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("format",), "something"),
        (("schema",), "1"),
        (("revision",), -1),
        (("unknown",), 1),
        (("video", "n_frames"), 0),
        (("video", "n_frames"), 10**30),
        (("video", "n_frames"), 5),
        (("skeleton", "keypoints", 0, "color"), "red"),
        (("skeleton", "keypoints", 0, "name"), ""),
        (("skeleton", "keypoints", 0, "keypoint_id"), 2),
        (("individuals",), []),
        (("labels", 0, "x"), "1.0"),
        (("labels", 0, "x"), None),
        (("labels", 0, "frame_idx"), 20),
        (("labels", 0, "frame_idx"), 5),
        (("labels", 0, "keypoint_id"), 3),
        (("labels", 0, "visibility"), "maybe"),
        (("tracks", 0, "n_frames"), 19),
        (("tracks", 0, "positions"), "AAAA"),
        (("tracks", 0, "individual_id"), 2),
        (("runs", 0, "kind"), "guess"),
        (("view",), {"a": [1]}),
    ],
)
def test_a_file_that_contradicts_itself_is_refused(data, path, value):
    plain = json.loads(data)
    set_path(plain, path, value)
    with pytest.raises(SchemaError):
        snapshot_from_bytes(json.dumps(plain).encode(), FOLDER)


@pytest.mark.parametrize(
    "text",
    [b"", b"[]", b"\xff\xfe", b"{" * 100_000, b"[" * 100_000, b'{"format":"talpose-project","schema":1}'],
)
def test_what_is_no_project_is_refused(text):
    with pytest.raises(SchemaError):
        snapshot_from_bytes(text, FOLDER)


@pytest.mark.parametrize("number", ["1e999", "NaN", "-Infinity"])
def test_numbers_that_are_none_are_refused(data, number):
    damaged = data.replace(b'"x":7.0', b'"x":' + number.encode())
    assert damaged != data
    with pytest.raises(SchemaError):
        snapshot_from_bytes(damaged, FOLDER)
