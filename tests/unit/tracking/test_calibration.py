import numpy as np

from talpose_app.tracking.calibration import best_trust
from talpose_app.tracking.fuse import CAREFUL_TRUST

SIZE = (256, 256)
EIGHT = np.array(8.0)


def rows(n, path, network, spread):
    return np.tile([path, 0.0, network, 0.0, spread], (n, 1))


def test_a_network_that_finds_what_the_path_loses_counts_more():
    assert best_trust(rows(50, 20.0, 0.0, 8.0), SIZE).share(EIGHT, 362.0) > CAREFUL_TRUST.share(EIGHT, 362.0)


def test_a_network_that_is_wrong_counts_less():
    assert best_trust(rows(50, 0.0, 60.0, 8.0), SIZE).share(EIGHT, 362.0) < CAREFUL_TRUST.share(EIGHT, 362.0)


def test_a_few_labels_prove_nothing():
    assert best_trust(rows(5, 0.0, 60.0, 8.0), SIZE) == CAREFUL_TRUST


def test_no_gain_no_change():
    assert best_trust(rows(50, 1.0, 1.0, 8.0), SIZE) == CAREFUL_TRUST


def test_labels_nobody_could_look_for_are_left_out():
    errors = rows(50, 0.0, 60.0, 8.0)
    errors[:40, 2] = np.nan
    assert best_trust(errors, SIZE) == CAREFUL_TRUST
