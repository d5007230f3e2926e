import numpy as np

from talpose_app.tracking.filters.outliers import jumps, reject_outliers

FREE = np.zeros(80, bool)


def test_jumps_are_found_and_nothing_else(wave, noise):
    path = wave + 0.3 * noise
    path[[20, 21, 50]] += [12, -9]
    path[65:68] += [-20, 0]
    assert np.flatnonzero(jumps(path, FREE, 3, 5)).tolist() == [20, 21, 50, 65, 66, 67]


def test_a_small_jump_of_a_fast_point_is_found_alone():
    frames = np.arange(80.0)
    path = np.stack([12 * frames, 40 * np.sin(frames / 8)], axis=1)
    path[40] += [0, 14]
    assert np.flatnonzero(jumps(path, FREE, 3, 5)).tolist() == [40]


def test_a_step_is_no_jump(wave):
    path = wave.copy()
    path[30:] += 90
    assert not jumps(path, FREE, 3, 5).any()


def test_short_and_still_tracks_have_none():
    for n_frames in (1, 2, 3, 4, 30):
        assert not jumps(np.zeros((n_frames, 2)), np.zeros(n_frames, bool), 3, 5).any()


def test_outliers_are_replaced_and_marked_doubtful(make_block, wave):
    path = wave.copy()
    path[40] += 25
    after = reject_outliers(make_block(path), 7, 5, None)
    assert np.linalg.norm(after.positions[40, 0] - wave[40]) < 1
    assert after.confidence[40, 0] < 0.5
    others = np.arange(80) != 40
    np.testing.assert_array_equal(after.positions[others, 0], path.astype(np.float32)[others])
    assert (after.confidence[others] == np.float32(0.9)).all()


def test_labels_are_never_outliers_and_gaps_stay_open(make_block, wave):
    path = wave.copy()
    path[60:63] = np.nan
    exact = (700.5, 1 / 3)
    after = reject_outliers(make_block(path, {40: exact}), 7, 5, 5.0).positions[:, 0]
    assert tuple(after[40]) == exact
    assert np.isnan(after[60:63]).all()


def test_a_long_stay_elsewhere_is_found_by_its_speed(make_block, wave):
    path = wave.copy()
    path[30:45] += 90
    assert not jumps(path, FREE, 3, 5).any()
    after = reject_outliers(make_block(path), 7, 5, 6.0).positions[:, 0]
    assert np.linalg.norm(after[30:45] - wave[30:45], axis=1).max() < 20
    np.testing.assert_array_equal(after[:30], path.astype(np.float32)[:30])


def test_a_label_in_the_other_place_makes_the_stay_believed(make_block, wave):
    path = wave.copy()
    path[30:45] += 90
    after = reject_outliers(make_block(path, {37: tuple(map(float, path[37]))}), 7, 5, 6.0).positions[:, 0]
    np.testing.assert_allclose(after[30:45], path[30:45], atol=1e-4)
