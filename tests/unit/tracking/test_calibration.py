import numpy as np

from talpose_app.tracking.calibration import best_trust
from talpose_app.tracking.fuse import CAREFUL_TRUST

SIZE = (256, 256)
EIGHT = np.array(8.0)


def rows(n, path, network, spread):
    return np.tile([path, 0.0, network, 0.0, spread], (n, 1))


def keyframes(n, path, network, spread):
    return [rows(5, path, network, spread) for _ in range(n)]


def test_a_network_that_finds_what_the_path_loses_counts_more():
    found = best_trust(keyframes(10, 20.0, 0.0, 8.0), SIZE)
    assert found.share(EIGHT, 362.0) > CAREFUL_TRUST.share(EIGHT, 362.0)


def test_a_network_that_is_wrong_counts_less():
    found = best_trust(keyframes(10, 0.0, 60.0, 8.0), SIZE)
    assert found.share(EIGHT, 362.0) < CAREFUL_TRUST.share(EIGHT, 362.0)


def test_a_few_labels_prove_nothing():
    assert best_trust([rows(1, 0.0, 60.0, 8.0)] * 10, SIZE) == CAREFUL_TRUST


def test_many_labels_of_few_keyframes_prove_nothing():
    assert best_trust([rows(40, 0.0, 60.0, 8.0)] * 3, SIZE) == CAREFUL_TRUST


def test_a_gain_that_few_keyframes_make_is_luck():
    better, worse = keyframes(4, 20.0, 0.0, 8.0), keyframes(3, 0.0, 20.0, 8.0)
    assert best_trust([*better, *worse], SIZE) == CAREFUL_TRUST
    assert best_trust([*better * 6, *worse], SIZE) != CAREFUL_TRUST


def test_a_small_gain_changes_nothing_however_sure():
    # One label in five is found within one tolerance of five more.
    some = [np.concatenate((rows(4, 1.5, 1.5, 8.0), rows(1, 2.5, 1.5, 8.0))) for _ in range(10)]
    assert best_trust(some, SIZE) == CAREFUL_TRUST


def test_no_gain_no_change():
    assert best_trust(keyframes(10, 1.0, 1.0, 8.0), SIZE) == CAREFUL_TRUST


def test_labels_nobody_could_look_for_are_left_out():
    errors = keyframes(10, 0.0, 60.0, 8.0)
    for some in errors[:8]:
        some[:, 2] = np.nan
    assert best_trust(errors, SIZE) == CAREFUL_TRUST


def test_without_keyframes_nothing_changes():
    assert best_trust([], SIZE) == CAREFUL_TRUST
