"""Projects as plain shapes: every bit there and back, contradictions refused."""

import struct
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from talpose_app.errors import SchemaError
from talpose_app.model.held_out import ErrorSummary, HeldOutSummary, PointError
from talpose_app.model.label import Label, PointId
from talpose_app.model.skeleton import Keypoint, Skeleton
from talpose_app.store.codec import (
    individuals_from_shape,
    label_from_shape,
    label_to_shape,
    run_from_shape,
    run_to_shape,
    skeleton_from_shape,
    skeleton_to_shape,
    track_from_shape,
    track_to_shape,
    video_from_shape,
    video_to_shape,
)
from talpose_app.store.schema import IndividualShape, LabelShape, RunShape, SpanShape, TrackShape
from tests.fixtures.projects import NOSE, straight_track, video_info

finite = st.floats(allow_nan=False, allow_infinity=False)


@given(x=finite, y=finite, frame_idx=st.integers(0, 2**40), time_s=st.none() | finite)
def test_a_label_comes_back_bit_for_bit(x, y, frame_idx, time_s):
    label = Label(PointId(3, 4), frame_idx, x, y, time_s=time_s)
    again = label_from_shape(msgspec.json.decode(msgspec.json.encode(label_to_shape(label)), type=LabelShape))
    assert struct.pack("<dd", again.x, again.y) == struct.pack("<dd", x, y)
    assert again == label


def test_labels_of_every_visibility_come_back(labeled_project):
    for label in labeled_project.all_labels():
        assert label_from_shape(label_to_shape(label)) == label


def test_an_absent_label_with_a_position_is_refused():
    shape = label_to_shape(Label(NOSE, 0, 1.0, 2.0))
    with pytest.raises(SchemaError, match="cannot be absent"):
        label_from_shape(msgspec.structs.replace(shape, visibility="absent"))


def test_a_skeleton_comes_back(labeled_project):
    assert skeleton_from_shape(skeleton_to_shape(labeled_project.skeleton)) == labeled_project.skeleton


@pytest.mark.parametrize(
    ("skeleton", "what"),
    [
        (
            Skeleton((Keypoint(1, "a", "#000000"), Keypoint(1, "b", "#000000")), next_id=2),
            "id 1 is given twice",
        ),
        (
            Skeleton((Keypoint(1, "a", "#000000"), Keypoint(2, "a", "#000000")), next_id=3),
            "'a' is given twice",
        ),
        (Skeleton((Keypoint(5, "a", "#000000"),), next_id=5), "not above"),
        (Skeleton((Keypoint(1, "a", "#000000"),), ((1, 2),), next_id=2), "does not exist"),
        (Skeleton((Keypoint(1, "a", "#000000"),), (), ((3, 1),), next_id=2), "does not exist"),
    ],
)
def test_a_skeleton_that_contradicts_itself_is_refused(skeleton, what):
    with pytest.raises(SchemaError, match=what):
        skeleton_from_shape(skeleton_to_shape(skeleton))


def test_individuals_need_ids_of_their_own():
    with pytest.raises(SchemaError, match="twice"):
        individuals_from_shape([IndividualShape(individual_id=1, name=name) for name in "ab"])


def test_a_track_comes_back():
    track = straight_track(20, 3, 9)
    assert track_from_shape(track_to_shape(NOSE, track)) == track


@pytest.mark.parametrize("spans", [[(5, 5)], [(0, 21)], [(4, 8), (6, 9)], [(9, 4)]])
def test_spans_must_be_in_order_and_inside(spans):
    shape: TrackShape = track_to_shape(NOSE, straight_track(20, 3, 9))
    bad = [SpanShape(start=start, stop=stop, run_id=1) for start, stop in spans]
    with pytest.raises(SchemaError, match="span"):
        track_from_shape(msgspec.structs.replace(shape, spans=bad))


def test_a_run_comes_back_and_a_loss_that_is_no_number_is_null(labeled_project):
    run = replace(labeled_project.runs[0], losses=(1.0, float("inf"), 0.5))
    shape = msgspec.json.decode(msgspec.json.encode(run_to_shape(run)), type=RunShape)
    assert shape.losses == [1.0, None, 0.5]
    assert run_from_shape(run_to_shape(labeled_project.runs[0])) == labeled_project.runs[0]


def test_the_error_on_hidden_labels_comes_back(labeled_project):
    nose, tail = ErrorSummary(2, 1 / 3, 0.7), ErrorSummary(1, 4.0, 4.0)
    summary = HeldOutSummary(
        ErrorSummary(3, 0.5, 3.1),
        (PointError(PointId(1, 1), nose, "0123456789abcdef"), PointError(PointId(1, 2), tail)),
    )
    run = replace(labeled_project.runs[0], held_out=summary)
    shape = msgspec.json.decode(msgspec.json.encode(run_to_shape(run)), type=RunShape)
    assert run_from_shape(shape) == run


def test_a_run_without_it_is_written_and_read_as_ever(labeled_project):
    text = msgspec.json.encode(run_to_shape(labeled_project.runs[0]))
    assert b"held_out" not in text
    assert run_from_shape(msgspec.json.decode(text, type=RunShape)).held_out is None


@pytest.mark.parametrize(("field", "value"), [("n", 0), ("median_px", -1.0), ("p90_px", None)])
def test_an_error_that_cannot_be_is_refused(labeled_project, field, value):
    summary = HeldOutSummary(ErrorSummary(3, 0.5, 3.1), ())
    plain = msgspec.to_builtins(run_to_shape(replace(labeled_project.runs[0], held_out=summary)))
    plain["held_out"]["overall"][field] = value
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(plain, RunShape)


def test_the_videos_path_is_relative_and_found_again(tmp_path):
    old, new = tmp_path / "old", tmp_path / "new" / "deep"
    (old / "videos").mkdir(parents=True)
    (old / "videos" / "a.mp4").touch()
    video = replace(video_info(), path=str(old / "videos" / "a.mp4"))
    shape = video_to_shape(video, old)
    assert shape.path == "videos/a.mp4"
    assert video_from_shape(shape, old) == video
    new.parent.mkdir()
    old.rename(new)
    assert video_from_shape(shape, new).path == str(new / "videos" / "a.mp4")


def test_a_project_that_moved_alone_finds_the_video_where_it_was(tmp_path):
    (tmp_path / "a.mp4").touch()
    video = replace(video_info(), path=str(tmp_path / "a.mp4"))
    assert video_from_shape(video_to_shape(video, tmp_path), Path("/elsewhere")).path == video.path


def test_a_video_found_nowhere_is_expected_beside_the_project(tmp_path):
    video = replace(video_info(), path=str(tmp_path / "gone.mp4"))
    shape = video_to_shape(video, tmp_path)
    assert video_from_shape(shape, Path("/elsewhere")).path == "/elsewhere/gone.mp4"


@pytest.mark.parametrize("text", ["a" * 5000, "a\0b.mp4"])
def test_paths_that_cannot_be_lead_to_no_file(text):
    """Found by fuzzing: the system refuses to look at such a path."""
    shape = video_to_shape(video_info(), Path("/videos"))
    hostile = msgspec.structs.replace(shape, path=text, absolute_path=text)
    assert video_from_shape(hostile, Path("/elsewhere")).path == f"/elsewhere/{text}"
