"""Labels placed by hand in a real browser: none is lost, none is made that nobody meant. No run."""

import pytest

from talpose_app.model.edits import ChangeSkeleton
from tests.fixtures.hands import wait
from tests.fixtures.projects import NOSE, TAIL
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
