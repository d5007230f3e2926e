"""Every command has its method; whatever goes wrong in one becomes an answer in words."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import Any

from talpose_app.errors import TalposeError
from talpose_app.protocol import messages
from talpose_app.server.convert import error_state, unforeseen

_LOG = logging.getLogger(__name__)

#: Does what a command asks and says what came of it. Raises ``TalposeError`` if it cannot be done.
Method = Callable[[Any], messages.Reply]
#: The methods of one group of commands.
Methods = Mapping[type[messages.Command], Method]


class Handlers:
    """Answers commands. Called from worker threads, in order for each page.

    Args:
        groups: Each command in one of them.
    """

    def __init__(self, *groups: Methods) -> None:
        self._methods: dict[type[messages.Command], Method] = {}
        for group in groups:
            self._methods.update(group)

    @property
    def commands(self) -> frozenset[type[messages.Command]]:
        """The commands that are answered."""
        return frozenset(self._methods)

    def answer(self, command: messages.Command) -> messages.Reply:
        """Do what a command asks; never raises."""
        name = type(command).__name__
        try:
            return self._methods[type(command)](command)
        except TalposeError as error:
            _LOG.info("%s %d refused: %s", name, command.id, error)
            return messages.Failed(id=command.id, error=error_state(error))
        except Exception:  # noqa: BLE001  the boundary: every fault becomes an answer
            return messages.Failed(id=command.id, error=unforeseen(f"{name} {command.id}"))
