import numpy as np

from talpose_app.tracking.calibration import best_agreement
from talpose_app.tracking.fuse import AGREEMENT

SIZE = (256, 256)


def rows(n, flow, network, disagreement):
    return np.tile([flow, 0.0, network, 0.0, disagreement], (n, 1))


def test_a_network_that_finds_what_flow_loses_is_trusted_earlier():
    assert best_agreement(rows(50, 20.0, 0.0, 8.0), SIZE) < AGREEMENT


def test_a_network_that_is_wrong_is_trusted_later():
    assert best_agreement(rows(50, 0.0, 60.0, 8.0), SIZE) > AGREEMENT


def test_a_few_labels_prove_nothing():
    assert best_agreement(rows(5, 0.0, 60.0, 8.0), SIZE) == AGREEMENT


def test_no_gain_no_change():
    assert best_agreement(rows(50, 1.0, 1.0, 8.0), SIZE) == AGREEMENT


def test_labels_nobody_could_look_for_are_left_out():
    errors = rows(50, 0.0, 60.0, 8.0)
    errors[:40, 2] = np.nan
    assert best_agreement(errors, SIZE) == AGREEMENT
