"""The service follows the workspace from project to project."""

import asyncio

import pytest

from talpose_app.errors import UsageError
from talpose_app.protocol import messages as m
from talpose_app.server.dialogs import BrowserDialogs
from talpose_app.server.service import Service
from talpose_app.session import pace
from talpose_app.session.workspace import Workspace
from talpose_app.tracking.engine_messages import JobProgress
from talpose_app.video.cursor import FrameCursor
from tests.fixtures.clients import ScriptedEngine


@pytest.fixture
def workspace():
    opened = Workspace(ScriptedEngine())
    yield opened
    opened.close()


@pytest.fixture
def service(workspace):
    made = Service(workspace, BrowserDialogs())
    yield made
    made.close()


class _Page:
    def __init__(self):
        self.got = []

    def post(self, message, data):
        self.got.append(message)


def _watched(service, act):
    """What a connected page is told while ``act`` runs on another thread."""

    async def run():
        page = _Page()
        service.hub.join(page)
        await asyncio.to_thread(act)
        await asyncio.sleep(0)
        service.hub.leave(page)
        return page.got

    return asyncio.run(run())


def test_pages_hear_of_projects_opened_and_closed(service, workspace, walk):
    opened, *_ = _watched(service, lambda: workspace.open(walk))
    assert isinstance(opened, m.ProjectOpened)
    (closed,) = _watched(service, workspace.close)
    assert isinstance(closed, m.ProjectClosed)
    assert [recent.name for recent in closed.recent] == ["walk"]


def test_a_session_that_is_open_already_is_followed(workspace, walk):
    session = workspace.open(walk)
    service = Service(workspace, BrowserDialogs())
    told = _watched(service, lambda: service.answer(m.AddKeypoint(id=1)))
    assert any(isinstance(x, m.ProjectChanged) for x in told)
    service.close()
    assert not any(isinstance(x, m.ProjectChanged) for x in _watched(service, session.undo))


def test_only_the_present_session_is_followed(service, workspace, walk, tmp_path):
    second = tmp_path / "second.mp4"
    second.write_bytes(walk.read_bytes())
    workspace.open(walk)
    told = _watched(service, lambda: workspace.open(second))
    names = [x.project.name for x in told if isinstance(x, m.ProjectOpened)]
    assert names == ["second"]
    assert isinstance(told[-1], m.ProjectOpened)


def test_a_dropped_file_that_cannot_be_opened_is_told(service, tmp_path):
    (tmp_path / "broken.mp4").write_text("no video")
    (notice,) = _watched(service, lambda: service.open_path(tmp_path / "broken.mp4"))
    assert isinstance(notice, m.Notice)
    assert notice.level == "error"


def test_without_a_project(service):
    assert service.welcome().project is None
    assert not service.is_busy()
    with pytest.raises(UsageError, match="No project"):
        service.reader()


def test_busy_while_a_run_is_on(service, workspace, walk):
    workspace.open(walk)
    service.answer(m.AddKeypoint(id=1))
    label = m.LabelState(individual_id=1, keypoint_id=1, frame_idx=0, x=1.0, y=2.0)
    service.answer(m.SetLabels(id=2, labels=[label]))
    assert not service.is_busy()
    service.answer(m.StartRun(id=3, kind="track"))
    assert service.is_busy()


def test_how_long_a_run_took_is_told_with_the_next_project(walk, monkeypatch):
    monkeypatch.setattr(pace, "_LEAST_FRAMES", 20)
    engine = ScriptedEngine()
    workspace = Workspace(engine)
    service = Service(workspace, BrowserDialogs())
    workspace.open(walk)
    assert not any(pace.is_measured for pace in service.welcome().project.paces)
    service.answer(m.AddKeypoint(id=1))
    label = m.LabelState(individual_id=1, keypoint_id=1, frame_idx=0, x=1.0, y=2.0)
    service.answer(m.SetLabels(id=2, labels=[label]))
    service.answer(m.StartRun(id=3, kind="track"))
    engine.begin()
    engine.listener(JobProgress(engine.job.job_id, "features", 0.0))
    engine.step(1)
    assert not any(pace.is_measured for pace in service.welcome().project.paces)
    engine.finish()
    measured = [told for told in service.welcome().project.paces if told.is_measured]
    assert {(told.kind, told.tracker, told.device) for told in measured} == {
        ("track", name, "auto") for name in ("talpose-small", "auto")
    }
    service.close()
    workspace.close()


def test_a_page_is_told_of_trackers_and_what_they_run_on(service):
    welcome = service.welcome()
    assert "talpose-small" in [tracker.name for tracker in welcome.trackers]
    assert welcome.hardware.summary.endswith(".")


def test_a_dropped_checkpoint_becomes_a_tracker(service, tmp_path):
    from talpose_app.tracking.checkpoints import find_checkpoint

    path = tmp_path / "my_lab.safetensors"
    path.write_bytes(find_checkpoint("talpose-small").path.read_bytes())
    changed, notice = _watched(service, lambda: service.open_path(path))
    assert "my_lab" in [tracker.name for tracker in changed.trackers]
    assert notice.level == "info"


def test_an_opened_video_is_checked_and_what_is_wrong_is_told(serve, walk, monkeypatch):
    read = FrameCursor.read
    monkeypatch.setattr(FrameCursor, "read", lambda self, frame_idx: read(self, 19 - frame_idx))
    app = serve()
    page = app.page()
    app.service.open_path(walk)
    told = page.event(m.Notice, lambda event: "look different" in event.message)
    assert (told.level, "walk.mp4" in told.message) == ("warning", True)
    assert told.message in app.page().hello().project.video.warnings


def test_a_dropped_project_asks_for_its_video_and_a_dropped_video_answers(service, workspace, walk):
    project = workspace.open(walk).path
    workspace.close()
    found = walk.rename(walk.with_name("renamed.mp4"))
    (asked,) = _watched(service, lambda: service.open_path(project))
    assert asked == m.VideoWanted(wanted=service.welcome().wanted)
    assert asked.wanted.name == "walk.mp4"
    (walk.parent / "broken.mp4").write_text("no video")
    (notice,) = _watched(service, lambda: service.open_path(walk.parent / "broken.mp4"))
    assert notice.level == "error"
    answered, opened = _watched(service, lambda: service.open_path(found))[:2]
    assert answered == m.VideoWanted(wanted=None)
    assert opened.project.video.name == "renamed.mp4"
    assert service.welcome().wanted is None


def test_a_project_that_waits_leaves_the_open_one_followed(service, workspace, walk, tmp_path):
    project = workspace.open(walk).path
    second = tmp_path / "second.mp4"
    second.write_bytes(walk.read_bytes())
    workspace.open(second)
    walk.rename(walk.with_name("renamed.mp4"))
    service.open_path(project)
    told = _watched(service, lambda: service.answer(m.AddKeypoint(id=1)))
    assert any(isinstance(x, m.ProjectChanged) for x in told)
