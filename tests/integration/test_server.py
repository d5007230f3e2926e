"""The server with its real parts: real sockets, real session, real files; the engine is scripted."""

import json
import math

import numpy as np
import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect

from talpose_app.formats.registry import EXPORTERS, IMPORTERS
from talpose_app.protocol import messages as m
from talpose_app.session.workspace import Workspace
from tests.fixtures.clients import PATIENCE_S, ChoosingDialogs, ScriptedEngine


def _label(frame_idx, x=10.25, y=20.5, keypoint_id=1, visibility="visible"):
    return m.LabelState(
        individual_id=1, keypoint_id=keypoint_id, frame_idx=frame_idx, x=x, y=y, visibility=visibility
    )


def _values(block):
    return np.frombuffer(block.data, f"<{block.dtype}").reshape(block.shape)


@pytest.fixture
def app(serve, walk):
    return serve(walk)


@pytest.fixture
def page(app):
    return app.page()


@pytest.fixture
def labeled(page):
    """A page on a project with one keypoint, labeled once."""
    page.request(m.KeypointAdded, m.AddKeypoint)
    page.do(m.SetLabels, labels=[_label(0)])
    return page


# -------------------------------------------------------------------- gate


@pytest.mark.parametrize("headers", [{}, {"Cookie": "talpose=wrong"}])
def test_no_socket_without_the_cookie(app, headers):
    address = f"ws://{app.security.hosts[0]}/socket"
    with pytest.raises(InvalidStatus, match="403"), connect(address, additional_headers=headers):
        pass


def test_no_socket_for_a_foreign_page(app):
    address, headers = f"ws://{app.security.hosts[0]}/socket", {"Cookie": app.cookie}
    with (
        pytest.raises(InvalidStatus, match="403"),
        connect(address, additional_headers=headers, origin="http://evil.example"),
    ):
        pass


def test_http_needs_the_cookie_and_serves_only_the_page(app, tmp_path):
    assert app.http("GET", "/")[0] == 200
    assert app.http("GET", "/", Cookie="")[0] == 403
    for path in (
        "/../paths.py",
        "/..%2fpaths.py",
        "/%2e%2e/paths.py",
        "//etc/passwd",
        "/vendor/../../paths.py",
    ):
        status, body = app.http("GET", path)
        assert status == 404
        assert b"import" not in body


# ------------------------------------------------------------------- hello


def test_welcome_comes_after_done_and_holds_everything(app):
    page = app.connect()
    welcome = page.hello()
    assert [type(x) for x in page.log] == [m.Done, m.Welcome]
    assert (welcome.mode, welcome.version) == ("browser", m.VERSION)
    assert [x.name for x in welcome.export_formats] == [x.name for x in EXPORTERS]
    assert [x.text for x in welcome.import_formats] == [x.text for x in IMPORTERS]
    assert "talpose-small" in [tracker.name for tracker in welcome.trackers]
    project = welcome.project
    assert project is not None
    assert (project.name, project.revision, project.save.state) == ("walk", 0, "saved")
    assert (project.video.width, project.video.height, project.video.n_frames) == (96, 64, 20)
    assert np.allclose(_values(project.video.times_s), np.arange(20) / 25)
    assert welcome.recent[0].name == "walk"


def test_welcome_on_the_start_screen(serve):
    welcome = serve().connect().hello()
    assert welcome.project is None


def test_a_page_that_does_not_say_hello_or_is_too_old_is_told(app):
    page = app.connect()
    assert page.refused(m.Undo).code == "protocol"
    assert page.refused(m.Hello, version=0).hint == "Reload the page."
    page.hello()


def test_a_message_that_is_none_closes_the_socket_and_nothing_else(app, page):
    other = app.connect()
    other._socket.send(b"\xc1 nonsense")
    with pytest.raises(ConnectionClosed) as caught:
        other._socket.recv(timeout=PATIENCE_S)
    assert caught.value.rcvd.code == 1007
    page.do(m.Save)


def test_a_message_beyond_all_measure_closes_the_socket_and_nothing_else(app, page):
    with pytest.raises(ConnectionClosed):
        _overwhelm(app.connect())
    page.do(m.Save)


def _overwhelm(page):
    page._socket.send(bytes(9 << 20))
    page._socket.recv(timeout=PATIENCE_S)


def _flood(page):
    for _ in range(50_000):
        page.send(m.GetFrame, frame_idx=0, max_width=1, max_height=1)
    page._next(lambda message: False)


def test_a_flood_closes_its_own_socket_in_words_and_nothing_else(app, page):
    with pytest.raises(ConnectionClosed) as caught:
        _flood(app.page())
    assert (caught.value.rcvd.code, "far more commands" in caught.value.rcvd.reason) == (1008, True)
    page.do(m.Save)


def test_text_is_no_message(app):
    other = app.connect()
    other._socket.send("hello")
    with pytest.raises(ConnectionClosed):
        other._socket.recv(timeout=PATIENCE_S)


def test_an_unknown_command_is_answered_by_its_id(page):
    import msgpack

    page._socket.send(msgpack.packb({"type": "format_disk", "id": 99}))
    assert page.reply(m.Failed, 99).error.code == "protocol"


# ------------------------------------------------------------------- edits


def test_a_label_is_told_then_acknowledged_and_is_on_the_disk(app, labeled):
    x = math.nextafter(33.3, 0)
    command = labeled.send(m.SetLabels, labels=[_label(3, x=x, y=-0.1)], title="Move label")
    done = labeled.reply(m.Done, command)
    changed = labeled.event(m.ProjectChanged, lambda event: event.revision == done.revision)
    assert labeled.log.index(changed) < labeled.log.index(done)
    assert changed.labels_set == [_label(3, x=x, y=-0.1)]
    assert (changed.title, changed.undo_title) == ("Move label", "Move label")
    # What is acknowledged survives a process that just vanishes: read the files as another process would.
    app.workspace.session._editor._store._lock.release()
    again = Workspace(ScriptedEngine()).open(app.workspace.session.path)
    assert again.revision == done.revision
    kept = next(iter(again.project.labels.values()))[3]
    assert (kept.x, kept.y, kept.time_s) == (x, -0.1, 3 / 25)
    again.close()


def test_many_quick_edits_keep_their_order(labeled):
    ids = [labeled.send(m.SetLabels, labels=[_label(5, x=float(i))]) for i in range(50)]
    revisions = [labeled.reply(m.Done, command).revision for command in ids]
    assert revisions == sorted(revisions)
    assert [x.id for x in labeled.log if isinstance(x, m.Done)][-50:] == ids
    assert labeled.hello().project.labels[-1].x == 49.0


def test_undo_and_redo(labeled):
    labeled.do(m.SetLabels, labels=[_label(4)])
    labeled.do(m.Undo)
    gone = labeled.event(m.ProjectChanged, lambda event: bool(event.labels_deleted))
    assert gone.labels_deleted == [m.LabelPlace(individual_id=1, keypoint_id=1, frame_idx=4)]
    assert gone.redo_title == "Set label"
    labeled.do(m.Redo)
    assert labeled.event(m.ProjectChanged, lambda event: event.revision > gone.revision).labels_set == [
        _label(4)
    ]


def test_refused_edits_change_nothing(labeled):
    before = labeled.hello().project
    assert labeled.refused(m.SetLabels, labels=[_label(2, keypoint_id=9)]).code == "edit"
    assert labeled.refused(m.SetLabels, labels=[_label(2), _label(20)]).code == "edit"
    assert labeled.refused(m.SetLabels, labels=[_label(2, x=None)]).code == "edit"
    assert labeled.refused(m.Redo).message == "There is nothing to redo."
    assert labeled.hello().project == before


def test_skeleton_individuals_and_view(labeled):
    tail = labeled.request(m.KeypointAdded, m.AddKeypoint, name="tail", color="#112233").keypoint_id
    labeled.do(m.ChangeKeypoint, keypoint_id=tail, name="rump")
    labeled.do(m.SetEdges, edges=[(1, tail)])
    labeled.do(m.ReorderKeypoints, keypoint_ids=[tail, 1])
    labeled.do(m.AddIndividual)
    labeled.do(m.SetView, view={"zoom": 2.0})
    labeled.do(m.SetView, view={"theme": "dark"})
    project = labeled.hello().project
    assert (project.skeleton.keypoints[0].name, project.skeleton.keypoints[0].color) == ("rump", "#112233")
    assert project.skeleton.edges == [(1, tail)]
    assert [i.name for i in project.individuals] == ["individual_1", "individual_2"]
    assert project.view == {"zoom": 2.0, "theme": "dark"}
    labeled.do(m.DeleteKeypoint, keypoint_id=1)
    assert labeled.hello().project.labels == []


def test_two_pages_stay_the_same(app, labeled):
    other = app.page()
    labeled.do(m.SetLabels, labels=[_label(7)])
    assert other.event(m.ProjectChanged).labels_set == [_label(7)]
    other.do(m.DeleteLabels, places=[m.LabelPlace(individual_id=1, keypoint_id=1, frame_idx=7)])
    assert labeled.event(m.ProjectChanged, lambda event: bool(event.labels_deleted))
    first, second = labeled.hello().project, other.hello().project
    assert first == second


def test_two_pages_adding_keypoints_at_once_lose_none(app, page):
    other = app.page()
    ids = [(client, client.send(m.AddKeypoint)) for _ in range(20) for client in (page, other)]
    for client, command in ids:
        client.reply(m.KeypointAdded, command)
    names = [k.name for k in page.hello().project.skeleton.keypoints]
    assert sorted(names) == sorted(f"point_{i}" for i in range(1, 41))


def test_edits_of_a_page_that_vanishes_are_still_made(app, labeled):
    other = app.page()
    for i in range(10):
        other.send(m.SetLabels, labels=[_label(i)])
    other.close()
    labeled.event(m.ProjectChanged, lambda event: event.labels_set == [_label(9)])


# -------------------------------------------------------------------- runs


def test_every_step_is_streamed_and_the_result_is_one_undoable_step(app, labeled):
    labeled.do(m.StartRun, kind="refine", n_steps=3)
    for number in (1, 2, 3):
        app.engine.step(number, loss=1 / number)
        update = labeled.event(m.TrackUpdate)
        assert (update.step, update.n_steps, update.loss, update.start) == (number, 3, 1 / number, 0)
        assert _values(update.positions).shape == (20, 1, 2)
        assert (_values(update.positions)[..., 1] == number).all()
    app.engine.finish()
    changed = labeled.event(m.ProjectChanged, lambda event: bool(event.tracks_set))
    assert changed.title == "Refine"
    assert (_values(changed.tracks_set[0].positions)[:, 1] == 3).all()
    assert labeled.event(m.RunChanged, lambda event: event.run.state == "done").run.losses == [
        1.0,
        0.5,
        1 / 3,
    ]
    labeled.do(m.Undo)
    assert labeled.event(m.ProjectChanged, lambda event: bool(event.tracks_deleted))
    assert labeled.hello().project.labels == [_label(0)]


def test_a_correction_during_the_run_reaches_the_engine(app, labeled):
    labeled.do(m.StartRun, kind="refine")
    app.engine.step(1)
    labeled.do(m.SetLabels, labels=[_label(8, x=1.125)])
    assert app.engine.amended[-1].positions.tolist() == [[10.25, 20.5], [1.125, 20.5]]


def test_pause_resume_stop_and_revert(app, labeled):
    labeled.do(m.StartRun, kind="track")
    app.engine.step(1, loss=None)
    labeled.do(m.PauseRun)
    labeled.event(m.RunChanged, lambda event: event.run.state == "paused")
    labeled.do(m.ResumeRun)
    labeled.do(m.StopRun)
    labeled.event(m.RunChanged, lambda event: event.run.state == "done")
    assert app.engine.told == ["pause", "resume", "stop"]
    assert labeled.hello().project.tracks
    labeled.do(m.RevertRun)
    assert not labeled.hello().project.tracks


def test_a_failed_engine_is_told_in_words(app, labeled):
    labeled.do(m.StartRun, kind="track")
    app.engine.fail("The engine ran out of memory.")
    error = labeled.event(m.RunChanged, lambda event: event.run.state == "failed").run.error
    assert error is not None
    assert (error.code, error.hint) == ("engine", "Start it again.")


@pytest.mark.parametrize(
    "options",
    [
        {"n_steps": 0},
        {"learning_rate": 0.0},
        {"learning_rate": 7.0},
        {"tracker": "/etc/passwd"},
        {"start": 5, "stop": 5},
        {"stop": 99},
        {"points": []},
        {"points": [m.PointRef(individual_id=1, keypoint_id=9)]},
    ],
)
def test_runs_that_cannot_be_are_refused(labeled, options):
    assert labeled.refused(m.StartRun, kind="refine", **options).code == "usage"


def test_run_options_reach_the_engine(app, labeled):
    labeled.do(m.StartRun, kind="refine", start=2, n_steps=5, learning_rate=0.5, method="published")
    job = app.engine.job
    assert (job.request.span, job.request.tracker, job.request.device) == ((2, 20), "auto", "auto")
    assert (job.refine.n_steps, job.refine.learning_rate, job.refine.method) == (5, 0.5, "published")


def test_a_page_that_comes_during_a_run_sees_it(app, labeled):
    labeled.do(m.StartRun, kind="refine")
    app.engine.step(2)
    run = app.connect().hello().project.run
    assert (run.state, run.step, run.tracker) == ("running", 2, "talpose-small")


# ------------------------------------------------------------------ frames


def test_frames_show_what_they_say(page):
    import cv2

    from tests.fixtures.videos import read_barcode

    for idx in (0, 19, 7, 8, 6):
        page.do(m.GetFrame, frame_idx=idx, max_width=96, max_height=64)
        frame = page.event(m.Frame, lambda event: event.is_exact)
        assert (frame.frame_idx, frame.shown_idx) == (idx, idx)
        assert frame.time_s == pytest.approx(idx / 25)
        picture = cv2.imdecode(np.frombuffer(frame.jpeg, np.uint8), cv2.IMREAD_COLOR)
        assert picture.shape == (64, 96, 3)
        assert read_barcode(picture) == idx


@pytest.mark.parametrize("idx", [-1, 20, 10**9])
def test_a_frame_outside_the_video_is_refused(page, idx):
    assert "outside" in page.refused(m.GetFrame, frame_idx=idx, max_width=96, max_height=64).message


def test_every_wish_is_answered_and_the_last_one_is_shown(page):
    ids = [page.send(m.GetFrame, frame_idx=i % 20, max_width=96, max_height=64) for i in range(100)]
    for command in ids:
        page.reply(m.Done, command)
    frames = [x for x in page.log if isinstance(x, m.Frame)]
    assert (frames[-1].frame_idx, frames[-1].is_exact) == (19, True)


def test_no_frame_without_a_project(serve):
    page = serve().page()
    assert page.refused(m.GetFrame, frame_idx=0, max_width=9, max_height=9).message == "No project is open."


# ------------------------------------------------------------------- files


def test_opening_by_listing(serve, walk, monkeypatch):
    monkeypatch.setenv("HOME", str(walk.parent))
    app = serve()
    page, other = app.page(), app.page()
    listing = page.request(m.Listing, m.Browse)
    assert [(e.name, e.kind) for e in listing.entries] == [("walk.mp4", "video")]
    page.do(m.OpenEntry, entry_id=listing.entries[0].entry_id)
    assert page.event(m.ProjectOpened).project.name == "walk"
    assert other.event(m.ProjectOpened).project.video.n_frames == 20
    page.do(m.CloseProject)
    assert other.event(m.ProjectClosed).recent[0].name == "walk"
    page.do(m.OpenEntry, entry_id=app.page().hello().recent[0].entry_id)
    above = page.request(m.Listing, m.Browse, entry_id=listing.parent_id)
    assert above.folder == str(walk.parent.parent)


@pytest.mark.parametrize("entry_id", ["", "/etc/passwd", "unknown"])
def test_paths_are_not_accepted(page, entry_id):
    assert page.refused(m.OpenEntry, entry_id=entry_id).code == "usage"
    assert page.refused(m.Browse, entry_id=entry_id).code == "usage"


def test_nothing_works_without_a_project(serve):
    page = serve().page()
    for command in (m.Undo, m.Save, m.StopRun, m.TakeOver):
        assert page.refused(command).code == "usage"
    page.do(m.CloseProject)


def test_export_in_the_browser_is_a_download(app, labeled):
    exported = labeled.request(m.Exported, m.ExportFile, format="csv")
    assert exported.path is None
    status, body = app.http("GET", exported.url)
    assert status == 200
    assert body.decode().splitlines()[1].startswith("0,individual_1,point_1,10.25,20.5")
    assert app.http("GET", exported.url, Cookie="")[0] == 403
    assert labeled.refused(m.ExportFile, format="docx").code == "usage"


def test_dialogs_belong_to_the_window(page):
    assert page.refused(m.OpenDialog).code == "usage"
    assert page.refused(m.ImportFile, format="talpose-labels").code == "usage"


def test_window_mode_uses_its_dialogs(serve, walk, tmp_path):
    dialogs = ChoosingDialogs(walk)
    page = serve(dialogs=dialogs).connect()
    assert page.hello().mode == "window"
    page.do(m.OpenDialog, kind="video")
    page.event(m.ProjectOpened)
    dialogs.path = tmp_path / "out.csv"
    assert page.request(m.Exported, m.ExportFile, format="csv").path == str(dialogs.path)
    assert dialogs.path.read_text().startswith("frame,")
    dialogs.path = None
    assert page.request(m.Exported, m.ExportFile, format="csv") == m.Exported(
        id=page._next_id - 1, path=None, url=None, report=[]
    )
    page.do(m.OpenDialog)


def test_a_page_is_asked_for_a_moved_video_and_names_it_by_an_entry(serve, walk):
    app = serve(walk)
    app.workspace.close()
    found = walk.rename(walk.with_name("renamed.mp4"))
    page, other = app.connect(), app.page()
    recent = page.hello().recent[0]
    assert page.refused(m.OpenEntry, entry_id=recent.entry_id).code == "project_video"
    asked, failed = page.event(m.VideoWanted), page.log[-1]
    assert page.log.index(asked) < page.log.index(failed)
    assert (asked.wanted.project, asked.wanted.name) == ("walk", "walk.mp4")
    assert other.event(m.VideoWanted) == asked
    assert app.connect().hello().wanted == asked.wanted
    listing = page.request(m.Listing, m.Browse, entry_id=asked.wanted.folder_id)
    entry = next(entry for entry in listing.entries if entry.name == found.name)
    waiting = asked.wanted.project_id
    assert page.refused(m.FindVideo, project_id=waiting, entry_id="nothing").code == "usage"
    assert page.refused(m.FindVideo, project_id=entry.entry_id, entry_id=entry.entry_id).code == "usage"
    assert page.refused(m.GiveUpVideo, project_id=entry.entry_id).code == "usage"
    page.do(m.FindVideo, project_id=waiting, entry_id=entry.entry_id)
    for each in (page, other):
        assert each.event(m.VideoWanted).wanted is None
        assert each.event(m.ProjectOpened).project.video.name == found.name


def test_an_export_never_replaces_the_project_or_the_video(serve, walk):
    dialogs = ChoosingDialogs(walk)
    app = serve(walk, dialogs=dialogs)
    page = app.page()
    before = walk.read_bytes()
    assert page.refused(m.ExportFile, format="csv").code == "usage"
    dialogs.path = app.workspace.session.path
    assert page.refused(m.ExportFile, format="json").code == "usage"
    assert walk.read_bytes() == before


def test_import_is_one_undoable_step(serve, walk, tmp_path):
    truth = tmp_path / "truth.json"
    truth.write_text(
        json.dumps(
            {
                "video": "walk.mp4", "fps": 25.0, "width": 96, "height": 64, "keypoints": ["nose"],
                "frames": {"0": {"nose": [1.5, 2.5, 1]}, "3": {"nose": [3.25, 4.0, 0]}},
                "source": "test", "license": "CC0", "label_kind": "exact",
            }
        )
    )  # fmt: skip
    page = serve(walk, dialogs=ChoosingDialogs(truth)).page()
    page.do(m.ImportFile, format="talpose-labels")
    changed = page.event(m.ProjectChanged)
    assert [(x.frame_idx, x.x, x.visibility) for x in changed.labels_set] == [
        (0, 1.5, "visible"),
        (3, 3.25, "occluded"),
    ]
    assert "2 new labels" in page.event(m.Notice).message
    page.do(m.Undo)
    assert page.hello().project.labels == []


def test_imported_labels_carry_their_frames_time_and_a_second_import_is_no_step(serve, walk, tmp_path):
    table = tmp_path / "CollectedData_Ada.csv"
    table.write_text("scorer,Ada,Ada\nbodyparts,nose,nose\ncoords,x,y\nlabeled-data/walk/img03.png,1.5,2.5\n")
    app = serve(walk, dialogs=ChoosingDialogs(table))
    page = app.page()
    page.do(m.ImportFile, format="deeplabcut")
    session = app.workspace.session
    (label,) = session.project.all_labels()
    assert label.time_s == session.reader.index.time_s(3)
    revision = session.revision
    page.do(m.ImportFile, format="deeplabcut")
    assert (session.revision, session.undo_title) == (revision, "Import CollectedData_Ada.csv")


def test_an_upload_is_opened_by_its_entry(serve, walk, talpose_home):
    app = serve()
    page = app.page()
    status, body = app.http("PUT", "/upload?name=dropped.mp4", walk.read_bytes())
    assert status == 200
    page.do(m.OpenEntry, **json.loads(body))
    assert page.event(m.ProjectOpened).project.folder == str(talpose_home / "videos")
    assert app.http("PUT", "/upload?name=x.mp4", b"x", Cookie="")[0] == 403
    assert app.http("PUT", "/upload?name=x.mp4", b"x", Origin="http://evil.example")[0] == 403


def test_a_project_open_elsewhere_is_shown_read_only_and_can_be_taken_over(app, serve, walk, labeled):
    second = serve(walk)
    reader = second.page()
    assert reader.hello().project.save.state == "read_only"
    assert reader.refused(m.AddKeypoint).code.startswith("project")
    assert reader.refused(m.TakeOver).code == "project_locked"
    app.workspace.close()
    reader.do(m.TakeOver)
    assert reader.event(m.ProjectOpened).project.save.state == "saved"
    reader.request(m.KeypointAdded, m.AddKeypoint)


def test_a_video_that_cannot_be_opened_is_said_in_words(serve, tmp_path, monkeypatch):
    (tmp_path / "broken.mp4").write_bytes(b"not a video")
    monkeypatch.setenv("HOME", str(tmp_path))
    page = serve().page()
    listing = page.request(m.Listing, m.Browse)
    error = page.refused(m.OpenEntry, entry_id=listing.entries[0].entry_id)
    assert (error.code, bool(error.message)) == ("video", True)
