"""The one place where a project changes: checked, written to the disk, then shown.

Memory is never ahead of the disk: an edit is the project's only when the store has
acknowledged it.
"""

from __future__ import annotations

import logging
import threading
from dataclasses import replace

from talpose_app.errors import EditError, ProjectError, TalposeError
from talpose_app.model.edits import Edit
from talpose_app.model.history import History, Step
from talpose_app.model.placing import check_placed
from talpose_app.model.project import Project
from talpose_app.session.events import Noticed, ProjectChanged, SaveChanged, SaveState, SessionEvent
from talpose_app.session.subscribers import Subscribers
from talpose_app.store.edit_codec import StoredEdit
from talpose_app.store.journal_file import JournalLostError
from talpose_app.store.snapshot import View
from talpose_app.store.store import Entry, ProjectStore

_LOG = logging.getLogger(__name__)


class Editor:
    """Project, history and store as one. Thread-safe; events are told while ``lock`` is held, in order.

    Attributes:
        lock: Held while the project changes; take it to do several things as one.
        subscribers: Who hears of changes.
    """

    def __init__(self, store: ProjectStore, project: Project, history: History, view: View) -> None:
        self.lock = threading.RLock()
        self.subscribers: Subscribers[SessionEvent] = Subscribers()
        self._store = store
        self._project = project
        self._history = history
        self._view = dict(view)
        self._has_unsaved_facts = False
        self._is_closed = False
        self._save_state = SaveState("read_only" if store.is_read_only else "saved")

    @property
    def project(self) -> Project:
        """The project now."""
        return self._project

    @property
    def revision(self) -> int:
        """Counts every edit, undo and redo."""
        return self._store.mark.revision

    @property
    def history(self) -> History:
        """What can be undone and redone; changed by ``apply``, ``undo`` and ``redo`` only."""
        return self._history

    @property
    def save_state(self) -> SaveState:
        """Whether all edits are on the disk."""
        return self._save_state

    @property
    def view(self) -> View:
        """View settings of the page."""
        return dict(self._view)

    @property
    def is_read_only(self) -> bool:
        """Whether nothing can be changed."""
        return self._store.is_read_only

    @property
    def needs_fold(self) -> bool:
        """Whether the snapshot is behind, or the disk has refused something."""
        return not self._store.is_folded or self._has_unsaved_facts or self._save_state.state == "error"

    # -------------------------------------------------------------- edits

    def apply(self, title: str, edit: Edit) -> int:
        """Make an edit; durable on return.

        Args:
            title: What the user did, for the undo menu.
            edit: The change.

        Returns:
            The new revision.

        Raises:
            EditError: It does not fit the project.
            ProjectError: It cannot be saved, or the project is read-only. Nothing was changed.
        """
        with self.lock:
            self.check_writable()
            check_placed(edit, self._project.video)
            after, inverse = edit.apply(self._project)
            self._history.record(self._append(Entry("do", Step(title, edit, inverse))))
            return self._commit(after, edit, title)

    def undo(self) -> int:
        """Take back the last step; durable on return.

        Returns:
            The new revision.

        Raises:
            EditError: There is nothing to undo.
            ProjectError: It cannot be saved. Nothing was changed.
        """
        with self.lock:
            self.check_writable()
            step = self._history.undo_step
            if step is None:
                raise EditError("There is nothing to undo.")
            edit = _loaded(step.backward)
            after, _ = edit.apply(self._project)
            self._append(Entry("undo", step))
            self._history.mark_undone()
            return self._commit(after, edit, step.title)

    def redo(self) -> int:
        """Bring back the last undone step; durable on return.

        Returns:
            The new revision.

        Raises:
            EditError: There is nothing to redo.
            ProjectError: It cannot be saved. Nothing was changed.
        """
        with self.lock:
            self.check_writable()
            step = self._history.redo_step
            if step is None:
                raise EditError("There is nothing to redo.")
            edit = _loaded(step.forward)
            after, _ = edit.apply(self._project)
            self._append(Entry("redo", step))
            self._history.mark_redone()
            return self._commit(after, edit, step.title)

    def check_writable(self) -> None:
        """Raise ``ProjectError`` if nothing can be changed."""
        if self._is_closed:
            raise ProjectError("The project is closed.")
        if self.is_read_only:
            raise ProjectError(
                "The project is open read-only.",
                hint="Close it where it is open for writing, then open it again.",
            )

    def _append(self, entry: Entry) -> Step:
        try:
            try:
                step = self._store.append(entry)
            except JournalLostError as error:
                self._rebuild(error)
                step = self._store.append(entry)
        except ProjectError as error:
            self._set_save_state(SaveState("error", error))
            raise
        if self._save_state.state == "error":
            self._set_save_state(SaveState("saved"))
        return step

    def _rebuild(self, error: JournalLostError) -> None:
        """Write the files anew from memory after somebody removed them."""
        _LOG.warning("%s", error)
        self._store.rebuild(self._project, self._history, self._view)
        self.subscribers.tell(Noticed("warning", error.message, "It was written anew; nothing is lost."))

    def _commit(self, after: Project, edit: Edit, title: str) -> int:
        before, self._project = self._project, after
        self.subscribers.tell(ProjectChanged(before, after, edit, title, self.revision))
        return self.revision

    # ------------------------------------------------------------- saving

    def set_view(self, view: View) -> None:
        """Remember view settings; kept in the snapshot, no part of the history."""
        with self.lock:
            self._view = dict(view)
            self._has_unsaved_facts = not self.is_read_only

    def keep_place(self) -> None:
        """Keep in the snapshot where the video was found; no part of the history either."""
        with self.lock:
            self._has_unsaved_facts = not self.is_read_only

    def set_place(self, path: str) -> None:
        """Remember where the video is now; kept in the next snapshot, no part of the history.

        Raises:
            ProjectError: The project is read-only.
        """
        with self.lock:
            self.check_writable()
            if path != self._project.video.path:
                self._project = replace(self._project, video=replace(self._project.video, path=path))
            self.keep_place()

    def fold(self) -> None:
        """Bring the snapshot up to date; edits go on meanwhile.

        Raises:
            ProjectError: The disk refused; everything acknowledged is in the journal all the same.
        """
        with self.lock:
            if self.is_read_only or self._is_closed or not self.needs_fold:
                return
            project, mark, view = self._project, self._store.mark, dict(self._view)
            self._has_unsaved_facts = False
            self._set_save_state(SaveState("saving"))
        try:
            conflict = self._store.fold(project, mark, view)
        except ProjectError as error:
            with self.lock:
                self._has_unsaved_facts = True
                self._set_save_state(SaveState("error", error))
            raise
        with self.lock:
            # The place is no revision: a snapshot from before it can be written after one that holds it.
            self._has_unsaved_facts |= self._project.video.path != project.video.path
            self._set_save_state(SaveState("saved"))
            if conflict is not None:
                self.subscribers.tell(_conflict_notice(self._store.files.snapshot.name, conflict.name))

    def _set_save_state(self, state: SaveState) -> None:
        if state != self._save_state:
            self._save_state = state
            self.subscribers.tell(SaveChanged(state))

    def close(self) -> None:
        """Save and release the files; never fails: the journal has everything. A second call does nothing."""
        with self.lock:
            if self._is_closed:
                return
            try:
                self.fold()
            except TalposeError as error:
                _LOG.warning("the snapshot could not be written at closing: %s", error)
            self._is_closed = True
            self._store.close()


def _loaded(edit: Edit) -> Edit:
    """An edit of an earlier session as one of the model's classes."""
    return edit.load() if isinstance(edit, StoredEdit) else edit


def _conflict_notice(name: str, kept: str) -> Noticed:
    return Noticed(
        "warning",
        f"{name} was changed by another program while it was open here.",
        f"That version is kept as {kept}; yours was saved.",
    )
