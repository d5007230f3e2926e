"""kill -9 of app, engine and both; ``python -m benchmarks reliability kill`` is the long version."""

import sys

import pytest

from benchmarks.reliability.kill import VICTIMS, kill_rounds

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="no SIGKILL")


@pytest.mark.parametrize("victim", VICTIMS)
def test_killing_at_any_moment_loses_nothing_acknowledged(video, victim):
    figures = kill_rounds(video.parent, 20251, 4, (victim,))
    assert figures.losses == []
    assert figures.rounds == {victim: 4}
    assert figures.n_acknowledged >= 4
