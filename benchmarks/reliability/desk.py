"""The door behind the first: well-formed messages with hostile contents, carried out on a real project."""

from __future__ import annotations

import logging
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path

from talpose_app.protocol import messages as m
from talpose_app.protocol.codec import CommandError, decode_command, encode
from talpose_app.server.dialogs import BrowserDialogs
from talpose_app.server.service import Service
from talpose_app.session.workspace import Workspace
from tests.fixtures.clients import ScriptedEngine

#: These would leave the project, or reach for the network.
_NOT_CARRIED_OUT = (m.Hello, m.OpenSample, m.OpenEntry, m.CloseProject, m.GetTracker, m.GetFrame)

#: So that the ids in the sound messages exist.
_N_KEYPOINTS = 8


def carrying_out(video: Path) -> Callable[[bytes], bool]:
    """Open a project of its own for a video.

    Returns:
        Decodes a message and does what it asks. Raises ``AssertionError`` with the trace if the app foresaw
        something else than what happened.
    """
    workspace = Workspace(ScriptedEngine())
    session = workspace.open(video)
    service = Service(workspace, BrowserDialogs())
    for idx in range(_N_KEYPOINTS):
        service.answer(m.AddKeypoint(id=idx))

    def enter(data: bytes) -> bool:
        try:
            command = decode_command(data)
        except CommandError:
            return False
        if isinstance(command, _NOT_CARRIED_OUT):
            return False
        with _traces() as found:
            reply = service.answer(command)
            encode(reply)
        if found:
            raise AssertionError(f"{command!r:.300}: {found[0]}")
        assert workspace.session is session
        return not isinstance(reply, m.Failed)

    return enter


@contextmanager
def _traces() -> Generator[list[str]]:
    """Keep to ourselves what the app logs, and give what it logged with an exception."""
    logger, handler = logging.getLogger("talpose_app"), _Traces()
    logger.addHandler(handler)
    logger.propagate = False
    try:
        yield handler.found
    finally:
        logger.propagate = True
        logger.removeHandler(handler)


class _Traces(logging.Handler):
    """Keeps what was logged with an exception: the app logs what nobody foresaw so, and only that."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.found: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep it."""
        if record.exc_info is not None:
            self.found.append(logging.Formatter().format(record)[-1500:])
