"""Every edit has a stored form that does the same."""

from dataclasses import replace
from pathlib import Path

import pytest

from talpose_app.errors import EditError, SchemaError
from talpose_app.model import edits
from talpose_app.model.edits import (
    Batch,
    ChangeIndividuals,
    ChangeLabels,
    ChangeRuns,
    ChangeSkeleton,
    ChangeTracks,
    ChangeVideo,
    LabelChange,
)
from talpose_app.model.label import Label, absent_label
from talpose_app.model.project import Individual
from talpose_app.store.edit_codec import StoredEdit, encode_checked, encode_edit
from tests.fixtures.projects import NOSE, TAIL, straight_track, video_info

FOLDER = Path("/videos")


def examples(project):
    labels = ChangeLabels(
        (
            LabelChange(NOSE, 3, Label(NOSE, 3, 0.1 + 0.2, -0.0)),
            LabelChange(NOSE, 4, absent_label(NOSE, 4)),
            LabelChange(TAIL, 2, None),
        )
    )
    return [
        labels,
        ChangeSkeleton(project.skeleton.with_keypoint('ear "left" \\n')),
        ChangeIndividuals((Individual(1, "fox"), Individual(2, "hen"))),
        ChangeTracks(((NOSE, None), (TAIL, straight_track(20, 2, 19)))),
        ChangeRuns(()),
        ChangeVideo(replace(video_info(), path="/videos/other.mp4")),
        Batch((labels, Batch((ChangeRuns(project.runs * 1),)))),
    ]


def test_every_edit_comes_back(labeled_project):
    for edit in examples(labeled_project):
        stored = StoredEdit(encode_edit(edit, FOLDER), FOLDER)
        assert stored.load() == edit
        assert stored.apply(labeled_project)[0] == edit.apply(labeled_project)[0]
        assert encode_edit(stored, FOLDER) == stored.data


def test_no_edit_class_is_forgotten(labeled_project):
    known = {type(edit) for edit in examples(labeled_project)}
    classes = {
        value
        for value in vars(edits).values()
        if isinstance(value, type) and hasattr(value, "apply") and value is not edits.Edit
    }
    assert known == classes


@pytest.mark.parametrize(
    "data",
    [
        b"\xff",
        b'{"edit":"batch","edits":[' * 3000,
        b"",
        b"{}",
        b'{"edit":"format_disk"}',
        b'{"edit":"change_runs","runs":[],"x":1}',
    ],
)
def test_what_is_no_edit_is_refused(data):
    with pytest.raises(SchemaError, match="cannot be read"):
        StoredEdit(data, FOLDER).load()


def test_an_edit_without_a_stored_form_is_a_programming_error():
    with pytest.raises(TypeError, match="no stored form"):
        encode_edit("an edit?", FOLDER)


def test_an_edit_that_could_not_be_read_again_is_refused(labeled_project):
    (run,) = labeled_project.runs
    endless = replace(run, parameters=(("learning_rate", float("inf")),))
    for edit, says in [
        (ChangeRuns((endless,)), "null"),
        (ChangeIndividuals((Individual(1, ""),)), "length"),
        (ChangeIndividuals((Individual(1, "half \udc80"),)), "no text"),
    ]:
        with pytest.raises(EditError, match=says):
            encode_checked(edit, FOLDER)
    fine = ChangeRuns((run,))
    assert encode_checked(fine, FOLDER) == encode_edit(fine, FOLDER)
