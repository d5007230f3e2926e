"""Labels placed by hand in a real browser: none is lost, none is made that nobody meant. No run."""

import shutil

import pytest

from talpose_app.model.edits import ChangeSkeleton, ChangeTracks
from tests.fixtures.hands import go, places, wait
from tests.fixtures.projects import NOSE, TAIL, straight_track
from tests.fixtures.sessions import set_label

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture
def labeled(serve, walk):
    """The app with two points, both labeled at frames 0 and 1."""
    app = serve(walk)
    session = app.workspace.session
    session.apply(
        "Add keypoints", ChangeSkeleton(session.project.skeleton.with_keypoint("nose").with_keypoint("tail"))
    )
    for frame_idx in (0, 1):
        session.apply("Set label", set_label(NOSE, frame_idx, 10.0, 20.0))
        session.apply("Set label", set_label(TAIL, frame_idx, 60.0, 40.0))
    return app


def _nudge(page):
    page.keyboard.press("Alt+ArrowRight")


def _x(session, point, frame_idx):
    return session.project.label(point, frame_idx).x


def test_nudges_of_two_points_or_frames_in_quick_succession_all_count(labeled, open_tab):
    session = labeled.workspace.session
    revision = session.revision
    page = open_tab(labeled)
    wait(page, "frame", 0)
    page.keyboard.press("s")
    _nudge(page)
    page.keyboard.press("s")
    _nudge(page)
    page.keyboard.press("ArrowRight")
    wait(page, "frame", 1)
    _nudge(page)
    wait(page, "revision", revision + 3)
    assert (_x(session, NOSE, 0), _x(session, TAIL, 0), _x(session, TAIL, 1)) == (11.0, 61.0, 61.0)


@pytest.mark.parametrize("leave", ["close", "reload"])
def test_a_nudge_is_kept_though_the_project_or_the_page_is_left_at_once(labeled, open_tab, leave):
    session = labeled.workspace.session
    page = open_tab(labeled)
    wait(page, "frame", 0)
    page.keyboard.press("s")
    if leave == "close":
        _nudge(page)
        page.locator(".toolbar-home").click()
        wait(page, "screen", "start")
    else:
        _nudge(page)
        page.reload()
        wait(page, "screen", "project")
        wait(page, "frame", 0)
    assert _x(session, NOSE, 0) == 11.0


def test_a_click_in_new_point_mode_is_one_keypoint_and_one_step(serve, open_tab, walk):
    app = serve(walk)
    session = app.workspace.session
    page = open_tab(app)
    wait(page, "frame", 0)
    on_screen = places(page)
    page.keyboard.press("n")
    page.mouse.dblclick(*on_screen(20, 20))
    for x in (40, 50, 60):
        page.mouse.click(*on_screen(x, 30))
    wait(page, "revision", 4)
    page.mouse.dblclick(*on_screen(20, 20))
    page.mouse.click(*on_screen(70, 30))
    wait(page, "revision", 5)
    labels = session.project.all_labels()
    assert [(round(x.x), round(x.y)) for x in labels] == [(20, 20), (40, 30), (50, 30), (60, 30), (70, 30)]
    page.keyboard.press("Escape")
    page.locator("#stage").focus()
    page.keyboard.press("Control+z")
    wait(page, "revision", 6)
    assert len(session.project.skeleton.keypoints) == 4
    assert len(list(session.project.all_labels())) == 4


def test_a_small_drag_corrects_and_a_click_only_selects(labeled, open_tab):
    session = labeled.workspace.session
    session.apply("Import", ChangeTracks(((NOSE, straight_track(20, 0, 20)),)))
    revision = session.revision
    page = open_tab(labeled)
    wait(page, "frame", 0)
    on_screen = places(page)
    go(page, 8)
    start = session.project.tracks[NOSE].positions[8]
    x, y = on_screen(*start)
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 2, y)
    page.mouse.up()
    page.get_by_role("option", name="nose", selected=True).wait_for()
    assert session.revision == revision
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 2, y)
    page.locator(".stage.is-dragging").wait_for()
    page.mouse.up()
    wait(page, "revision", revision + 1)
    scale = on_screen(1, 0)[0] - on_screen(0, 0)[0]
    assert (session.project.label(NOSE, 8).x - start[0]) * scale == pytest.approx(2, abs=0.01)


def test_all_points_of_a_frame_are_confirmed_with_one_key(labeled, open_tab):
    session = labeled.workspace.session
    track = straight_track(session.project.video.n_frames, 0, session.project.video.n_frames)
    session.apply("Track", ChangeTracks(((NOSE, track), (TAIL, track))))
    page = open_tab(labeled)
    wait(page, "frame", 0)
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    wait(page, "frame", 2)
    revision = session.revision
    shown = {point: session.project.tracks[point].positions[2] for point in (NOSE, TAIL)}
    page.keyboard.press("Shift+Enter")
    wait(page, "revision", revision + 1)
    for point, position in shown.items():
        label = session.project.label(point, 2)
        assert (label.x, label.y) == pytest.approx(tuple(position.tolist()), abs=1e-4)
    assert session.undo_title == "Confirm 2 points"
    page.keyboard.press("Shift+Enter")
    page.locator(".toast", has_text="nothing to confirm").wait_for()
    assert session.revision == revision + 1


def test_the_next_video_gets_the_keypoints_of_the_last_one_and_clicks_place_them(
    labeled, open_tab, walk, tmp_path
):
    page = open_tab(labeled)
    wait(page, "frame", 0)
    labeled.workspace.open(shutil.copy(walk, tmp_path / "second.mp4"))  # As a drop does.
    page.get_by_role("button", name="Same as walk").click()
    page.locator(".keypoint-row", has_text="tail").wait_for()
    session = labeled.workspace.session
    assert [k.name for k in session.project.skeleton.keypoints] == ["nose", "tail"]
    on_screen = places(page)
    page.mouse.click(*on_screen(20, 20))
    wait(page, "revision", 2)
    page.mouse.click(*on_screen(40, 30))
    wait(page, "revision", 3)
    found = [(x.point, round(x.x), round(x.y)) for x in session.project.all_labels()]
    assert found == [(NOSE, 20, 20), (TAIL, 40, 30)]
