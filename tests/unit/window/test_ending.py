"""Signals end the program as the user's wish does."""

import os
import signal
import threading

import pytest

from talpose_app.window.ending import ended_by_signals


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_sets_the_event_and_wakes(number):
    woken = threading.Event()
    before = signal.getsignal(number)
    with ended_by_signals(woken.set) as ended:
        assert not ended.is_set()
        os.kill(os.getpid(), number)
        assert ended.wait(10)
        assert woken.wait(10)
    assert signal.getsignal(number) is before
