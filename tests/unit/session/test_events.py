"""The states events carry."""

import pytest

from talpose_app.model.run import RunKind
from talpose_app.session.events import RunStatus


@pytest.mark.parametrize(
    ("state", "is_active"),
    [
        ("starting", True),
        ("running", True),
        ("paused", True),
        ("stopping", True),
        ("done", False),
        ("failed", False),
    ],
)
def test_a_run_is_active_until_it_ends(state, is_active):
    assert RunStatus(1, RunKind.TRACK, state).is_active is is_active
