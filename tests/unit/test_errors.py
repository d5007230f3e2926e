import inspect

import pytest

from talpose_app import errors

CLASSES = [kind for _, kind in inspect.getmembers(errors, inspect.isclass)]
KINDS = [kind for kind in CLASSES if issubclass(kind, errors.TalposeError)]


def test_message_and_hint_are_apart_and_told_together():
    error = errors.VideoError("The video has no picture.", hint="Choose another file.")
    assert error.message == "The video has no picture."
    assert str(error) == "The video has no picture. Choose another file."


def test_without_a_hint_the_message_stands_alone():
    assert str(errors.EditError("Nothing to undo.")) == "Nothing to undo."


def test_codes_are_unique():
    codes = [kind.code for kind in KINDS]
    assert len(set(codes)) == len(codes)


@pytest.mark.parametrize("kind", KINDS)
def test_the_tree_in_the_docstring_names_every_error(kind):
    assert kind.__name__ in (errors.__doc__ or "")


def test_a_project_without_its_video_knows_where_it_was_and_two_ways_out(tmp_path):
    error = errors.ProjectVideoError("fox.mp4 is missing.", place=tmp_path / "fox.mp4")
    assert error.place == tmp_path / "fox.mp4"
    assert str(error.place) in error.hint
    assert "talpose relink" in error.hint
