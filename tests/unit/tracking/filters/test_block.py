import numpy as np
import pytest

from talpose_app.tracking.filters.block import smooth_stretches


def test_labels_take_the_place_of_predictions_at_full_precision(make_block):
    exact = (0.1 + 0.2, 1 / 3)
    block = make_block(np.zeros((4, 2)), {1: exact, 3: None})
    assert tuple(block.positions[1, 0]) == exact
    assert block.is_labeled[:, 0].tolist() == [False, True, False, False]
    assert block.is_absent[:, 0].tolist() == [False, False, False, True]
    assert block.is_known[:, 0].tolist() == [True, True, True, False]


def test_a_smoothed_track_passes_through_its_labels_without_a_kink(make_block):
    block = make_block(np.zeros((21, 2)), {10: (5.0, -2.0)})
    smooth = smooth_stretches(block, np.zeros_like, reach=4).positions[:, 0]
    assert tuple(smooth[10]) == (5.0, -2.0)
    assert smooth[:7].any() is np.False_
    assert smooth[15:].any() is np.False_
    assert np.abs(np.diff(smooth[:, 0])).max() == pytest.approx(5 / 4)


@pytest.mark.parametrize("reach", [1, 3, 8])
def test_labels_close_together_all_hold(make_block, reach):
    labels = {3: (1.0, 0.0), 4: (2.0, 0.0), 7: (-1.0, 3.0)}
    smooth = smooth_stretches(make_block(np.zeros((12, 2)), labels), np.zeros_like, reach).positions[:, 0]
    for frame, at in labels.items():
        assert tuple(smooth[frame]) == at


def test_frames_without_a_prediction_part_the_stretches(make_block):
    positions = np.ones((9, 2))
    positions[4] = np.nan
    seen = []
    block = smooth_stretches(make_block(positions, {7: None}), lambda x: seen.append(len(x)) or x, reach=2)
    assert seen == [4, 2, 1]
    assert np.isnan(block.positions[4]).all()
    np.testing.assert_array_equal(block.positions[7, 0], [1, 1])
