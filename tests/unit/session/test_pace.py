"""How long runs take: what is learned from a run, and what is not."""

import pytest

from talpose_app.model.run import RunKind
from talpose_app.session.pace import TYPICAL, Pace, PaceClock, Paces


@pytest.fixture
def paces(tmp_path):
    return Paces(tmp_path / "paces.json")


def pace(features_s=0.1, point_s=0.01):
    return Pace(RunKind.TRACK, "big", "auto", features_s, point_s)


class Time:
    """A clock that a test turns on."""

    def __init__(self):
        self.s = 0.0

    def __call__(self):
        return self.s


def work(*stages, known=0.0, n_frames=100, spoil=False):
    """What a run tells that spends so long in its stages, and finds so much of the features known."""
    now = Time()
    clock = PaceClock(now)
    for stage, seconds in stages:
        clock.hear(stage, known if stage == "features" else 0.0)
        now.s += seconds / 2
        clock.hear(stage, 0.5)
        now.s += seconds / 2
    if spoil:
        clock.spoil()
    return clock.per_frame(n_frames, 6)


STAGES = (("loading tracker", 9.0), ("features", 50.0), ("paths", 20.0), ("network", 40.0))


def test_frames_and_points_of_frames_are_told_apart():
    assert work(*STAGES) == pytest.approx((0.5, 0.02))


def test_a_frame_costs_its_features_and_as_much_as_some_points():
    assert pace(0.1, 0.01).frame_s == pytest.approx(0.34)


def test_a_run_that_was_held_up_or_spared_work_tells_nothing():
    assert work(*STAGES, spoil=True) is None
    assert work(*STAGES, known=0.34) is None
    assert work(("loading tracker", 9.0), ("paths", 20.0)) is None
    assert work(*STAGES, n_frames=20) is None


def test_what_was_measured_stands_before_what_is_typical(paces):
    assert paces.all() == list(TYPICAL)
    measured = Pace(TYPICAL[0].kind, TYPICAL[0].tracker, TYPICAL[0].device, 1.0, 2.0)
    paces.learn(measured)
    assert paces.all() == [measured, *TYPICAL[1:]]


def test_the_latest_counts(paces):
    paces.learn(pace(0.1, 0.01))
    paces.learn(pace(0.001, 0.02))
    assert paces.all()[0] == pace(0.001, 0.02)


def test_a_damaged_file_is_as_good_as_none(paces, tmp_path):
    (tmp_path / "paces.json").write_bytes(b"[{")
    assert paces.all() == list(TYPICAL)
    paces.learn(pace())
    assert paces.all()[0] == pace()


def test_a_name_that_cannot_be_written_is_no_trouble(paces):
    paces.learn(Pace(RunKind.TRACK, "/files/\udcff", "auto", 1.0, 1.0))
    assert paces.all() == list(TYPICAL)


def test_a_folder_that_cannot_be_written_is_no_trouble(tmp_path):
    paces = Paces(tmp_path / "gone" / "paces.json")
    paces.learn(pace())
    assert paces.all() == list(TYPICAL)
