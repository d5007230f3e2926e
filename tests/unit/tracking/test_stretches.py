import numpy as np

from talpose_app.tracking.stretches import stretches


def test_stretches_are_the_longest_true_runs():
    found = [(s.start, s.stop) for s in stretches(np.array([1, 1, 0, 1, 0, 0, 1], bool))]
    assert found == [(0, 2), (3, 4), (6, 7)]
    assert list(stretches(np.zeros(3, bool))) == []
