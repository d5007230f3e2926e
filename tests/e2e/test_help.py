"""The help in a real browser, and its pictures, taken of the real app at work on the sample.

With TALPOSE_WRITE_PICTURES=1 the pictures are written to where the help shows them:

    TALPOSE_WRITE_PICTURES=1 python -m pytest tests/e2e/test_help.py
"""

import json
import os
import re
import shutil
from contextlib import contextmanager

import cv2
import numpy as np
import pytest

from scripts.make_help import PICTURES, pictures_of
from talpose_app.cli.demo import job
from talpose_app.paths import sample_videos_dir
from talpose_app.session.workspace import Workspace
from tests.fixtures.browsers import watch
from tests.fixtures.clients import ScriptedEngine

pytestmark = [pytest.mark.browser, pytest.mark.slow]

SIZE = {"width": 1280, "height": 800}
RUN_MS = 240_000
#: Of the pictures together; they travel in every package.
MOST_BYTES = 600_000
QUALITY = 82
#: Pictures that are kept show a longer refinement, of more points, than the test needs.
IS_KEEPING = bool(os.environ.get("TALPOSE_WRITE_PICTURES"))
N_STEPS = 12 if IS_KEEPING else 2
FEW_POINTS = ["nose", "right_hind_paw"]

#: Which test takes which pictures.
OF_START = ("start", "trackers")
OF_PLACING = ("place", "points")
OF_WORK = ("refine", "screen", "timeline", "correct", "filters")

#: Numbers that the text speaks of, on the parts of the screen.
PARTS = [
    ("#toolbar .project-words", "right"), ("#keypoints .heading", "right"), ("#stage", "inside"),
    (".side-tab:nth-child(1)", "left"), (".side-tab:nth-child(2)", "right"),
    ("#timeline .transport-left", "right"),
]  # fmt: skip
BADGES = """
(parts) => parts.map(([selector, place], i) => {
  const box = document.querySelector(selector).getBoundingClientRect();
  const badge = document.createElement("span");
  badge.textContent = i + 1;
  const [left, top] = {
    inside: [box.left + 14, box.top + 14],
    left: [box.left - 34, box.top + box.height / 2 - 13],
    right: [box.right + 4, box.top + box.height / 2 - 13],
  }[place];
  Object.assign(badge.style, {
    position: "fixed", left: `${left}px`, top: `${top}px`,
    width: "26px", height: "26px", borderRadius: "13px", background: "#ffd166", color: "#1a2024",
    font: "700 15px/26px sans-serif", textAlign: "center", boxShadow: "0 1px 6px #000a", zIndex: 99,
  });
  badge.className = "badge-of-the-help";
  document.body.append(badge);
}).length
"""
#: Fails if a picture is missing or broken.
SHOW_ALL = """
(selector) => Promise.all([...document.querySelectorAll(selector)].map((image) => {
  image.loading = "eager";
  return image.decode();
})).then((all) => all.length)
"""
#: Where the files of this machine lie is nobody's business.
HIDE_PLACES = """
() => document.querySelectorAll(".tracker-words .caption").forEach((node) => {
  const place = "$1~/.local/share/talpose/checkpoints/";
  node.textContent = node.textContent.replace(/(^| )\\/\\S*\\/checkpoints\\//, place);
})
"""


class Camera:
    """Takes pictures and, if asked, keeps them where the help shows them."""

    def __init__(self):
        self.taken = {}

    def take(self, name, shot):
        pixels = cv2.imdecode(np.frombuffer(shot, np.uint8), cv2.IMREAD_COLOR)
        assert pixels.std() > 10, f"{name} shows nothing"
        self.taken[name] = cv2.imencode(".webp", pixels, [cv2.IMWRITE_WEBP_QUALITY, QUALITY])[1].tobytes()
        if IS_KEEPING:
            (PICTURES / f"{name}.webp").write_bytes(self.taken[name])


@pytest.fixture
def camera():
    return Camera()


@pytest.fixture
def show(chromium):
    """Open the page at an address; what the browser complains of fails the test."""

    @contextmanager
    def opened(address, scheme="dark"):
        context = chromium.new_context(viewport=SIZE, color_scheme=scheme)
        page, problems = context.new_page(), []
        watch(page, problems)
        page.goto(address)
        yield page
        context.close()
        assert problems == []

    return opened


@pytest.fixture
def fox(tmp_path):
    return shutil.copy(sample_videos_dir() / "walking_fox.mp4", tmp_path / "walking_fox.mp4")


@pytest.fixture
def labeled_fox(fox, tmp_path):
    """A project of the sample with labels at six frames."""
    workspace = Workspace(ScriptedEngine())
    session = workspace.open(fox)
    truth = json.loads((sample_videos_dir() / "walking_fox.labels.json").read_text())
    if not IS_KEEPING:
        truth["keypoints"] = FEW_POINTS
        truth["frames"] = {
            i: {name: frame[name] for name in FEW_POINTS if name in frame}
            for i, frame in truth["frames"].items()
        }
    (tmp_path / "labels.json").write_text(json.dumps(truth))
    job._label(session, tmp_path / "labels.json")
    path = session.path
    workspace.close()
    return path


def _wait(page, name, value, timeout=30_000):
    page.wait_for_selector(f"body[data-{name}='{value}']", state="attached", timeout=timeout)


def _go(page, frame):
    page.keyboard.press("g")
    page.keyboard.type(str(frame))
    page.keyboard.press("Enter")
    _wait(page, "frame", frame)
    page.locator("#stage").focus()


def _toggle_advanced(page):
    # By keyboard: cards that come in when a run has ended may move what a pointer aims at.
    page.locator("details.advanced summary").press("Enter")


def _on_stage(page, x, y):
    """Where a pixel of the picture is on the screen; the whole picture is shown, in the middle."""
    box = page.locator("#stage").bounding_box()
    scale = min((box["width"] - 2 * 16) / 640, (box["height"] - 2 * 16) / 480)
    left, top = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    return left + (x - 319.5) * scale, top + (y - 239.5) * scale


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_help_is_read_on_the_start_screen_and_in_a_project(serve, show, fox, scheme):
    app = serve()
    with show(app.security.address, scheme) as page:
        _wait(page, "screen", "start")
        page.keyboard.press("F1")
        page.get_by_role("heading", name="First five minutes").wait_for()
        page.get_by_role("link", name="Trouble shooting").click()
        page.wait_for_selector("a[href='#trouble-shooting'][aria-current]")
        n_pictures = page.locator(".help-text img").count()
        assert n_pictures == len(pictures_of())
        assert page.evaluate(SHOW_ALL, ".help-text img") == n_pictures
        page.keyboard.press("Escape")
        page.locator("dialog.help").wait_for(state="hidden")
    app.workspace.open(fox)
    with show(app.security.address, scheme) as page:
        _wait(page, "screen", "project")
        page.keyboard.press("?")
        page.get_by_role("button", name="Help", exact=True).last.click()
        page.get_by_role("heading", name="First five minutes").wait_for()
        assert not page.locator("dialog.shortcuts").is_visible()
        page.keyboard.press("F1")
        page.locator("dialog.help").wait_for(state="hidden")


def test_a_help_that_cannot_be_fetched_says_so_and_is_tried_again(serve, chromium):
    app = serve()
    page = chromium.new_page()
    page.goto(app.security.address)
    _wait(page, "screen", "start")
    answers = iter([False])
    page.route("**/help/", lambda route: route.continue_() if next(answers, True) else route.abort())
    page.keyboard.press("F1")
    page.get_by_text("The help cannot be loaded").wait_for()
    page.keyboard.press("Escape")
    page.locator("dialog.help").wait_for(state="hidden")
    page.keyboard.press("F1")
    page.get_by_role("heading", name="First five minutes").wait_for()
    page.close()


def test_pictures_of_start_and_trackers(serve, show, camera):
    with show(serve().security.address) as page:
        _wait(page, "screen", "start")
        page.set_viewport_size({"width": 1280, "height": 720})
        page.evaluate(SHOW_ALL, "#start img")
        camera.take("start", page.screenshot())
        page.get_by_role("button", name="Trackers").click()
        page.evaluate(HIDE_PLACES)
        camera.take("trackers", page.locator("dialog.trackers").screenshot())
    assert tuple(camera.taken) == OF_START


def test_pictures_of_placing(serve, show, fox, camera):
    truth = json.loads((sample_videos_dir() / "walking_fox.labels.json").read_text())["frames"]["0"]
    with show(serve(fox).security.address) as page:
        _wait(page, "frame", 0)
        page.keyboard.press("n")
        for number, at in enumerate([truth[name][:2] for name in ("nose", "eye", "ear_tip")], 1):
            page.mouse.click(*_on_stage(page, *at))
            _wait(page, "revision", number)
        page.mouse.move(*_on_stage(page, *truth["withers"][:2]))
        camera.take("place", page.locator(".stage-area").screenshot())
        page.keyboard.press("Escape")
        page.keyboard.press("?")
        box = page.locator("dialog.shortcuts .legend").bounding_box()
        last = page.locator("dialog.shortcuts .legend-entry").last.bounding_box()
        width = last["x"] + last["width"] + 24 - box["x"]
        camera.take("points", page.screenshot(clip={**box, "width": width}))
    assert tuple(camera.taken) == OF_PLACING


@pytest.mark.engine
@pytest.mark.timeout(600)
def test_pictures_of_work(program, show, labeled_fox, tracker_weights, camera):
    with show(program(labeled_fox).address) as page:
        _wait(page, "frame", 0)
        page.keyboard.press("t")
        _wait(page, "run", "done", RUN_MS)
        _toggle_advanced(page)
        page.locator("details.advanced input[type=number]").first.fill(str(N_STEPS))
        page.get_by_role("button", name="Refine").click()
        _wait(page, "step", N_STEPS, RUN_MS)
        _wait(page, "run", "done", RUN_MS)
        _toggle_advanced(page)
        page.evaluate("document.querySelectorAll('#run, #run *').forEach((node) => (node.scrollTop = 0))")
        _go(page, 34)
        camera.take("refine", page.locator("#run").screenshot())
        page.evaluate(BADGES, PARTS)
        camera.take("screen", page.screenshot())
        page.evaluate("document.querySelectorAll('.badge-of-the-help').forEach((badge) => badge.remove())")
        camera.take("timeline", page.locator("#timeline").screenshot())
        _picture_of_a_correction(page, camera)
        _picture_of_a_filter(page, camera)
    assert tuple(camera.taken) == OF_WORK


def _picture_of_a_correction(page, camera):
    page.get_by_role("option", name="nose").click()
    x, y = (float(part) for part in page.locator(".point-where").inner_text().split(", "))
    start = _on_stage(page, x, y)
    page.mouse.move(*start)
    page.mouse.down()
    page.mouse.move(start[0] - 3, start[1] + 2)
    page.mouse.move(start[0] - 6, start[1] + 4)
    camera.take("correct", page.locator(".stage-area").screenshot())
    page.keyboard.press("Escape")
    page.mouse.up()


def _picture_of_a_filter(page, camera):
    page.locator("#stage").focus()
    page.keyboard.press("f")
    page.get_by_label("Filter", exact=True).select_option("savgol")
    page.locator("#stage").focus()
    page.keyboard.press("c")
    page.get_by_role("option", name="right_hind_paw").click()
    page.get_by_text(re.compile(r"^Changes \d")).wait_for()
    camera.take("filters", page.screenshot())


def test_these_are_the_pictures_that_the_help_shows_and_they_are_small():
    taken = [*OF_START, *OF_PLACING, *OF_WORK]
    assert sorted(taken) == sorted(path.stem for path in pictures_of())
    assert sorted(taken) == sorted(path.stem for path in PICTURES.iterdir())
    assert sum(path.stat().st_size for path in PICTURES.iterdir()) < MOST_BYTES
