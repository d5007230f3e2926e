"""Undo and redo: which edits lead back and forth from the present state."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
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
        revision: Revision of the project that the edit led to when it was first made.
        n_bytes: Size of both edits as stored, for the history's limit.
    """

    title: str
    forward: Edit
    backward: Edit
    revision: int = 0
    n_bytes: int = 0


class History:
    """The two stacks. Steps beyond the limits are forgotten, oldest first; the last one never is.

    Args:
        limit: Steps that can be undone.
        max_bytes: Bytes their edits may take.
    """

    def __init__(self, limit: int = 500, max_bytes: int = 64 << 20) -> None:
        self._limit = limit
        self._max_bytes = max_bytes
        self._n_bytes = 0
        self._done: deque[Step] = deque()
        self._undone: list[Step] = []

    @property
    def done(self) -> Sequence[Step]:
        """Steps that can be undone, oldest first."""
        return tuple(self._done)

    @property
    def undone(self) -> Sequence[Step]:
        """Steps that can be redone, the next one last."""
        return tuple(self._undone)

    @property
    def undo_step(self) -> Step | None:
        """What undo would take back; None if there is nothing."""
        return self._done[-1] if self._done else None

    @property
    def redo_step(self) -> Step | None:
        """What redo would bring back; None if there is nothing."""
        return self._undone[-1] if self._undone else None

    @property
    def undo_title(self) -> str | None:
        """Title of what undo would take back; None if there is nothing."""
        return self._done[-1].title if self._done else None

    @property
    def redo_title(self) -> str | None:
        """Title of what redo would bring back; None if there is nothing."""
        return self._undone[-1].title if self._undone else None

    def record(self, step: Step) -> None:
        """Remember an edit just made; what was undone before is forgotten."""
        self._n_bytes += step.n_bytes - sum(undone.n_bytes for undone in self._undone)
        self._done.append(step)
        self._undone.clear()
        while len(self._done) > self._limit or (self._n_bytes > self._max_bytes and len(self._done) > 1):
            self._n_bytes -= self._done.popleft().n_bytes

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
        self.mark_undone()
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
        self.mark_redone()
        return project, step.forward

    def mark_undone(self) -> None:
        """Move the last step over to redo; its ``backward`` was applied by the caller."""
        self._undone.append(self._done.pop())

    def mark_redone(self) -> None:
        """Move the last undone step back; its ``forward`` was applied by the caller."""
        self._done.append(self._undone.pop())

    def clear(self) -> None:
        """Forget every step."""
        self._n_bytes = 0
        self._done.clear()
        self._undone.clear()

    def restore(self, step: Step, *, is_undone: bool) -> None:
        """Put a step of an earlier session on its stack, oldest first."""
        self._n_bytes += step.n_bytes
        (self._undone if is_undone else self._done).append(step)
