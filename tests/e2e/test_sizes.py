"""Windows as small as they can be made: everything that can be pressed can be seen and pressed. No run."""

import pytest

from tests.fixtures.hands import wait

pytestmark = [pytest.mark.browser, pytest.mark.slow]

#: The buttons of a part of the page that something else lies over, or that are cut off, by their words.
COVERED = """
(root) => [...document.querySelectorAll(`${root} button`)].filter((node) => {
  const box = node.getBoundingClientRect();
  const corners = [[box.left + 3, box.top + box.height / 2], [box.right - 3, box.top + box.height / 2]];
  return box.width > 0 && !corners.every(([x, y]) => node.contains(document.elementFromPoint(x, y)));
}).map((node) => node.textContent || node.title)
"""


@pytest.fixture
def five_recents(serve, walk):
    """The app at its start screen, after five projects with long names."""
    app = serve()
    for number in range(5):
        video = walk.with_name(f"mouse_openfield_session_2026_trial_{number:03d}.mp4")
        video.write_bytes(walk.read_bytes())
        app.workspace.open(video)
    app.workspace.close()
    return app


@pytest.mark.parametrize("size", [(800, 560), (900, 600), (1280, 720)])
def test_the_start_screen_covers_none_of_its_buttons(five_recents, open_tab, size):
    page = open_tab(five_recents)
    page.set_viewport_size({"width": size[0], "height": size[1]})
    wait(page, "screen", "start")
    page.locator(".recent-item").nth(4).wait_for()
    assert page.evaluate(COVERED, "#start") == []


def test_a_start_screen_that_does_not_fit_scrolls(five_recents, open_tab):
    page = open_tab(five_recents)
    page.set_viewport_size({"width": 640, "height": 300})
    wait(page, "screen", "start")
    last = page.locator(".recent-item").nth(4)
    page.mouse.move(320, 150)
    page.mouse.wheel(0, 2000)
    last.click(trial=True)
    assert page.evaluate("document.querySelector('#start').scrollTop") > 0


@pytest.mark.parametrize("size", [(800, 560), (900, 600), (1280, 720)])
@pytest.mark.parametrize("read_only", [False, True])
def test_the_toolbar_covers_none_of_its_buttons(serve, open_tab, walk, size, read_only):
    first = serve(walk)
    app = first
    if read_only:
        app = serve()
        app.workspace.open(walk)
    page = open_tab(app)
    page.set_viewport_size({"width": size[0], "height": size[1]})
    wait(page, "frame", 0)
    for close in page.locator("#toasts button").all():
        close.click()
    assert page.evaluate(COVERED, "#toolbar") == []
    assert page.evaluate(
        """() => [...document.querySelectorAll(".toolbar-middle > *")].every((node, i, all) =>
          i === 0 || node.getBoundingClientRect().width === 0 ||
          node.getBoundingClientRect().left >= all[i - 1].getBoundingClientRect().right - 1)"""
    )
