"""Commands that change the project: each one undoable step, durable when it is answered."""

from __future__ import annotations

import threading
from collections.abc import Callable

from talpose_app.model.edits import Edit
from talpose_app.model.names import MAX_NAME
from talpose_app.model.project import Project
from talpose_app.protocol import messages as m
from talpose_app.server import edits
from talpose_app.server.handlers import Methods
from talpose_app.session.session import Session


class EditCommands:
    """Labels, skeleton, individuals, clearing of tracks, undo and redo.

    Args:
        session: The open one; raises ``TalposeError`` if there is none.
    """

    def __init__(self, session: Callable[[], Session]) -> None:
        self._session = session
        # An edit is worked out from the present project: no other page may change it in between.
        self._editing = threading.Lock()

    @property
    def methods(self) -> Methods:
        """The methods by command."""
        return {
            m.SetLabels: self.set_labels,
            m.DeleteLabels: self.delete_labels,
            m.AddKeypoint: self.add_keypoint,
            m.ChangeKeypoint: self.change_keypoint,
            m.DeleteKeypoint: self.delete_keypoint,
            m.ReorderKeypoints: self.reorder_keypoints,
            m.SetEdges: self.set_edges,
            m.AddIndividual: self.add_individual,
            m.ClearTracks: self.clear_tracks,
            m.Undo: self.undo,
            m.Redo: self.redo,
        }

    def set_labels(self, command: m.SetLabels) -> m.Reply:
        """Set or move labels."""
        time_of = _times(self._session())
        title = command.title.strip()[:MAX_NAME] or "Set label"
        return self._apply(command, title, lambda _: edits.set_labels(command, time_of))

    def delete_labels(self, command: m.DeleteLabels) -> m.Reply:
        """Delete labels."""
        title = "Delete label" if len(command.places) == 1 else "Delete labels"
        return self._apply(command, title, lambda project: edits.delete_labels(command, project))

    def add_keypoint(self, command: m.AddKeypoint) -> m.Reply:
        """Add a keypoint, and its first label if there is one."""
        session = self._session()
        with self._editing:
            edit = edits.add_keypoint(command, session.project.skeleton)
            added = edit.skeleton.keypoints[-1]
            whole = edit
            if command.label is not None:
                whole = edits.add_placed_keypoint(edit, command.label, _times(session))
            revision = session.apply(f"Add {added.name}", whole)
        return m.KeypointAdded(id=command.id, keypoint_id=added.keypoint_id, revision=revision)

    def change_keypoint(self, command: m.ChangeKeypoint) -> m.Reply:
        """Rename or recolor a keypoint."""
        title = "Recolor keypoint" if command.name is None else "Rename keypoint"
        return self._apply(command, title, lambda project: edits.change_keypoint(command, project.skeleton))

    def delete_keypoint(self, command: m.DeleteKeypoint) -> m.Reply:
        """Remove a keypoint with its labels and tracks."""
        return self._apply(
            command, "Delete keypoint", lambda project: edits.remove_keypoint(command, project)
        )

    def reorder_keypoints(self, command: m.ReorderKeypoints) -> m.Reply:
        """Put the keypoints into another order."""
        return self._apply(
            command, "Reorder keypoints", lambda project: edits.reorder_keypoints(command, project.skeleton)
        )

    def set_edges(self, command: m.SetEdges) -> m.Reply:
        """Replace the edges."""
        return self._apply(
            command, "Change edges", lambda project: edits.set_edges(command, project.skeleton)
        )

    def add_individual(self, command: m.AddIndividual) -> m.Reply:
        """Add an individual."""
        return self._apply(command, "Add individual", lambda project: edits.add_individual(command, project))

    def clear_tracks(self, command: m.ClearTracks) -> m.Reply:
        """Remove predictions."""
        return self._apply(command, "Clear tracks", lambda project: edits.clear_tracks(command, project))

    def undo(self, command: m.Undo) -> m.Reply:
        """Take back the last step."""
        with self._editing:
            return m.Done(id=command.id, revision=self._session().undo())

    def redo(self, command: m.Redo) -> m.Reply:
        """Bring back the last undone step."""
        with self._editing:
            return m.Done(id=command.id, revision=self._session().redo())

    def _apply(self, command: m.Command, title: str, make: Callable[[Project], Edit]) -> m.Reply:
        session = self._session()
        with self._editing:
            revision = session.apply(title, make(session.project))
        return m.Done(id=command.id, revision=revision)


def _times(session: Session) -> edits.TimeOf:
    index, n_frames = session.reader.index, session.project.video.n_frames
    return lambda frame_idx: index.time_s(frame_idx) if 0 <= frame_idx < n_frames else None
