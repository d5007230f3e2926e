"""The bucket, with a clock that the test turns by hand."""

from talpose_app.server.limits import Limits, TokenBucket


class _Clock:
    def __init__(self):
        self.now = 100.0

    def __call__(self):
        return self.now


def _taken(bucket, n):
    return sum(bucket.take() for _ in range(n))


def test_a_burst_passes_and_what_comes_at_once_behind_it_does_not():
    bucket = TokenBucket(10, 50, _Clock())
    assert _taken(bucket, 60) == 50


def test_tokens_come_back_with_time_up_to_the_size():
    clock = _Clock()
    bucket = TokenBucket(10, 50, clock)
    assert _taken(bucket, 50) == 50
    clock.now += 0.25
    assert _taken(bucket, 10) == 2
    clock.now += 0.25
    assert _taken(bucket, 10) == 3
    clock.now += 3600
    assert _taken(bucket, 100) == 50


def test_an_hour_of_the_fastest_hand_never_meets_the_limit():
    """Labels and pictures at 120 Hz each, autorepeat at 60 Hz beside them."""
    clock, limits = _Clock(), Limits()
    bucket = TokenBucket(limits.commands_per_s, limits.burst, clock)
    for _ in range(36_000):
        clock.now += 0.1
        assert _taken(bucket, 30) == 30


def test_changes_kept_during_a_break_may_be_sent_at_once():
    limits = Limits()
    bucket = TokenBucket(limits.commands_per_s, limits.burst, _Clock())
    assert _taken(bucket, 5000) == 5000
