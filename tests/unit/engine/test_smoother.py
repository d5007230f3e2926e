import numpy as np
import pytest

from talpose_app.engine.smoother import Expectation, Smoother
from tests.fixtures.moving import N_FRAMES, truth

pytestmark = pytest.mark.engine

EVERY, ALL_FRAMES = np.arange(3), slice(0, N_FRAMES)


@pytest.fixture
def smoother(footage, layout, appearance_of):
    return Smoother(footage, layout, appearance_of(layout))


def off(pixels):
    return truth() + np.array([pixels, 0.0])


def test_labels_are_passed_exactly(smoother, layout):
    center = np.where(layout.is_known[..., None], layout.positions, off(3.0))
    unsure = Expectation(center, np.full(center.shape[:2], 4.0), 1.0)
    paths, spread = smoother.smooth(center, [unsure], EVERY, ALL_FRAMES, lambda _: None)
    np.testing.assert_allclose(paths[layout.is_known], layout.positions[layout.is_known], atol=1e-6)
    assert not spread[layout.is_known].any()
    assert (spread[~layout.is_known] > 0).all()


def test_the_guess_with_the_smaller_spread_wins(smoother):
    sure = Expectation(off(2.0), np.full((N_FRAMES, 3), 0.05), 1.0)
    vague = Expectation(off(-6.0), np.full((N_FRAMES, 3), 3.0), 1.0)
    paths, spread = smoother.smooth(truth(), [sure, vague], EVERY, ALL_FRAMES, lambda _: None)
    alone, wider = smoother.smooth(truth(), [vague], EVERY, ALL_FRAMES, lambda _: None)
    between = slice(3, 5)
    assert np.abs(paths[between] - off(2.0)[between]).max() < np.abs(alone[between] - off(2.0)[between]).max()
    assert spread[between].mean() < wider[between].mean()


def test_where_nothing_leads_there_is_no_path(smoother):
    center = truth()
    center[:6, 1] = np.nan
    guess = Expectation(center, np.ones((N_FRAMES, 3)), 1.0)
    paths, spread = smoother.smooth(center, [guess], EVERY[1:], ALL_FRAMES, lambda _: None)
    assert paths.shape == (N_FRAMES, 2, 2)
    assert np.isnan(paths[:6, 0]).all()
    assert np.isnan(spread[:6, 0]).all()
    assert np.isfinite(paths[6:]).all()
