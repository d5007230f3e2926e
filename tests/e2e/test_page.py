"""The page in a real browser on the real server; no run, so that the engine is never started."""

import numpy as np
import pytest

from talpose_app.model.edits import (
    ChangeLabels,
    ChangeRuns,
    ChangeSkeleton,
    ChangeTracks,
    LabelChange,
)
from talpose_app.model.held_out import ErrorSummary, HeldOutSummary, PointError
from talpose_app.model.run import Run, RunKind
from talpose_app.model.track import Track
from talpose_app.paths import user_state_dir
from talpose_app.protocol import messages as m
from talpose_app.server.websocket import TOO_MANY, TOO_SLOW
from talpose_app.session.pace import Pace, Paces
from talpose_app.session.suggesting import outlook
from talpose_app.tracking.labels import LabelTable
from tests.fixtures.hands import go, places, wait
from tests.fixtures.projects import NOSE, straight_track
from tests.fixtures.sessions import set_label

pytestmark = [pytest.mark.browser, pytest.mark.slow]

#: Lets go of a file over the page, as a hand would.
DROP = """
async ([name, bytes]) => {
  const data = new DataTransfer();
  data.items.add(new File([new Uint8Array(bytes)], name, { type: "video/mp4" }));
  for (const kind of ["dragenter", "dragover", "drop"]) {
    document.body.dispatchEvent(new DragEvent(kind, { dataTransfer: data, bubbles: true, cancelable: true }));
  }
}
"""


def test_a_video_is_found_in_the_listing_and_opened(serve, open_tab, walk, monkeypatch):
    monkeypatch.setenv("HOME", str(walk.parent))
    app = serve()
    page = open_tab(app)
    wait(page, "screen", "start")
    page.get_by_role("button", name="Open").first.click()
    page.get_by_role("button", name="walk.mp4").click()
    wait(page, "screen", "project")
    wait(page, "frame", 0)
    assert page.title().startswith("walk")


def test_the_selected_keypoint_is_renamed_by_key_from_the_picture(serve, open_tab, walk):
    app = serve(walk)
    page = open_tab(app)
    wait(page, "screen", "project")
    wait(page, "frame", 0)
    page.keyboard.press("n")
    page.locator("#stage").click()
    wait(page, "revision", 1)
    page.keyboard.press("Escape")
    page.get_by_role("option", name="point_1").click()
    page.keyboard.press("F2")
    page.keyboard.type("nose")
    page.keyboard.press("Enter")
    wait(page, "revision", 2)
    assert page.get_by_role("option", name="nose, 1 label").count() == 1
    assert page.evaluate("document.activeElement.id") == "stage"


def test_a_refused_name_can_be_typed_on_and_its_error_goes_when_one_is_taken(serve, open_tab, walk):
    app = serve(walk)
    session = app.workspace.session
    session.apply("Add", ChangeSkeleton(session.project.skeleton.with_keypoint("nose").with_keypoint("tail")))
    page = open_tab(app)
    wait(page, "frame", 0)
    page.get_by_role("option", name="tail").click()
    page.keyboard.press("F2")
    page.keyboard.type("nose")
    page.keyboard.press("Enter")
    page.locator(".toast.is-error").wait_for()
    field = page.locator(".rename-field:focus")
    field.wait_for()
    assert field.input_value() == "nose"
    page.keyboard.press("End")
    page.keyboard.type("_tip")
    page.keyboard.press("Enter")
    page.get_by_role("option", name="nose_tip").wait_for()
    page.locator(".toast.is-error").wait_for(state="detached")


def test_where_the_user_was_is_kept_though_the_page_goes_at_once(serve, open_tab, walk):
    app = serve(walk)
    page = open_tab(app)
    wait(page, "screen", "project")
    page.keyboard.press("Shift+ArrowRight")
    wait(page, "frame", 10)
    page.reload()
    wait(page, "screen", "project")
    wait(page, "frame", 10)


def test_where_the_user_was_is_kept_though_the_project_is_closed_at_once(serve, open_tab, walk):
    app = serve(walk)
    page = open_tab(app)
    wait(page, "screen", "project")
    page.keyboard.press("Shift+ArrowRight")
    wait(page, "frame", 10)
    page.locator(".toolbar-home").click()
    wait(page, "screen", "start")
    page.locator(".recent-item").first.click()
    wait(page, "frame", 10)
    assert page.locator(".toast.is-error").count() == 0


def test_a_long_first_run_says_beforehand_how_long_it_will_take(serve, open_tab, walk):
    paces = Paces(user_state_dir() / "paces.json")
    paces.learn(Pace(RunKind.TRACK, "talpose-small", "auto", features_s=10.0, point_s=1.0))
    app = serve(walk)
    page = open_tab(app)
    wait(page, "frame", 0)
    assert page.locator("#button-track").inner_text().split("\n")[0] == "Track"
    page.keyboard.press("n")
    page.locator("#stage").click()
    wait(page, "revision", 1)
    assert "about 12 min" in page.locator("#button-track").inner_text()
    assert "this computer" in page.locator("#button-track").get_attribute("title")
    assert "about" not in page.locator("#button-refine").inner_text()  # 20 frames take a moment.
    page.locator("summary", has_text="Advanced").click()
    page.get_by_label("Device").select_option("cpu")
    assert "about" not in page.locator("#button-track").inner_text()


def test_a_first_refine_of_tracks_says_how_long_it_will_take_and_a_second_does_not(spiked, open_tab):
    spiked.workspace.paces.learn(Pace(RunKind.REFINE, "talpose-small", "auto", features_s=10.0, point_s=1.0))
    page = open_tab(spiked)
    wait(page, "frame", 0)
    button = page.locator("#button-refine")
    assert "about 12 min" in button.inner_text()
    assert "about" not in page.locator("#button-track").inner_text()
    page.keyboard.press("Shift+t")
    wait(page, "run", "starting")
    spiked.engine.step(1)
    spiked.engine.finish()
    wait(page, "run", "done")
    assert "about" not in button.inner_text()


def test_a_run_taken_back_hides_its_numbers_and_can_be_put_back(spiked, open_tab):
    session = spiked.workspace.session
    page = open_tab(spiked)
    wait(page, "frame", 0)
    page.keyboard.press("Shift+t")
    wait(page, "run", "starting")
    spiked.engine.step(1)
    spiked.engine.finish()
    wait(page, "run", "done")
    after = session.project
    put_back = page.get_by_role("button", name="Put back")
    assert put_back.count() == 0
    page.get_by_role("button", name="Revert").click()
    page.get_by_text("Refined, not kept").wait_for()
    assert page.locator(".loss-chart").is_hidden()
    put_back.click()
    page.get_by_text("Refined, not kept").wait_for(state="detached")
    assert page.locator(".loss-chart").is_visible()
    assert (session.project.made, session.project.runs) == (after.made, after.runs)


@pytest.fixture
def spiked(serve, walk):
    """The app with one tracked point that jumps by 30 pixels at frame 12, labeled at frame 0."""
    app = serve(walk)
    session = app.workspace.session
    session.apply("Add keypoint", ChangeSkeleton(session.project.skeleton.with_keypoint("nose")))
    session.apply("Set label", set_label(NOSE, 0, 10.0, 20.0))
    straight = straight_track(20, 0, 20)
    positions = straight.positions.copy()
    positions[12] += 30
    track = Track(positions, straight.visibility.copy(), straight.confidence.copy(), straight.provenance)
    session.apply("Import", ChangeTracks(((NOSE, track),)))
    return app


def test_a_filter_is_tried_applied_and_undone(spiked, open_tab):
    session = spiked.workspace.session
    before = session.project
    page = open_tab(spiked)
    wait(page, "frame", 0)
    page.get_by_role("option", name="nose").click()
    go(page, 12)
    page.keyboard.press("f")
    page.get_by_label("Filter", exact=True).select_option("outliers")
    page.get_by_text("Changes 1 position of 1 point, by 42.43 px on average").wait_for()
    where = page.locator(".point-where")
    assert where.inner_text() == "28.0, 23.0"
    assert session.project is before
    page.locator("#stage").focus()
    page.keyboard.down("b")
    page.get_by_text("Before the filter").wait_for()
    assert where.inner_text() == "58.0, 53.0"
    page.keyboard.up("b")
    page.get_by_role("button", name="Apply").click()
    page.get_by_text("Applied.").wait_for()
    after = session.project
    assert after.labels is before.labels
    assert session.undo_title == "Filter: Reject outliers"
    assert where.inner_text() == "28.0, 23.0"
    page.keyboard.press("Control+z")
    page.get_by_text("Changes 1 position of 1 point").wait_for()
    assert session.project == before
    page.keyboard.press("Escape")
    page.get_by_role("tab", name="Tracking", selected=True).wait_for()
    assert where.inner_text() == "58.0, 53.0"


#: How opaque the overlay is at a place of the picture, in screen pixels: 0 where nothing is drawn.
OPACITY = """
([x, y]) => {
  const overlay = document.querySelectorAll("#stage canvas")[1];
  const box = overlay.getBoundingClientRect();
  const ratio = overlay.width / box.width;
  const [left, top] = [x - box.left, y - box.top].map((value) => Math.round(value * ratio));
  const data = overlay.getContext("2d").getImageData(left - 2, top - 2, 5, 5).data;
  return Math.max(...data.filter((value, i) => i % 4 === 3));
}
"""


def test_a_track_bends_with_the_hand_and_stays_bent(spiked, open_tab):
    session = spiked.workspace.session
    before = session.project
    page = open_tab(spiked)
    wait(page, "frame", 0)
    page.get_by_role("option", name="nose").click()
    go(page, 8)
    on_screen = places(page)
    start, goal = before.tracks[NOSE].positions[8], (30.0, 50.0)
    # On the trail if it bends, clear of the cross hair.
    after = set_label(NOSE, 8, *goal).apply(before)[0].tracks[NOSE].positions
    beside = on_screen(*(np.float64(after[5]) + after[6]) / 2)
    assert page.evaluate(OPACITY, beside) == 0
    page.mouse.move(*on_screen(*start))
    page.mouse.down()
    page.mouse.move(*on_screen(25.0, 30.0))
    page.mouse.move(*on_screen(*goal))
    page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    assert page.evaluate(OPACITY, beside) > 0
    assert session.project is before
    page.mouse.up()
    wait(page, "revision", 4)
    label = session.project.label(NOSE, 8)
    assert (label.x, label.y) == pytest.approx(goal, abs=0.5)
    where = page.locator(".point-where")
    for frame_idx in (9, 10):
        page.keyboard.press("ArrowRight")
        wait(page, "frame", frame_idx)
        x, y = session.project.tracks[NOSE].positions[frame_idx]
        assert y > before.tracks[NOSE].positions[frame_idx, 1] + 5
        assert where.inner_text() == f"{x:.1f}, {y:.1f}"
    page.keyboard.press("Control+z")
    wait(page, "revision", 5)
    x, y = before.tracks[NOSE].positions[10]
    assert where.inner_text() == f"{x:.1f}, {y:.1f}"
    assert session.project == before


def test_a_step_of_a_run_that_does_not_know_the_label_throws_nothing_back(spiked, open_tab):
    session, engine = spiked.workspace.session, spiked.engine
    session.apply("Delete label", ChangeLabels((LabelChange(NOSE, 0, None),)))
    session.apply("Set label", set_label(NOSE, 3, 20.0, 1.0))
    page = open_tab(spiked)
    wait(page, "frame", 0)
    page.get_by_role("option", name="nose").click()
    go(page, 9)
    page.keyboard.press("t")
    wait(page, "run", "starting")
    where = page.locator(".point-where")

    def stepped(number, x):
        engine.step(number, x=x)
        wait(page, "updates", number)
        return float(where.inner_text().split(", ")[0])

    assert stepped(1, 20.0) == 20.0
    session.apply("Set label", set_label(NOSE, 8, 60.0, 1.0))
    page.locator(".point-where:not(:text-is('20.0, 1.0'))").wait_for()
    bent = float(where.inner_text().split(", ")[0])
    assert bent == pytest.approx(60.0, abs=2.0)
    assert stepped(2, 20.0) == bent
    assert stepped(3, 60.0) == 60.0
    engine.finish()
    wait(page, "run", "done")
    x, y = session.project.tracks[NOSE].positions[9]
    assert (x, session.project.made[NOSE].positions[9, 0]) == (60.0, 60.0)
    assert where.inner_text() == f"{x:.1f}, {y:.1f}"


def test_a_held_out_error_is_marked_while_labels_are_others_than_it_was_measured_on(spiked, open_tab):
    session = spiked.workspace.session
    labels = LabelTable.from_labels((NOSE,), session.project.labels[NOSE].values())
    error = ErrorSummary(1, 2.5, 4.0)
    summary = HeldOutSummary(error, (PointError(NOSE, error, labels.fingerprint(0)),))
    run = Run(1, RunKind.REFINE, "fake", "", (), 2, "cpu", "2026-01-01T00:00:00Z", 1.0, (), summary)
    session.apply("Refine", ChangeRuns((run,)))
    page = open_tab(spiked)
    wait(page, "frame", 0)
    shown = page.locator(".keypoint-error")
    assert shown.inner_text() == "2.5 px"
    assert page.locator(".keypoint-error.is-stale").count() == 0
    page.get_by_role("option", name="nose").click()
    page.keyboard.press("q")
    page.locator(".keypoint-error.is-stale").wait_for()
    assert "have changed since" in shown.get_attribute("title")
    page.keyboard.press("Control+z")
    page.locator(".keypoint-error:not(.is-stale)").wait_for()


def test_where_to_click_next_is_jumped_to_and_good_enough_is_said(spiked, open_tab):
    page = open_tab(spiked)
    wait(page, "frame", 0)
    page.get_by_text("About 76 % of positions are right").wait_for()
    first = outlook(spiked.workspace.session.project, 1).places[0]
    page.keyboard.press("j")
    wait(page, "frame", first.frame_idx)
    assert page.get_by_role("option", name="nose", selected=True).count() == 1
    page.keyboard.press("Enter")
    page.get_by_text("2 labels on 2 frames").wait_for()
    wait(page, "revision", 4)
    share = outlook(spiked.workspace.session.project, 1).expected_share
    assert share > 0.77  # the label, and more confidence beside it
    page.get_by_text(f"About {int(share * 100)} % of positions are right").wait_for()
    aim = page.get_by_label("Aim, percent")
    aim.fill("70")
    aim.press("Enter")
    page.get_by_role("heading", name="Good enough").wait_for()


def test_a_run_closes_the_filters_and_keeps_them_closed(spiked, open_tab):
    page = open_tab(spiked)
    wait(page, "frame", 0)
    page.keyboard.press("f")
    page.get_by_role("tab", name="Filters", selected=True).wait_for()
    page.keyboard.press("t")
    wait(page, "run", "starting")
    page.get_by_role("tab", name="Tracking", selected=True).wait_for()
    assert page.get_by_role("tab", name="Filters").is_disabled()
    page.keyboard.press("f")
    assert page.get_by_role("tab", name="Tracking").get_attribute("aria-selected") == "true"


def test_leaving_during_a_run_asks_and_does_as_told(spiked, open_tab):
    session = spiked.workspace.session
    before = session.project
    page = open_tab(spiked)
    wait(page, "frame", 0)
    page.keyboard.press("t")
    wait(page, "run", "starting")
    spiked.engine.step(1)
    wait(page, "updates", 1)
    home = page.locator(".toolbar-home")
    home.click()
    page.keyboard.press("Escape")
    page.locator("dialog.leave").wait_for(state="detached")
    assert spiked.workspace.session is session
    assert session.run.is_active
    home.click()
    page.get_by_role("button", name="Discard").click()
    wait(page, "screen", "start")
    assert session.project == before


def test_the_loss_is_drawn_in_the_colors_of_the_theme(spiked, open_tab):
    page = open_tab(spiked)
    wait(page, "frame", 0)
    page.keyboard.press("Shift+t")
    wait(page, "run", "starting")
    spiked.engine.step(1, loss=0.9)
    spiked.engine.step(2, loss=0.4)
    spiked.engine.finish()
    wait(page, "run", "done")
    grid = """() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => {
      const canvas = document.querySelector(".loss-chart");
      const data = canvas.getContext("2d").getImageData(1, 8, 1, 1).data;
      done([...data].join());
    })))"""
    seen = []
    for _ in range(3):  # As the system, light, dark.
        seen.append(page.evaluate(grid))
        page.locator(".toolbar-right .icon-button[title^='Light']").click()
    assert seen[0] == seen[1] != seen[2]


def test_a_video_dropped_on_the_page_is_copied_and_opened(serve, open_tab, walk, talpose_home):
    app = serve()
    page = open_tab(app)
    wait(page, "screen", "start")
    page.evaluate(DROP, ["dropped.mp4", list(walk.read_bytes())])
    wait(page, "screen", "project")
    assert (talpose_home / "videos" / "dropped.mp4").read_bytes() == walk.read_bytes()


def test_two_tabs_show_the_same(serve, open_tab, walk):
    app = serve(walk)
    first, second = open_tab(app), open_tab(app)
    for page in (first, second):
        wait(page, "frame", 0)
    first.keyboard.press("n")
    box = first.locator("#stage").bounding_box()
    first.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    for page in (first, second):
        wait(page, "revision", 1)
        page.locator("#status").get_by_text("1 label on 1 frame").wait_for()
    (label,) = app.page().hello().project.labels
    assert (label.x, label.y) == pytest.approx((47.5, 31.5), abs=0.5)


def test_stepping_and_playing_show_the_frames_they_say(serve, open_tab, walk):
    app = serve(walk)
    page = open_tab(app)
    wait(page, "frame", 0)
    for key, frame in (
        ("ArrowRight", 1),
        ("Shift+ArrowRight", 11),
        ("End", 19),
        ("ArrowLeft", 18),
        ("Home", 0),
    ):
        page.keyboard.press(key)
        wait(page, "frame", frame)


def test_a_page_whose_line_broke_comes_back_with_everything(serve, open_tab, walk):
    app = serve(walk)
    page = open_tab(app)
    wait(page, "frame", 0)
    (connection,) = app.service.hub._pages
    spy = app.page()
    connection._hub._loop.call_soon_threadsafe(connection.give_up, TOO_SLOW)
    spy.request(m.KeypointAdded, m.AddKeypoint, name="nose")
    label = m.LabelState(individual_id=1, keypoint_id=1, frame_idx=0, x=10.0, y=20.0)
    spy.do(m.SetLabels, labels=[label])
    wait(page, "revision", 2)
    page.locator("#keypoints").get_by_text("nose").first.wait_for()
    wait(page, "save", "saved")


def test_a_video_replaced_while_it_is_open_is_told_and_shows_no_frame(serve, open_tab, walk, clips):
    page = open_tab(serve(walk))
    wait(page, "frame", 0)
    other = walk.with_name("other.mp4")
    other.write_bytes(clips.get("h264_trimmed").path.read_bytes())
    other.replace(walk)
    page.keyboard.press("End")
    page.get_by_text("walk.mp4 was replaced while it was open").first.wait_for()


def test_a_page_whose_line_is_closed_for_a_flood_says_so_and_goes_on(serve, open_tab, walk):
    app = serve(walk)
    page = open_tab(app)
    wait(page, "frame", 0)
    (connection,) = app.service.hub._pages
    connection._hub._loop.call_soon_threadsafe(connection.give_up, TOO_MANY)
    page.get_by_text(TOO_MANY.reason).wait_for()
    page.locator("#banner").wait_for(state="hidden")
    page.keyboard.press("ArrowRight")
    wait(page, "frame", 1)


def test_a_second_window_reads_only_says_why_and_edits_when_the_first_has_closed(serve, open_tab, walk):
    first, second = serve(walk), serve()
    page = open_tab(second)
    wait(page, "screen", "start")
    second.service.open_path(walk)
    wait(page, "frame", 0)
    page.locator("#toasts").get_by_text("shown read-only; to change it, close it there").first.wait_for()
    page.locator("#toasts button").first.click()
    page.get_by_role("button", name="Edit here").click()
    page.locator("#toasts").get_by_text("open already").first.wait_for()
    assert second.workspace.session.revision == 0
    first.workspace.close()
    page.get_by_role("button", name="Edit here").click()
    wait(page, "save", "saved")
    page.keyboard.press("n")
    page.locator("#stage").click()
    wait(page, "revision", 1)
