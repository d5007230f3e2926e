"""The main job in a real browser on the real engine: place, track, correct, refine, undo, reload."""

import re
from dataclasses import dataclass

import pytest

from talpose_app.protocol import messages as m
from talpose_app.store.store import ProjectStore
from tests.fixtures.browsers import watch
from tests.fixtures.command_line import path_of

pytestmark = [pytest.mark.browser, pytest.mark.engine, pytest.mark.slow, pytest.mark.timeout(600)]

N_STEPS = 8
#: The engine loads torch and the tracker first; the machine may be busy.
RUN_MS = 240_000

#: Notes the step shown each time the page has drawn a track update.
WATCH_STEPS = """
() => {
  window.steps = [];
  let seen = document.body.dataset.updates;
  new MutationObserver(() => {
    if (document.body.dataset.updates !== seen) {
      seen = document.body.dataset.updates;
      window.steps.push(Number(document.body.dataset.step));
    }
  }).observe(document.body, { attributes: true, attributeFilter: ["data-updates"] });
}
"""


@dataclass
class Picture:
    """Where the video is on the screen."""

    left: float
    top: float
    scale: float

    def at(self, x, y):
        return self.left + x * self.scale, self.top + y * self.scale


class Tab:
    """The page as a user's hands and eyes have it."""

    def __init__(self, page):
        self.page = page

    def wait(self, name, value, timeout=30_000):
        self.page.wait_for_selector(f"body[data-{name}='{value}']", state="attached", timeout=timeout)

    def data(self, name):
        return self.page.get_attribute("body", f"data-{name}")

    def wait_beyond(self, name, *values, timeout=30_000):
        """Wait until a value is none of these any more."""
        others = "".join(f":not([data-{name}='{value}'])" for value in values)
        self.page.wait_for_selector(f"body{others}", state="attached", timeout=timeout)

    def wait_for_run(self):
        """Wait for the run to end well; a failure is told at once and in the page's words."""
        ended = "body[data-run='done'], body[data-run='failed']"
        self.page.wait_for_selector(ended, state="attached", timeout=RUN_MS)
        assert self.data("run") == "done", self.page.locator("#run").inner_text()

    def picture(self):
        """Read the place of the picture off the status bar, at two places of the stage."""
        box = self.page.locator("#stage").bounding_box()
        middle = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
        (ax, ay), (bx, by) = self._pointer(*middle), self._pointer(middle[0] + 60, middle[1] + 40)
        scale = 60 / (bx - ax)
        assert scale == pytest.approx(40 / (by - ay), rel=0.05)
        return Picture(middle[0] - ax * scale, middle[1] - ay * scale, scale)

    def _pointer(self, x, y):
        self.page.mouse.move(x, y)
        text = self.page.locator(".status-pointer").inner_text()
        found = re.fullmatch(r"x (\S+)\s+y (\S+)", text)
        assert found, text
        return float(found[1]), float(found[2])

    def drag(self, start, stop):
        self.page.mouse.move(*start)
        self.page.mouse.down()
        self.page.mouse.move((start[0] + stop[0]) / 2, (start[1] + stop[1]) / 2)
        self.page.mouse.move(*stop)
        self.page.mouse.up()


@pytest.fixture
def app(program, small_clip, tracker_weights):
    return program(small_clip)


@pytest.fixture
def tab(chromium, app):
    context = chromium.new_context(viewport={"width": 1280, "height": 800})
    page = context.new_page()
    problems = []
    watch(page, problems)
    page.goto(app.address)
    tab = Tab(page)
    tab.wait("screen", "project")
    tab.wait("frame", 0)
    yield tab
    context.close()
    assert problems == []


def _state(spy):
    """The project as the server has it now."""
    project = spy.hello().project
    assert project is not None
    return project


def _bits(project):
    return [
        (x.individual_id, x.keypoint_id, x.frame_idx, x.x.hex(), x.y.hex(), x.visibility)
        for x in project.labels
    ]


def _position(project, keypoint_id, frame_idx):
    """Where a point is predicted at a frame."""
    import numpy as np

    track = next(x for x in project.tracks if x.keypoint_id == keypoint_id)
    return np.frombuffer(track.positions.data, "<f4").reshape(track.positions.shape)[frame_idx].tolist()


def test_the_main_job(app, tab, small_clip):
    spy = app.page()
    picture = _place_two_points(tab, spy)
    tracked = _track(tab, spy)
    corrected = _correct(tab, spy, picture, tracked)
    refined = _refine_and_correct_meanwhile(tab, spy, picture, corrected)
    _undo_and_redo(tab, spy, corrected, refined)
    _reload(tab, spy)
    last = _bits(_state(spy))
    tab.page.close()
    assert app.end()[0] == 0
    _labels_are_on_the_disk(small_clip, last)


def _place_two_points(tab, spy):
    picture = tab.picture()
    tab.page.keyboard.press("n")
    for number, name in enumerate(("left", "right"), 1):
        tab.page.mouse.click(*picture.at(*path_of(name, 0)))
        tab.wait("revision", number)
    tab.page.keyboard.press("Escape")
    placed = _state(spy)
    assert [k.name for k in placed.skeleton.keypoints] == ["point_1", "point_2"]
    for label, name in zip(placed.labels, ("left", "right"), strict=True):
        assert (label.x, label.y) == pytest.approx(path_of(name, 0), abs=1)
    assert tab.data("save") == "saved"
    return picture


def _track(tab, spy):
    tab.page.keyboard.press("t")
    tab.wait_for_run()
    tracked = _state(spy)
    assert [x.positions.shape for x in tracked.tracks] == [(24, 2), (24, 2)]
    assert [run.kind for run in tracked.runs] == ["track"]
    return tracked


def _correct(tab, spy, picture, tracked):
    tab.page.keyboard.press("Shift+ArrowRight")
    tab.wait("frame", 10)
    x, y = _position(tracked, 1, 10)
    target = x + 6, y - 4
    tab.drag(picture.at(x, y), picture.at(*target))
    tab.wait("revision", tracked.revision + 1)
    corrected = _state(spy)
    label = next(x for x in corrected.labels if x.frame_idx == 10)
    assert label.keypoint_id == 1
    assert (label.x, label.y) == pytest.approx(target, abs=1)
    assert _bits(tracked) == [x for x in _bits(corrected) if x[2] == 0]
    return corrected


def _refine_and_correct_meanwhile(tab, spy, picture, before):
    tab.page.evaluate(WATCH_STEPS)
    tab.page.locator("details.advanced summary").press("Enter")  # Nothing that moves can be missed by it.
    tab.page.locator("details.advanced input[type=number]").first.fill(str(N_STEPS))
    tab.page.get_by_role("button", name="Refine").click()
    tab.wait_beyond("step", 0, 1, timeout=RUN_MS)
    assert tab.data("run") == "running"
    label = next(x for x in before.labels if x.frame_idx == 10)
    tab.drag(picture.at(label.x, label.y), picture.at(label.x + 4, label.y + 3))
    moved = spy.event(
        m.ProjectChanged, lambda event: bool(event.labels_set) and event.revision > before.revision
    )
    assert [(x.keypoint_id, x.frame_idx) for x in moved.labels_set] == [(1, 10)]
    assert tab.data("run") == "running"
    tab.wait_for_run()
    refined = _state(spy)
    steps = [step for step in tab.page.evaluate("window.steps") if step > 0]
    # A step is told again when a correction has changed its tracks.
    assert list(dict.fromkeys(steps)) == list(range(1, N_STEPS + 1))
    assert sorted(steps) == steps
    assert int(tab.data("updates")) >= N_STEPS
    assert len(refined.runs[-1].losses) == N_STEPS
    return refined


def _undo_and_redo(tab, spy, before, refined):
    """The run is one step; the correction made during it is another, and comes first."""
    tab.page.locator("#stage").focus()
    tab.page.keyboard.press("Control+z")
    tab.wait("revision", refined.revision + 1)
    undone = _state(spy)
    assert undone.tracks == before.tracks
    assert _bits(undone) == _bits(refined)
    tab.page.keyboard.press("Control+z")
    tab.wait("revision", refined.revision + 2)
    assert _bits(_state(spy)) == _bits(before)
    for number in (3, 4):
        tab.page.keyboard.press("Control+Shift+z")
        tab.wait("revision", refined.revision + number)
    again = _state(spy)
    assert (again.tracks, again.runs) == (refined.tracks, refined.runs)
    assert _bits(again) == _bits(refined)


def _reload(tab, spy):
    before = _state(spy)
    tab.page.reload()
    tab.wait("screen", "project")
    tab.wait("revision", before.revision)
    tab.wait("frame", 10)
    assert "3 labels on 2 frames" in tab.page.locator("#status").inner_text()
    assert tab.page.locator("#keypoints").get_by_text("point_2").count() >= 1
    after = _state(spy)
    assert (_bits(after), after.tracks) == (_bits(before), before.tracks)


def _labels_are_on_the_disk(small_clip, last):
    opened = ProjectStore.open(small_clip.with_name("squares.talpose.json"), read_only=True)
    labels = opened.project.all_labels()
    found = [(*x.point, x.frame_idx, x.x.hex(), x.y.hex(), x.visibility.value) for x in labels]
    opened.store.close()
    assert found == last
