"""A clock that jumps: order comes from revisions, and a file is another one by its content only."""

import os
import random
from datetime import UTC, datetime

import pytest

from talpose_app.model.edits import ChangeSkeleton
from talpose_app.session.session import Session
from talpose_app.store import store
from tests.fixtures.killable import fingerprint
from tests.fixtures.projects import NOSE
from tests.fixtures.sessions import set_label

JUMPS = (datetime(1970, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC), datetime(2001, 9, 9, tzinfo=UTC))


@pytest.fixture
def jumping_clock(monkeypatch):
    rng = random.Random(7)

    class Jumping(datetime):
        @classmethod
        def now(cls, tz=None):
            return rng.choice(JUMPS)

    monkeypatch.setattr(store, "datetime", Jumping)


def test_edits_keep_their_order_and_no_save_is_taken_for_foreign(video, jumping_clock, open_sessions):
    session = open_sessions(Session.create(video.with_name("fox.talpose.json"), video, None))
    session.apply("Add", ChangeSkeleton(session.project.skeleton.with_keypoint("nose")))
    for frame_idx in range(30):
        session.apply("Set label", set_label(NOSE, frame_idx, float(frame_idx), 1.0))
        if frame_idx % 5 == 0:
            session.save()
            os.utime(session.path, (1, 1) if frame_idx % 2 else (4e9, 4e9))
    session.undo()
    expected = session.revision, fingerprint(session.project)
    session.close()
    again = open_sessions(Session.open(session.path, None))
    assert again.recovery.is_clean
    assert (again.revision, fingerprint(again.project)) == expected
    assert not list(video.parent.glob("*conflict*"))
    assert again.redo() == expected[0] + 1
