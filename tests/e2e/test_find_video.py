"""The page asks for the video of a project that lies elsewhere now, in a real browser on the real server."""

import pytest

from tests.fixtures.clients import ChoosingDialogs
from tests.fixtures.hands import wait
from tests.fixtures.videos import Recipe, encode

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture
def moved(serve, walk, tmp_path):
    """A project whose video lies in another folder under another name, beside one of another length."""
    app = serve(walk)
    app.workspace.session.save()
    app.workspace.close()
    folder = tmp_path / "videos"
    folder.mkdir()
    encode(folder / "other.mp4", Recipe("other", n_frames=7))
    return app, walk.rename(folder / "renamed.mp4")


def _dialog(page):
    return page.get_by_role("dialog", name="Where is walk.mp4?")


def test_a_moved_video_is_found_in_the_listing_and_the_wrong_one_refused(moved, open_tab):
    app, video = moved
    page = open_tab(app)
    wait(page, "screen", "start")
    page.locator(".recent-item").click()
    dialog = _dialog(page)
    dialog.wait_for()
    assert "The project's video walk.mp4 is missing." in dialog.inner_text()
    assert "Find the video" in page.evaluate("document.activeElement.textContent")
    assert page.locator(".toast").count() == 0

    page.keyboard.press("Enter")
    listing = page.get_by_role("dialog", name="Find walk.mp4")
    assert listing.get_by_role("button", name="walk.talpose.json").count() == 0
    listing.get_by_role("button", name="videos").click()
    listing.get_by_role("button", name="other.mp4").click()
    dialog.get_by_role("alert").filter(
        has_text="other.mp4 is not the video the labels were made on"
    ).wait_for()

    dialog.get_by_role("button", name="Find the video").click()
    listing.get_by_role("button", name="renamed.mp4").click()
    wait(page, "screen", "project")
    wait(page, "frame", 0)
    dialog.wait_for(state="hidden")
    assert app.workspace.session.project.video.path == str(video)
    assert app.workspace.session.undo_title is None


def test_whoever_gives_up_is_at_the_start_screen_and_not_asked_again(moved, open_tab):
    app, _ = moved
    page = open_tab(app)
    page.locator(".recent-item").click()
    _dialog(page).wait_for()
    page.keyboard.press("Escape")
    _dialog(page).wait_for(state="hidden")
    page.reload()
    wait(page, "screen", "start")
    assert _dialog(page).count() == 0
    assert app.workspace.wanted is None


SHOWN_AGAIN = """async () => {
  const { FindVideoDialog } = await import("./panels/find_video_dialog.js");
  const given = [];
  const dialog = new FindVideoDialog({ find: () => {}, giveUp: () => given.push("up") });
  const wanted = { project: "walk", name: "again.mp4", place: "/", reason: "" };
  const settle = () => new Promise((done) => setTimeout(done, 50));
  dialog.show(wanted);
  dialog.hide();
  dialog.show(wanted);
  await settle();
  const before = given.length;
  [...document.querySelectorAll("dialog[open] button")].find((b) => b.textContent === "Cancel").click();
  for (let tries = 0; tries < 100 && given.length === before; tries++) {
    await settle();
  }
  return [before, given.length];
}"""


def test_a_dialog_that_is_shown_for_the_next_video_gives_up_only_when_told(serve, open_tab, walk):
    page = open_tab(serve(walk))
    wait(page, "screen", "project")
    assert page.evaluate(SHOWN_AGAIN) == [0, 1]


def test_the_window_asks_in_its_own_dialog(serve, open_tab, walk, tmp_path):
    dialogs = ChoosingDialogs(walk)
    app = serve(walk, dialogs=dialogs)
    app.workspace.close()
    dialogs.path = walk.rename(tmp_path / "renamed.mp4")
    page = open_tab(app)
    page.locator(".recent-item").click()
    _dialog(page).get_by_role("button", name="Find the video").click()
    wait(page, "screen", "project")
    assert app.workspace.session.project.video.path == str(dialogs.path)
