import numpy as np
import pytest
from scipy.signal import savgol_filter

from talpose_app.tracking.filters.savgol import fit_locally, savgol


@pytest.mark.parametrize(("window", "order"), [(5, 2), (9, 3), (21, 5)])
def test_it_is_scipys_filter_ends_included(noise, window, order):
    expected = savgol_filter(noise, window, order, axis=0, mode="interp")
    np.testing.assert_allclose(fit_locally(noise, window, order), expected, atol=1e-9)


def test_a_series_shorter_than_the_window_is_fitted_with_what_there_is():
    values = np.random.default_rng(1).normal(size=(6, 2))
    np.testing.assert_allclose(fit_locally(values, 11, 2), savgol_filter(values, 5, 2, axis=0), atol=1e-9)
    np.testing.assert_array_equal(fit_locally(values[:3], 11, 3), values[:3])


def test_it_takes_out_most_of_the_jitter(make_block, wave, noise):
    after = savgol(make_block(wave + noise), 9, 2).positions[:, 0]
    assert np.std(after - wave) < 0.6 * np.std(noise)


def test_labels_hold(make_block, wave, noise):
    labels = {frame: tuple(map(float, wave[frame])) for frame in (0, 11, 12, 40)}
    after = savgol(make_block(wave + noise, labels), 9, 2).positions[:, 0]
    for frame, at in labels.items():
        assert tuple(after[frame]) == at
