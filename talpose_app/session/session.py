"""One open project: its only writer, its video, its runs, its saving."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from talpose_app.errors import TalposeError, UsageError, VideoError
from talpose_app.model.edits import ChangeVideo, Edit
from talpose_app.model.project import Project
from talpose_app.session.autosave import Autosave
from talpose_app.session.editor import Editor
from talpose_app.session.events import Noticed, ProjectChanged, RunStatus, SaveState, SessionEvent, Subscriber
from talpose_app.session.filtering import FilteredTracks, FilterOptions, filter_tracks
from talpose_app.session.project_video import (
    check_acceptable,
    find_moved_video,
    notice_of_moved_video,
    notice_of_replaced_video,
    open_project_video,
    open_video_like,
)
from talpose_app.session.run_options import RunOptions
from talpose_app.session.runner import Engine, Runner
from talpose_app.store.recovery import RecoveryReport
from talpose_app.store.snapshot import View
from talpose_app.store.store import OpenedProject, ProjectStore
from talpose_app.video.reader import VideoReader


class Session:
    """An open project. Thread-safe; events are told on the thread that caused them, in order.

    Attributes:
        path: The project file.
        recovery: What was found when it was opened.
        stored_place: Where the project file said at opening that the video is.
    """

    def __init__(
        self,
        opened: OpenedProject,
        engine: Engine,
        reader: VideoReader | None = None,
        place_notice: Noticed | None = None,
        stored_place: Path | None = None,
    ) -> None:
        self.path: Path = opened.store.files.snapshot
        self.recovery: RecoveryReport = opened.recovery
        self.stored_place: str = opened.project.video.path if stored_place is None else str(stored_place)
        self._editor = Editor(opened.store, opened.project, opened.history, opened.view)
        self._runner = Runner(self._editor, engine)
        self._reader = reader
        self._place_notice = place_notice
        self._reader_lock = threading.Lock()
        self._autosave = Autosave(self._save_in_background)
        self._editor.subscribers.add(self._wake_autosave)
        if place_notice is not None:
            self._editor.keep_place()
        if self._editor.needs_fold:
            self._autosave.changed()

    # -------------------------------------------------------- create, open

    @classmethod
    def create(cls, project_path: Path, video_path: Path, engine: Engine) -> Session:
        """Make a project for a video and open it.

        Args:
            project_path: ``name.talpose.json``; must not exist.
            video_path: The video.
            engine: Runs the session's jobs; started only when one is.

        Raises:
            VideoError: The video cannot be read.
            ProjectError: The file exists, or cannot be written.
        """
        reader = VideoReader.open(video_path)
        try:
            ProjectStore.create(project_path, Project(reader.info)).close()
            return cls(ProjectStore.open(project_path), engine, reader)
        except BaseException:
            reader.close()
            raise

    @classmethod
    def open(
        cls, project_path: Path, engine: Engine, *, read_only: bool = False, video_path: Path | None = None
    ) -> Session:
        """Open a project at its last acknowledged edit. The video is opened when it is first needed.

        A video that is no longer where it was, but lies near the project, is taken from there. That is
        no edit: the new place is stored with the next snapshot.

        Args:
            project_path: ``name.talpose.json``.
            engine: Runs the session's jobs; started only when one is.
            read_only: Take no lock and write nothing.
            video_path: Where the video is now, if that is known better than by the project.

        Raises:
            ProjectLockedError: Another process has it open for writing.
            SchemaError: It is damaged beyond recovery, or of a newer version.
            ProjectError: It is not there, or its folder cannot be written.
        """
        opened = ProjectStore.open(project_path, read_only=read_only)
        folder, place = opened.store.files.folder, Path(opened.project.video.path)
        found = video_path or find_moved_video(opened.project.video, folder)
        if found is None:
            return cls(opened, engine)
        video = replace(opened.project.video, path=str(found))
        notice = None if video_path else notice_of_moved_video(place, found, folder)
        opened = opened._replace(project=replace(opened.project, video=video))
        return cls(opened, engine, place_notice=notice, stored_place=place)

    # --------------------------------------------------------------- state

    @property
    def project(self) -> Project:
        """The project now; an immutable value."""
        return self._editor.project

    @property
    def revision(self) -> int:
        """Counts every edit, undo and redo."""
        return self._editor.revision

    @property
    def is_read_only(self) -> bool:
        """Whether nothing can be changed."""
        return self._editor.is_read_only

    @property
    def undo_title(self) -> str | None:
        """What undo would take back; None if there is nothing."""
        return self._editor.history.undo_title

    @property
    def redo_title(self) -> str | None:
        """What redo would bring back; None if there is nothing."""
        return self._editor.history.redo_title

    @property
    def save_state(self) -> SaveState:
        """Whether all edits are on the disk."""
        return self._editor.save_state

    @property
    def run(self) -> RunStatus | None:
        """The run under way, or the last one of this session."""
        return self._runner.status

    @property
    def view(self) -> View:
        """View settings of the page."""
        return self._editor.view

    @property
    def reader(self) -> VideoReader:
        """The video's frames; opened on first use.

        Raises:
            ProjectVideoError: The file is missing, unreadable, or not the video the labels were made on.
        """
        with self._reader_lock:
            if self._reader is None:
                self._reader = open_project_video(self.project.video)
            return self._reader

    def notices(self) -> list[Noticed]:
        """What the user should know before going on: damage found at opening, a video moved or changed.

        Raises:
            VideoError: As ``reader``.
        """
        found = (self.recovery_notice(), self.place_notice(), self.video_notice())
        return [notice for notice in found if notice is not None]

    def recovery_notice(self) -> Noticed | None:
        """What was found damaged when the project was opened; None if every file was whole."""
        if self.recovery.is_clean:
            return None
        return Noticed("error" if self.recovery.lost else "warning", self.recovery.text())

    def place_notice(self) -> Noticed | None:
        """What there is to say of a video that was found near the project; mostly nothing."""
        return self._place_notice

    def video_notice(self) -> Noticed | None:
        """What changed in the video since the labels were made; None if it is theirs.

        Raises:
            VideoError: As ``reader``.
        """
        return notice_of_replaced_video(self.project, self.reader)

    def subscribe(self, callback: Subscriber) -> Callable[[], None]:
        """Hear of every change from now on.

        Args:
            callback: Called on the changing thread while the session is locked; must return fast.

        Returns:
            A function that ends it.
        """
        return self._editor.subscribers.add(callback)

    # --------------------------------------------------------------- edits

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
        return self._editor.apply(title, edit)

    def undo(self) -> int:
        """Take back the last step; durable on return.

        Returns:
            The new revision.

        Raises:
            EditError: There is nothing to undo.
            ProjectError: It cannot be saved. Nothing was changed.
        """
        return self._editor.undo()

    def redo(self) -> int:
        """Bring back the last undone step; durable on return.

        Returns:
            The new revision.

        Raises:
            EditError: There is nothing to redo.
            ProjectError: It cannot be saved. Nothing was changed.
        """
        return self._editor.redo()

    def set_view(self, view: View) -> None:
        """Remember view settings; not undoable, kept with the next snapshot."""
        self._editor.set_view(view)
        self._autosave.changed()

    def reopen_video(self) -> bool:
        """Look at the video anew if it was replaced since it was opened.

        Returns:
            Whether it was; ``notices`` then tells what the labels say to it.

        Raises:
            ProjectVideoError: What lies there now cannot be the labels' video.
        """
        try:
            self.reader.check_unchanged()
        except VideoError:
            new = open_project_video(self.project.video)
        else:
            return False
        self._use(new)
        return True

    def relocate_video(self, video_path: Path, *, accept: bool = False) -> int:
        """Use a file in another place: the video moved or renamed, or one that can stand for it.

        The place is no edit, as with a video that is found by itself; it is stored with the next snapshot.
        An undo that brought the old place back would mostly lead to no file, since the video was moved,
        and block all earlier steps; or it would put the labels on another file than the one shown.
        The fingerprint stays that of the labels' video, so that a file of another content is told at
        every opening (``video_notice``), until it is accepted.

        Args:
            video_path: The file.
            accept: Take its content as the labels' own from now on: one undoable step, if it differs.

        Returns:
            The revision then.

        Raises:
            UsageError: A run is under way.
            VideoError: It cannot be read, cannot be the labels' video, or cannot be accepted as it.
            ProjectError: It cannot be saved, or the project is read-only.
        """
        self._editor.check_writable()
        reader = open_video_like(self.project.video, video_path)
        try:
            with self._editor.lock:
                self._check_no_run("say where the video is")
                if accept:
                    self._accept(reader)
                self._editor.set_place(reader.info.path)
                self._use(reader)
                self._place_notice = None
        except TalposeError:
            reader.close()
            raise
        self._autosave.changed()
        return self.revision

    def _accept(self, reader: VideoReader) -> None:
        check_acceptable(self.project, reader)
        if replace(reader.info, path=self.project.video.path) != self.project.video:
            self.apply("Accept video", ChangeVideo(reader.info))

    def _check_no_run(self, action: str) -> None:
        if self.run is not None and self.run.is_active:
            raise UsageError("A run is under way.", hint=f"Let it end or stop it, then {action}.")

    # ---------------------------------------------------------------- runs

    def start_run(self, options: RunOptions) -> RunStatus:
        """Start a run; its tracks become part of the project, as one step, when it ends.

        Raises:
            UsageError: One is under way, or there is nothing to track from.
            ProjectError: The project is read-only, or the last run's tracks cannot be saved.
            EngineError: The engine cannot be started.
            VideoError: The video was replaced while it was open.
        """
        with self._editor.lock:  # No other file may take the video's place between the look and the start.
            reader = self._reader
            if reader is None:
                return self._runner.start(options)
            reader.check_unchanged()
            return self._runner.start(options, reader.info)

    def pause_run(self) -> None:
        """Hold the run between two steps."""
        self._runner.pause()

    def resume_run(self) -> None:
        """Go on with a paused run."""
        self._runner.resume()

    def stop_run(self) -> None:
        """End the run after its step; its best tracks are kept."""
        self._runner.stop()

    def revert_run(self) -> None:
        """Discard the run under way, or take back the last finished one; labels stay.

        Raises:
            UsageError: There is no run to take back, or its tracks were changed since.
            ProjectError: It cannot be saved.
        """
        self._runner.revert()

    def wait_for_run(self, timeout: float | None = None) -> RunStatus | None:
        """Wait for the run to end.

        Args:
            timeout: Seconds; None waits for ever.

        Returns:
            Its status then; None if there was no run.
        """
        return self._runner.wait(timeout)

    # ------------------------------------------------------------- filters

    def preview_filter(self, options: FilterOptions) -> FilteredTracks:
        """Work out what a filter makes of the tracks; nothing is changed.

        Raises:
            UsageError: There is no track, or the options do not fit.
        """
        return filter_tracks(self.project, options)

    def apply_filter(self, options: FilterOptions) -> FilteredTracks:
        """Filter the tracks as one step, durable on return; labels stay. No step is made if nothing changes.

        Raises:
            UsageError: A run is under way, there is no track, or the options do not fit.
            ProjectError: It cannot be saved, or the project is read-only. Nothing was changed.
        """
        self._editor.check_writable()
        project = self.project
        filtered = filter_tracks(project, options)
        with self._editor.lock:
            self._check_no_run("filter")
            self._runner.save_unsaved()
            if self.project is not project:
                filtered = filter_tracks(self.project, options)
            if filtered.is_changed.any():
                self._editor.apply(filtered.title, filtered.to_edit(self.project, self.revision))
            return filtered

    # -------------------------------------------------------------- saving

    def save(self) -> None:
        """Bring the snapshot up to date now; every edit is durable without it.

        Raises:
            ProjectError: The disk refused.
        """
        self._runner.save_unsaved()
        self._editor.fold()

    def close(self) -> None:
        """End the run, keeping its best tracks; save; release everything. A second call does nothing."""
        self._runner.close()
        self._autosave.close()
        self._editor.close()
        with self._reader_lock:
            if self._reader is not None:
                self._reader.close()
                self._reader = None

    def _use(self, reader: VideoReader) -> None:
        with self._reader_lock:
            old, self._reader = self._reader, reader
        if old is not None:
            old.close()

    def _save_in_background(self) -> None:
        self.save()

    def _wake_autosave(self, event: SessionEvent) -> None:
        has_failed = self.save_state.state == "error"
        if isinstance(event, ProjectChanged) or has_failed:
            self._autosave.changed()
