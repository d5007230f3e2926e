"""Names that are markup and script, in a real browser: shown as text, and nothing of them runs."""

import json

import pytest

from talpose_app.model.edits import ChangeSkeleton
from talpose_app.protocol import messages as m
from tests.fixtures.projects import NOSE
from tests.fixtures.sessions import set_label

pytestmark = [pytest.mark.browser, pytest.mark.slow]

#: Runs as soon as it is taken for markup. No slash: it is a file name too.
MARKUP = "<img src=x onerror=document.body.dataset.ran=1>"
NAME = f"{MARKUP}<script>document.body.dataset.ran=1</script>"

#: What the page would hold if any of it had been taken for markup.
ELEMENTS = "img[src='x'], script:not([src])"

INLINE = {
    "a script": "add('script', { textContent: RUN })",
    "a handler": "document.body.insertAdjacentHTML('beforeend', `<img src=x onerror='${RUN}'>`)",
    "a link": "add('a', { href: `javascript:${RUN}` }).click()",
    "a style": "document.body.insertAdjacentHTML('beforeend', '<p style=\"color: red\">')",
    "a script from elsewhere": "add('script', { src: 'http://127.0.0.1:9/x.js' })",
    "a frame": "add('iframe', { src: 'data:text/html,x' })",
}

STOPPED = """
() => new Promise((resolve) => {
  const RUN = "document.body.dataset.ran=1";
  const add = (tag, fields) => document.body.appendChild(Object.assign(document.createElement(tag), fields));
  document.addEventListener("securitypolicyviolation", (event) => resolve(event.effectiveDirective));
  %s;
})
"""


@pytest.fixture
def app(serve, walk):
    """A project all of whose names are hostile."""
    video = walk.rename(walk.with_name(f"{MARKUP}.mp4"))
    app = serve(video)
    session = app.workspace.session
    session.apply("Add keypoint", ChangeSkeleton(session.project.skeleton.with_keypoint(NAME)))
    session.apply(NAME, set_label(NOSE, 0, 10.0, 20.0))
    return app


def _assert_only_text(page):
    assert page.locator(ELEMENTS).count() == 0
    assert page.evaluate("document.body.dataset.ran ?? null") is None


def test_names_in_a_project_are_text_everywhere(app, open_tab):
    page = open_tab(app)
    page.wait_for_selector("body[data-frame='0']", state="attached")
    assert page.title().startswith(MARKUP)
    row = page.get_by_role("option", name=NAME)
    row.click()
    assert row.locator(".keypoint-name").inner_text() == NAME
    for key in ("f", "Escape", "j", "F1", "Escape", "?", "Escape", "c", "F2", "Escape"):
        page.keyboard.press(key)
        _assert_only_text(page)
    row.hover()
    page.locator("#stage").hover()
    page.keyboard.press("Control+z")
    page.wait_for_selector("body[data-revision='3']", state="attached")
    _assert_only_text(page)


def test_a_name_typed_in_is_kept_as_it_was_typed(app, open_tab):
    page = open_tab(app)
    page.wait_for_selector("body[data-frame='0']", state="attached")
    page.get_by_role("option", name=NAME).click()
    page.keyboard.press("F2")
    typed = f"&lt;b&gt;{MARKUP}"
    page.keyboard.type(typed)
    page.keyboard.press("Enter")
    page.wait_for_selector("body[data-revision='3']", state="attached")
    assert page.locator(".keypoint-name").inner_text() == typed
    assert app.workspace.session.project.skeleton.keypoints[0].name == typed
    _assert_only_text(page)


def test_file_names_and_errors_about_them_are_text(serve, open_tab, tmp_path, monkeypatch):
    (tmp_path / f"{MARKUP}.mp4").write_bytes(b"no video")
    (tmp_path / f"folder {MARKUP}").mkdir()
    (tmp_path / f"project {MARKUP}.talpose.json").write_text(json.dumps({"format": NAME, "video": NAME}))
    monkeypatch.setenv("HOME", str(tmp_path))
    page = open_tab(serve())
    page.wait_for_selector("body[data-screen='start']", state="attached")
    for name in (f"{MARKUP}.mp4", f"project {MARKUP}.talpose.json"):
        page.get_by_role("button", name="Open").first.click()
        page.get_by_role("button", name=f"folder {MARKUP}").wait_for()
        page.get_by_role("button", name=name).click()
        page.locator("#toasts").get_by_text(name).first.wait_for()
        _assert_only_text(page)
        page.keyboard.press("Escape")


def test_names_told_by_the_server_later_are_text(app, open_tab):
    page = open_tab(app)
    page.wait_for_selector("body[data-frame='0']", state="attached")
    app.service.hub.tell(m.Notice(level="error", message=NAME, hint=NAME))
    page.locator("#toasts").get_by_text(NAME).first.wait_for()
    app.page().request(m.KeypointAdded, m.AddKeypoint, name=f"second {NAME}")
    page.get_by_role("option", name=f"second {NAME}").wait_for()
    _assert_only_text(page)


@pytest.mark.parametrize("what", INLINE)
def test_the_policy_stops_what_would_get_in_all_the_same(chromium, app, what):
    """The second wall: even markup that the page would put in by mistake does not run."""
    context = chromium.new_context()
    page = context.new_page()
    page.goto(app.security.address)
    page.wait_for_selector("body[data-frame='0']", state="attached")
    stopped = page.evaluate(STOPPED % INLINE[what])
    ran = page.evaluate("document.body.dataset.ran ?? null")
    context.close()
    assert ran is None
    assert stopped.split("-")[0] in {"script", "style", "default", "frame"}
