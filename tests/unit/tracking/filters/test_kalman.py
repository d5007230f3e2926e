import numpy as np
import pytest

from talpose_app.tracking.filters.kalman import _DIFFUSE, _Evidence, _likeliest_ratios, _smooth, kalman


def _by_one_solve(positions, variance, is_seen, ratio):
    """The same posterior mean from the whole linear system at once, for one coordinate."""
    n = len(positions)
    rows, values, weights = [], [], []

    def add(row, value, weight):
        rows.append(row)
        values.append(value)
        weights.append(weight)

    first = int(np.flatnonzero(is_seen)[0])
    start = np.zeros(2 * n)
    start[2 * first + 1] = 1
    add(start, 0, 1 / np.sqrt(_DIFFUSE))
    for t in np.flatnonzero(is_seen):
        row = np.zeros(2 * n)
        row[2 * t] = 1
        add(row, positions[t], 1 / np.sqrt(max(variance[t], 1e-12)))
    noise = ratio * np.array([[1 / 3, 1 / 2], [1 / 2, 1]])
    whitened = np.linalg.inv(np.linalg.cholesky(noise))
    for t in range(first, n - 1):
        step = np.zeros((2, 2 * n))
        step[:, 2 * t : 2 * t + 2] = -np.array([[1, 1], [0, 1]])
        step[:, 2 * t + 2 : 2 * t + 4] = np.eye(2)
        for row in whitened @ step:
            add(row, 0, 1)
    system = np.array(rows) * np.array(weights)[:, None]
    solution = np.linalg.lstsq(system, np.array(values) * np.array(weights), rcond=None)[0]
    return solution[0::2]


@pytest.mark.parametrize("ratio", [0.003, 0.5, 20.0])
def test_it_is_the_mean_of_the_posterior(make_block, wave, noise, ratio):
    path = (wave + noise)[:25]
    path[9:12] = np.nan
    confidence = np.random.default_rng(3).uniform(0.2, 1, 25)
    block = make_block(path, {6: (111.0, 70.0), 17: (133.5, 80.25)}, confidence)
    smooth = _smooth(_Evidence.of(block), np.array([ratio]))[:, 0]
    for axis in range(2):
        expected = _by_one_solve(
            np.nan_to_num(block.positions[:, 0, axis]),
            _Evidence.of(block).variance[:, 0],
            block.is_known[:, 0],
            ratio,
        )
        np.testing.assert_allclose(smooth[:, axis], expected, atol=1e-3)


@pytest.mark.parametrize("noise_px", [None, 1.0])
def test_jitter_goes_and_the_path_stays(make_block, wave, noise, noise_px):
    after = kalman(make_block(wave + noise, confidence=1.0), noise_px).positions[:, 0]
    assert np.std(after - wave) < 0.6 * np.std(noise)


def test_a_track_without_jitter_is_hardly_changed(make_block, wave):
    after = kalman(make_block(wave), None).positions[:, 0]
    assert np.abs(after - wave).max() < 0.1


def test_labels_are_exact_and_draw_the_path_after_them(make_block, wave, noise):
    shift = np.array([0.0, 6.0])
    labels = {frame: tuple(map(float, wave[frame] + shift)) for frame in range(30, 36)}
    without = kalman(make_block(wave + noise), 2.0).positions[:, 0]
    after = kalman(make_block(wave + noise, labels), 2.0).positions[:, 0]
    for frame, at in labels.items():
        assert tuple(after[frame]) == at
    assert after[37, 1] > without[37, 1] + 1
    np.testing.assert_allclose(after[60:], without[60:], atol=0.5)


def test_doubtful_frames_count_less(make_block, wave):
    path, confidence = wave.copy(), np.full(80, 1.0)
    path[40] += 10
    sure = kalman(make_block(path, confidence=confidence), 1.0).positions[40, 0]
    confidence[40] = 0.05
    doubtful = kalman(make_block(path, confidence=confidence), 1.0).positions[40, 0]
    assert np.abs(doubtful - wave[40]).max() < 0.5 * np.abs(sure - wave[40]).max()


def test_missing_frames_stay_missing_and_absence_parts_the_track(make_block, wave):
    path = wave.copy()
    path[20:25] = np.nan
    path[51:] += 500
    after = kalman(make_block(path, {50: None}), 1.0).positions[:, 0]
    assert np.isnan(after[20:25]).all()
    assert np.abs(after[:20] - path[:20]).max() < 1
    assert np.abs(after[45:50] - path[45:50]).max() < 1
    assert np.abs(after[51:] - path[51:]).max() < 1
    np.testing.assert_array_equal(after[50], path.astype(np.float32)[50])


def test_points_are_smoothed_each_by_itself(make_block, wave, noise):
    one, other = make_block(wave + noise), make_block(wave)
    both = type(one)(*(np.concatenate((getattr(one, f), getattr(other, f)), axis=1) for f in one.__slots__))
    together = kalman(both, None).positions
    np.testing.assert_allclose(together[:, :1], kalman(one, None).positions, atol=1e-9)
    np.testing.assert_allclose(together[:, 1:], kalman(other, None).positions, atol=1e-9)


def test_cutting_into_chunks_finds_the_same_motion(make_block):
    frames = np.arange(1400)
    path = np.stack([300 + 40 * np.sin(frames / 15), 200 + 30 * np.cos(frames / 22)], axis=1)
    path += np.random.default_rng(5).normal(size=path.shape)
    path[700:720] = np.nan
    evidence = _Evidence.of(make_block(path, {100: (1.0, 2.0), 900: None}, 1.0))
    whole = _likeliest_ratios(evidence.in_chunks(len(path)), 1, None)
    chunked = _likeliest_ratios(evidence.in_chunks(300), 1, None)
    assert abs(np.log10(chunked / whole)).max() < 0.7
    assert evidence.in_chunks(300).is_seen.sum() == evidence.is_seen.sum()
