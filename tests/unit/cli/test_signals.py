import os
import signal
import threading

import pytest

from talpose_app.cli.signals import EndedBySignal, raised_signals

pytestmark = pytest.mark.skipif(os.name == "nt", reason="signals are sent otherwise there")


def test_a_signal_becomes_an_exception_once_and_the_second_is_let_pass():
    with pytest.raises(EndedBySignal) as ended, raised_signals():
        _kill_twice()
    assert ended.value.exit_code == 143
    assert str(ended.value) == "ended by SIGTERM."
    assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL


def _kill_twice():
    try:
        os.kill(os.getpid(), signal.SIGTERM)
    finally:
        os.kill(os.getpid(), signal.SIGHUP)


def test_what_is_ignored_or_handled_already_stays_so():
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with raised_signals():
            assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
            with raised_signals():
                ours = signal.getsignal(signal.SIGTERM)
            assert signal.getsignal(signal.SIGTERM) is ours
    finally:
        signal.signal(signal.SIGHUP, before)


def test_other_threads_change_nothing():
    found = []

    def look():
        with raised_signals():
            found.append(signal.getsignal(signal.SIGTERM))

    thread = threading.Thread(target=look)
    thread.start()
    thread.join()
    assert found == [signal.SIG_DFL]
