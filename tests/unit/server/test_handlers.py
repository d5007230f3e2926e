"""Every command is answered by somebody, and nothing escapes."""

import pytest

from talpose_app.errors import EditError
from talpose_app.protocol import codec
from talpose_app.protocol import messages as m
from talpose_app.server.dialogs import BrowserDialogs
from talpose_app.server.handlers import Handlers
from talpose_app.server.service import Service
from talpose_app.session.workspace import Workspace
from tests.fixtures.clients import ScriptedEngine


def test_every_command_has_a_handler():
    service = Service(Workspace(ScriptedEngine()), BrowserDialogs())
    by_connection = {m.Hello, m.GetFrame}
    assert service._handlers.commands == set(codec.command_types()) - by_connection
    service.close()


def _raise(error):
    def method(command):
        raise error

    return method


@pytest.mark.parametrize(
    ("error", "code"), [(EditError("It does not fit.", hint="Undo."), "edit"), (KeyError("x"), "internal")]
)
def test_what_goes_wrong_is_an_answer(error, code):
    reply = Handlers({m.Undo: _raise(error)}).answer(m.Undo(id=3))
    assert isinstance(reply, m.Failed)
    assert (reply.id, reply.error.code) == (3, code)


def test_groups_are_joined():
    first = {m.Undo: lambda command: m.Done(id=command.id, revision=1)}
    second = {m.Redo: lambda command: m.Done(id=command.id, revision=2)}
    handlers = Handlers(first, second)
    assert handlers.answer(m.Redo(id=5)) == m.Done(id=5, revision=2)
    assert isinstance(handlers.answer(m.Save(id=6)), m.Failed)
