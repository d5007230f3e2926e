import numpy as np
import pytest

from talpose_app.engine.guided import GuidedFlow
from tests.fixtures.moving import truth

pytestmark = pytest.mark.engine


@pytest.fixture
def guided(footage, layout, appearance_of):
    return GuidedFlow(footage.source.gray, footage, appearance_of(layout), layout.start, +1)


def test_points_move_with_the_picture(guided):
    moved = guided(9, 10, np.arange(3), truth()[9])
    assert np.linalg.norm(moved - truth()[10], axis=-1).max() < 1.5


def test_no_points_no_work(guided):
    assert guided(9, 10, np.arange(0), np.zeros((0, 2))).shape == (0, 2)


def test_points_stay_near_the_frame(guided, footage):
    moved = guided(9, 10, np.arange(1), np.array([[-50.0, 500.0]]))
    width, height = footage.source.size
    assert (moved >= -4).all()
    assert (moved <= np.array([width + 3, height + 3])).all()
