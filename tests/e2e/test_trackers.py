"""Getting trackers on the page: licence, download, failures in words, going on, a dropped file, a choice."""

import threading
from dataclasses import replace

import pytest

from talpose_app import paths
from talpose_app.server import tracker_commands
from talpose_app.tracker_files import manager, placing
from talpose_app.tracking import checkpoints

pytestmark = [pytest.mark.browser, pytest.mark.engine, pytest.mark.slow]

NAME = "cotracker3-offline"
DROP = """
async ([name, bytes]) => {
  const data = new DataTransfer();
  data.items.add(new File([new Uint8Array(bytes)], name));
  for (const kind of ["dragenter", "dragover", "drop"]) {
    document.body.dispatchEvent(new DragEvent(kind, { dataTransfer: data, bubbles: true, cancelable: true }));
  }
}
"""


@pytest.fixture
def publisher(file_server, small_official, monkeypatch):
    """A server of the test's own stands where the official file is published."""
    server = file_server(small_official.read_bytes())
    official, *others = checkpoints.KNOWN_CHECKPOINTS
    source = replace(official.source, url=server.url, n_bytes=len(server.content))
    known = (replace(official, source=source), *others)
    for module in (checkpoints, placing, tracker_commands):
        monkeypatch.setattr(module, "KNOWN_CHECKPOINTS", known)
    monkeypatch.setattr(manager, "known_checkpoint", lambda name: known[0])
    return server


@pytest.fixture
def dialog(publisher, serve, chromium, walk):
    """The dialog of trackers, opened from a project."""
    context = chromium.new_context(viewport={"width": 1280, "height": 800})
    page = context.new_page()
    page.goto(serve(walk).security.address)
    page.wait_for_selector("body[data-frame='0']", state="attached")
    page.get_by_role("button", name="Get more trackers").click()
    yield page.locator("dialog.trackers")
    context.close()


def _item(dialog):
    return dialog.locator(".tracker").filter(has_text=NAME)


def _accept(dialog, button="Get"):
    _item(dialog).get_by_role("button", name=button).click()
    licence = dialog.page.locator("dialog.licence")
    assert "Attribution-NonCommercial" in licence.locator("pre").inner_text()
    assert "https://huggingface.co/" in licence.inner_text()
    licence.get_by_role("button", name="Accept").click()


def test_a_tracker_is_got_after_its_licence_and_can_be_chosen(dialog, publisher):
    item = _item(dialog)
    assert str(paths.user_checkpoints_dir() / "scaled_offline.pth") in item.inner_text()
    item.get_by_role("button", name="Get").click()
    dialog.page.get_by_role("button", name="No, thanks").click()
    assert publisher.ranges == []
    _accept(dialog)
    item.get_by_text("Installed").wait_for()
    dialog.get_by_role("button", name="Close").click()
    choice = dialog.page.locator(".run-options select").first
    choice.select_option(NAME)
    dialog.page.get_by_text("Licence: CC-BY-NC 4.0").wait_for()


def test_a_download_can_be_cancelled_and_goes_on_where_it_was(dialog, publisher):
    half, may_end = len(publisher.content) // 2, threading.Event()

    def hold(sent):
        if sent >= half:
            may_end.wait(60)
            raise ConnectionResetError

    publisher.on_chunk = hold
    _accept(dialog)
    _item(dialog).locator("progress").wait_for()
    _item(dialog).get_by_role("button", name="Cancel").click()
    may_end.set()
    _item(dialog).get_by_text("is here already").wait_for()
    publisher.on_chunk = lambda sent: None
    _accept(dialog, "Go on")
    _item(dialog).get_by_text("Installed").wait_for()
    assert publisher.ranges[0] == ""
    assert publisher.ranges[-1].startswith("bytes=")


def test_failures_are_told_where_the_user_looks_and_can_be_tried_again(dialog, publisher):
    publisher.announced_sha256 = "0" * 64
    _accept(dialog)
    _item(dialog).get_by_text("arrived damaged").wait_for()
    publisher.announced_sha256, publisher.status = None, 404
    _accept(dialog)
    _item(dialog).get_by_text("does not have the file any more").wait_for()
    assert "drop it on TALPose's window" in _item(dialog).inner_text()
    publisher.status = 200
    _accept(dialog)
    _item(dialog).get_by_text("Installed").wait_for()


def test_a_file_from_another_computer_is_dropped_and_known(dialog, publisher):
    dialog.page.evaluate(DROP, ["from my stick.pth", list(publisher.content)])
    _item(dialog).get_by_text("Installed").wait_for()
    assert (paths.user_checkpoints_dir() / "scaled_offline.pth").read_bytes() == publisher.content
    assert publisher.ranges == []
