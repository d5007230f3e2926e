"""Commands about files that need no sockets; the rest is in tests/integration/test_server.py."""

import sys
from dataclasses import replace

import pytest

from talpose_app.errors import ProjectVideoError, UsageError
from talpose_app.formats.registry import EXPORTERS, IMPORTERS, NOT_IN_EXECUTABLE
from talpose_app.model.edits import ChangeSkeleton
from talpose_app.model.skeleton import Skeleton
from talpose_app.protocol import messages as m
from talpose_app.server.dialogs import BrowserDialogs
from talpose_app.server.downloads import Downloads
from talpose_app.server.entries import Entries
from talpose_app.server.file_commands import FileCommands, export_formats, import_formats
from talpose_app.session.workspace import Workspace
from talpose_app.store.store import ProjectStore
from tests.fixtures.clients import ChoosingDialogs, ScriptedEngine


@pytest.fixture
def workspace(walk):
    opened = Workspace(ScriptedEngine())
    opened.open(walk)
    yield opened
    opened.close()


@pytest.fixture
def commands(workspace):
    downloads = Downloads()
    told = []
    made = FileCommands(
        workspace, lambda: workspace.session, BrowserDialogs(), Entries(), downloads, told.append
    )
    yield made
    downloads.close()


def test_the_menu_offers_every_format_that_can_be_had(monkeypatch):
    assert [x.name for x in export_formats()] == [x.name for x in EXPORTERS]
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    for offered, known in ((export_formats(), EXPORTERS), (import_formats(), IMPORTERS)):
        assert [x.name for x in offered] == [x.name for x in known if x.name not in NOT_IN_EXECUTABLE]
    assert {x.name for x in EXPORTERS} >= NOT_IN_EXECUTABLE


def test_the_view_is_added_to(commands, workspace):
    commands.set_view(m.SetView(id=1, view={"zoom": 2.0, "theme": "dark"}))
    commands.set_view(m.SetView(id=2, view={"zoom": 3.0}))
    assert dict(workspace.session.view) == {"zoom": 3.0, "theme": "dark"}


def test_saving_writes_the_snapshot(commands, workspace):
    assert commands.save(m.Save(id=1)).revision == workspace.session.revision


def test_an_entry_is_opened(commands, workspace, walk):
    listing = commands.browse(m.Browse(id=1, entry_id=commands._entries.offer(walk.parent)))
    project = next(entry for entry in listing.entries if entry.kind == "project")
    assert commands.open_entry(m.OpenEntry(id=2, entry_id=project.entry_id)).revision == 0
    with pytest.raises(UsageError):
        commands.open_entry(m.OpenEntry(id=3, entry_id="nothing"))


def test_closing_twice_is_no_error(commands, workspace):
    commands.close_project(m.CloseProject(id=1))
    commands.close_project(m.CloseProject(id=2))
    assert workspace.session is None


def test_a_project_that_is_writable_needs_no_taking_over(commands, workspace):
    session = workspace.session
    commands.take_over(m.TakeOver(id=1))
    assert workspace.session is session


@pytest.fixture
def waiting(workspace, walk):
    """A project that waits for its video; gives where that is."""
    project = workspace.session.path
    workspace.close()
    found = walk.rename(walk.with_name("renamed.mp4"))
    with pytest.raises(ProjectVideoError):
        workspace.open(project)
    return found


def test_the_listing_gives_the_video_that_a_project_waits_for(commands, workspace, waiting):
    entry_id = commands._entries.offer(waiting)
    project_id = commands._entries.offer(workspace.wanted.project)
    done = commands.find_video(m.FindVideo(id=1, project_id=project_id, entry_id=entry_id))
    assert done.revision == workspace.session.revision == 0
    assert workspace.session.project.video.path == str(waiting)
    with pytest.raises(UsageError, match="No project waits"):
        commands.find_video(m.FindVideo(id=2, project_id=project_id, entry_id=entry_id))


def test_the_window_asks_for_the_video_in_the_folder_of_the_project(workspace, waiting):
    asked = []

    class Dialogs(ChoosingDialogs):
        def open_file(self, kind, folder=None):
            asked.append((kind, folder))
            return self.path

    dialogs = Dialogs(None)
    downloads, entries = Downloads(), Entries()
    project_id = entries.offer(workspace.wanted.project)
    commands = FileCommands(
        workspace, lambda: workspace.session, dialogs, entries, downloads, lambda event: None
    )
    assert commands.find_video(m.FindVideo(id=1, project_id=project_id)).revision is None
    assert workspace.wanted is not None
    dialogs.path = waiting
    commands.find_video(m.FindVideo(id=2, project_id=project_id))
    assert workspace.session is not None
    assert asked == [("video", waiting.parent)] * 2
    downloads.close()


def test_a_browser_has_no_dialog_for_it_and_may_give_up(commands, workspace, waiting):
    project_id = commands._entries.offer(workspace.wanted.project)
    with pytest.raises(UsageError, match="no file dialog"):
        commands.find_video(m.FindVideo(id=1, project_id=project_id))
    with pytest.raises(UsageError, match="does not wait"):
        commands.give_up_video(m.GiveUpVideo(id=2, project_id=commands._entries.offer(waiting)))
    assert workspace.wanted is not None
    commands.give_up_video(m.GiveUpVideo(id=3, project_id=project_id))
    assert workspace.wanted is None


@pytest.fixture
def told(commands):
    """What was told to the pages, in words."""
    notices = []
    commands._tell = lambda event: notices.append(event.message)
    return notices


def test_keypoints_of_another_project_are_added_in_one_step(
    commands, workspace, told, bare_project, tmp_path
):
    other = Skeleton().with_keypoint("nose").with_keypoint("tail", "#123456").with_edges(((1, 2),))
    place = tmp_path / "other.talpose.json"
    ProjectStore.create(place, replace(bare_project, skeleton=other)).close()
    session = workspace.session
    session.apply("Add", ChangeSkeleton(session.project.skeleton.with_keypoint("tail")))
    command = m.TakeKeypoints(id=1, entry_id=commands._entries.offer(place))
    assert commands.take_keypoints(command).revision == session.revision
    names = [(k.keypoint_id, k.name) for k in session.project.skeleton.keypoints]
    assert names == [(1, "tail"), (2, "nose")]
    assert session.project.skeleton.edges == ((2, 1),)
    assert told == ["1 keypoint of other added. 1 was here already."]
    session.undo()
    assert [k.name for k in session.project.skeleton.keypoints] == ["tail"]


def test_taking_keypoints_twice_changes_nothing(commands, workspace, told, tmp_path):
    skeleton = tmp_path / "mouse.json"
    skeleton.write_text('{"keypoints": ["nose"]}')
    command = m.TakeKeypoints(id=1, entry_id=commands._entries.offer(skeleton))
    assert [commands.take_keypoints(command).revision for _ in range(2)] == [1, None]
    assert told == ["1 keypoint of mouse.json added.", "All keypoints of mouse.json are here already."]


def test_keypoints_chosen_in_a_dialog(commands, workspace, told, tmp_path):
    skeleton = tmp_path / "mouse.json"
    skeleton.write_text('{"keypoints": []}')
    with pytest.raises(UsageError, match="no file dialog"):
        commands.take_keypoints(m.TakeKeypoints(id=1))
    commands._dialogs = ChoosingDialogs(None)
    commands.take_keypoints(m.TakeKeypoints(id=2))
    assert told == []
    commands._dialogs = ChoosingDialogs(skeleton)
    commands.take_keypoints(m.TakeKeypoints(id=3))
    assert told == ["mouse.json has no keypoints."]
