"""The command that asks where to click next."""

from __future__ import annotations

from collections.abc import Callable

from talpose_app.errors import UsageError
from talpose_app.protocol import messages as m
from talpose_app.protocol.parts import SuggestionState
from talpose_app.server.handlers import Methods
from talpose_app.session.session import Session
from talpose_app.session.suggesting import outlook

#: More than anybody goes through before labels change the ranking.
_MAX_COUNT = 1000


class SuggestionCommands:
    """Ranks places to label.

    Args:
        session: The open one; raises ``TalposeError`` if there is none.
    """

    def __init__(self, session: Callable[[], Session]) -> None:
        self._session = session

    @property
    def methods(self) -> Methods:
        """The methods by command."""
        return {m.GetSuggestions: self.get_suggestions}

    def get_suggestions(self, command: m.GetSuggestions) -> m.Reply:
        """Rank the places of the open project."""
        if not 1 <= command.count <= _MAX_COUNT:
            raise UsageError(
                f"{command.count} places cannot be asked for.", hint=f"Ask for 1 to {_MAX_COUNT}."
            )
        found = outlook(self._session().project, command.count)
        places = [
            SuggestionState(
                individual_id=place.point.individual_id,
                keypoint_id=place.point.keypoint_id,
                frame_idx=place.frame_idx,
                gain=place.gain,
            )
            for place in found.places
        ]
        return m.Suggestions(id=command.id, places=places, expected_share=found.expected_share)
