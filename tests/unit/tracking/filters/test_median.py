import numpy as np
from scipy.ndimage import median_filter

from talpose_app.tracking.filters.median import median, running_median


def test_inside_it_is_the_usual_running_median(noise):
    expected = median_filter(noise, size=(7, 1))
    np.testing.assert_array_equal(running_median(noise, 7)[3:-3], expected[3:-3])


def test_at_the_ends_the_window_narrows_and_a_straight_line_stays_straight():
    line = np.arange(10.0)[:, None] * [1, -2]
    np.testing.assert_array_equal(running_median(line, 5), line)
    np.testing.assert_array_equal(running_median(line[:2], 5), line[:2])


def test_a_spike_vanishes_and_an_edge_stays(make_block):
    positions = np.zeros((20, 2))
    positions[10:] = 8
    positions[5] = 100
    after = median(make_block(positions), 5).positions[:, 0]
    assert after[:10].max() == 0
    assert after[10:].min() == 8


def test_a_label_holds_though_it_looks_like_a_spike(make_block):
    after = median(make_block(np.zeros((20, 2)), {5: (100.25, 7.0)}), 5).positions[:, 0]
    assert tuple(after[5]) == (100.25, 7.0)
    assert after[8:].max() == 0
