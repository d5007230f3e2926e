"""Undo and redo: which edits lead back and forth from the present state."""

from __future__ import annotations

from dataclasses import dataclass

from talpose_app.errors import EditError
from talpose_app.model.edits import Edit
from talpose_app.model.project import Project


@dataclass(frozen=True, slots=True)
class Step:
    """One entry of the history.

    Attributes:
        title: What the user did, in words, for the menu ("Move label").
        forward: The edit that was made.
        backward: The edit that undoes it.
    """

    title: str
    forward: Edit
    backward: Edit


class History:
    """The two stacks. Steps beyond ``limit`` are forgotten, oldest first."""

    def __init__(self, limit: int = 500) -> None:
        self._limit = limit
        self._done: list[Step] = []
        self._undone: list[Step] = []

    @property
    def undo_title(self) -> str | None:
        """What undo would take back; None if there is nothing."""
        return self._done[-1].title if self._done else None

    @property
    def redo_title(self) -> str | None:
        """What redo would bring back; None if there is nothing."""
        return self._undone[-1].title if self._undone else None

    def record(self, step: Step) -> None:
        """Remember an edit just made; what was undone before is forgotten."""
        self._done.append(step)
        self._undone.clear()
        del self._done[: -self._limit]

    def undo(self, project: Project) -> tuple[Project, Edit]:
        """Take back the last step.

        Returns:
            The project as it was, and the edit that was applied.

        Raises:
            EditError: There is nothing to undo.
        """
        if not self._done:
            raise EditError("There is nothing to undo.")
        step = self._done[-1]
        project, _ = step.backward.apply(project)
        self._undone.append(self._done.pop())
        return project, step.backward

    def redo(self, project: Project) -> tuple[Project, Edit]:
        """Bring back the last step that was undone.

        Returns:
            The project as it was, and the edit that was applied.

        Raises:
            EditError: There is nothing to redo.
        """
        if not self._undone:
            raise EditError("There is nothing to redo.")
        step = self._undone[-1]
        project, _ = step.forward.apply(project)
        self._done.append(self._undone.pop())
        return project, step.forward
