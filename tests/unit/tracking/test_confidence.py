import numpy as np

from talpose_app.tracking.confidence import confidence_from_spread, sigmoid


def one(disagreement=0.0, spread=1.0, apart=0.0, distance=5.0):
    arrays = (np.array([[value]]) for value in (disagreement, spread, apart, distance))
    return float(confidence_from_spread(*arrays, 1000.0)[0, 0])


def test_sigmoid_does_not_overflow():
    np.testing.assert_allclose(sigmoid(np.array([-1e4, 0.0, 1e4])), [0, 0.5, 1])


def test_confidence_falls_with_every_doubt():
    best = one()
    assert 0 < one(disagreement=20.0) < one(disagreement=5.0) < best < 1
    assert one(spread=20.0) < one(spread=5.0) < best
    assert one(apart=20.0) < one(apart=5.0) < best
    assert one(distance=80.0) < one(distance=10.0) < one(distance=1.0)


def test_a_point_led_from_one_side_is_trusted_less():
    assert one(disagreement=np.nan) < one(disagreement=0.0)


def test_a_path_nobody_vouches_for_is_trusted_less():
    assert one(spread=np.nan) < one(spread=1.0)


def test_no_label_anywhere_is_finite():
    assert 0 <= one(distance=np.inf) < one()


def test_far_from_its_only_label_nothing_is_called_sure():
    assert one(np.nan, spread=2.0, distance=100.0) < 0.9 < one(0.0, spread=2.0, distance=100.0)
