import pytest

from talpose_app.cli.projects import create_project, find_individual, find_points, open_project
from talpose_app.errors import TalposeError
from talpose_app.model.label import PointId


def test_a_project_is_released_when_the_block_ends(small_project):
    with open_project(small_project):
        pass
    with open_project(small_project) as session:
        assert not session.is_read_only


def test_a_project_is_released_after_an_error(small_project):
    with pytest.raises(ZeroDivisionError), open_project(small_project):
        _ = 1 / 0
    with open_project(small_project):
        pass


def test_two_writers_are_not_let_in(small_project):
    with open_project(small_project), pytest.raises(TalposeError), open_project(small_project):
        pass


def test_nothing_is_made_for_a_missing_video(tmp_path):
    with (
        pytest.raises(TalposeError, match="There is no video"),
        create_project(tmp_path / "p", tmp_path / "v"),
    ):
        pass


def test_names_lead_to_individuals_and_points(labeled_project):
    assert find_individual(labeled_project, None).name == "individual_1"
    assert find_individual(labeled_project, "individual_1").individual_id == 1
    with pytest.raises(TalposeError, match="individual_1"):
        find_individual(labeled_project, "cub")
    assert find_points(labeled_project, ("nose", "nose")) == (PointId(1, 1),)
    assert find_points(labeled_project, None) is None
