"""From the pointer's release to the bent track on the screen, in a real Chromium on the running program."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.instant.times import fill
from talpose_app.engine_client.client import EngineClient
from talpose_app.errors import UsageError
from talpose_app.session.session import Session
from talpose_app.video.write import VideoWriter

if TYPE_CHECKING:
    from playwright.sync_api import Page

_ROOT = Path(__file__).resolve().parents[2]
_BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_SIZE = (160, 120)

#: Notes for each release of the pointer when the overlay, trails and all, was drawn anew (told by a piece of
#: it: reading all back takes longer than drawing), and when the word came that the label is on the disk.
_WATCH = """
() => {
  window.waits = [];
  const overlay = document.querySelectorAll("#stage canvas")[1];
  const look = (event) => {
    const box = overlay.getBoundingClientRect();
    const ratio = overlay.width / box.width;
    const [x, y] = [(event.clientX - box.left) * ratio, (event.clientY - box.top) * ratio];
    return overlay.getContext("2d").getImageData(x - 8, y - 8, 17, 17).data;
  };
  document.addEventListener("pointerup", (event) => {
    const { revision } = document.body.dataset;
    const before = look(event);
    const wait = {};
    const frame = () => {
      const now = performance.now();
      if (!wait.drawn && look(event).some((value, i) => value !== before[i])) {
        wait.drawn = now - event.timeStamp;
      }
      if (!wait.durable && document.body.dataset.revision !== revision) {
        wait.durable = now - event.timeStamp;
      }
      if (wait.drawn && wait.durable) {
        window.waits.push(wait);
      } else {
        requestAnimationFrame(frame);
      }
    };
    requestAnimationFrame(frame);
  }, { capture: true });
}
"""


@dataclass(frozen=True, slots=True)
class Seen:
    """What the user saw.

    Attributes:
        frames: Of the video.
        points: Tracked keypoints.
        drawn_ms: From each release of the pointer to the animation frame after the bent track was drawn.
        durable_ms: To the one after the server's word that the label is on the disk.
    """

    frames: int
    points: int
    drawn_ms: tuple[float, ...]
    durable_ms: tuple[float, ...]

    def line(self) -> str:
        """A row of the table."""
        cells = [
            f"{np.percentile(ms, 50):.0f} / {np.percentile(ms, 95):.0f}"
            for ms in (self.drawn_ms, self.durable_ms)
        ]
        return f"| {self.frames} | {self.points} | {' | '.join(cells)} |"


HEAD = (
    "| frames | keypoints | pointer up to bent track drawn, ms (p50 / p95) | to the word that it is durable |"
    "\n|---|---|---|---|"
)


def seen(n_frames: int, n_points: int, n_labels: int) -> Seen:
    """Place labels by the pointer, each on another frame.

    Raises:
        UsageError: There is no Chromium.
    """
    program = next((found for name in _BROWSERS if (found := shutil.which(name))), None)
    if program is None:
        raise UsageError("There is no Chromium to look with.", hint="Install it, or leave out --page.")
    # Needed here only, and not everywhere installed.
    from playwright.sync_api import sync_playwright  # noqa: PLC0415

    with tempfile.TemporaryDirectory(prefix="talpose-benchmark-") as folder:
        video = Path(folder) / "made.mp4"
        _write(video, n_frames)
        session = Session.create(video.with_name("made.talpose.json"), video, EngineClient())
        fill(session, n_points, np.random.default_rng(0))
        session.close()
        with _serving(session.path, folder) as address, sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
            page = browser.new_page(viewport={"width": 1280, "height": 720})
            page.goto(address)
            page.wait_for_selector("body[data-frame='0']", state="attached")
            page.evaluate(_WATCH)
            for number in range(n_labels):
                _place(page, number, 3 + number * (n_frames - 6) // n_labels)
            waits = json.loads(page.evaluate("JSON.stringify(window.waits)"))
            browser.close()
    drawn, durable = ([wait[name] for wait in waits] for name in ("drawn", "durable"))
    return Seen(n_frames, n_points, tuple(drawn), tuple(durable))


def _place(page: Page, number: int, frame_idx: int) -> None:
    """Go to a frame and put the first keypoint somewhere else."""
    page.keyboard.press("g")
    page.keyboard.type(str(frame_idx))
    page.keyboard.press("Enter")
    page.wait_for_selector(f"body[data-frame='{frame_idx}']", state="attached")
    page.get_by_role("option", name="point_1,").click()
    box = page.locator("#stage").bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] * (0.4 + 0.02 * (number % 10)), box["y"] + box["height"] * 0.5
    page.keyboard.down("Shift")
    page.mouse.click(x, y)
    page.keyboard.up("Shift")
    page.wait_for_function("(count) => window.waits.length >= count", arg=number + 1)


def _write(path: Path, n_frames: int) -> None:
    """A small video of that many frames."""
    picture = np.zeros((_SIZE[1], _SIZE[0], 3), np.uint8)
    picture[...] = np.linspace(40, 200, _SIZE[0], dtype=np.uint8)[None, :, None]
    writer = VideoWriter(path, _SIZE, 30.0, crf=30)
    for frame_idx in range(n_frames):
        writer.write(np.roll(picture, frame_idx, axis=1))
    writer.close()


@contextmanager
def _serving(project: Path, home: str) -> Generator[str]:
    """The program's address while it serves a project."""
    process = subprocess.Popen(  # noqa: S603  our own program
        [sys.executable, "-m", "talpose_app", "--no-window", str(project)],
        cwd=_ROOT,
        env={**os.environ, "TALPOSE_HOME": home},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    try:
        yield process.stdout.readline().split(" at ")[1].strip()
    finally:
        process.terminate()
        process.wait()
