"""The menu of formats in a real browser: what each is for, exports and imports."""

import pytest

from talpose_app.formats.registry import EXPORTERS, IMPORTERS
from talpose_app.model.edits import ChangeSkeleton
from tests.fixtures.clients import ChoosingDialogs
from tests.fixtures.projects import NOSE
from tests.fixtures.sessions import set_label

pytestmark = [pytest.mark.browser, pytest.mark.slow]

TABLE = """scorer,,,Ada,Ada,Ada,Ada
individuals,,,m1,m1,m2,m2
bodyparts,,,nose,nose,nose,nose
coords,,,x,y,x,y
labeled-data,hen,img03.png,1.5,2.5,3.5,4.5
"""


def _open_menu(page):
    page.wait_for_selector("body[data-frame='0']", state="attached")
    page.get_by_role("button", name="Export", exact=True).click()
    return page.get_by_role("menuitem")


def test_every_format_is_offered_with_what_it_is_for(serve, walk, open_tab):
    page = open_tab(serve(walk, dialogs=ChoosingDialogs(None)))
    items = _open_menu(page)
    offered = [
        *((chosen.title, chosen.text) for chosen in EXPORTERS),
        *((f"Import: {chosen.title}…", chosen.text) for chosen in IMPORTERS),
    ]
    assert [tuple(text.split("\n")) for text in items.all_inner_texts()] == offered
    last = items.last.bounding_box()
    assert last["y"] + last["height"] <= page.viewport_size["height"]


def test_labels_are_imported_from_deeplabcut_and_exported_again(serve, walk, open_tab, tmp_path):
    dialogs = ChoosingDialogs(tmp_path / "CollectedData_Ada.csv")
    dialogs.path.write_text(TABLE)
    app = serve(walk, dialogs=dialogs)
    page = open_tab(app)
    _open_menu(page).get_by_text("Import: DeepLabCut training data").click()
    page.locator("#toasts").get_by_text("2 new labels").wait_for()
    page.locator("#toasts").get_by_text("of a video hen").wait_for()
    page.wait_for_selector("body[data-revision='1']", state="attached")
    dialogs.path = tmp_path / "out.csv"
    _open_menu(page).get_by_text("DeepLabCut training data", exact=True).click()
    page.get_by_text(str(dialogs.path)).wait_for()
    assert dialogs.path.read_text().splitlines()[-1].startswith("labeled-data,walk,img")
    assert dialogs.path.read_text().splitlines()[-1].endswith("1.5,2.5,3.5,4.5")


def test_what_is_lost_is_told(serve, walk, open_tab, tmp_path):
    dialogs = ChoosingDialogs(tmp_path / "out.csv")
    app = serve(walk, dialogs=dialogs)
    session = app.workspace.session
    session.apply("Add keypoint", ChangeSkeleton(session.project.skeleton.with_keypoint("nose")))
    session.apply("Label", set_label(NOSE, 0, 10.0, 20.0))
    page = open_tab(app)
    page.wait_for_selector("body[data-frame='0']", state="attached")
    page.get_by_role("option", name="nose").click()
    page.locator("#stage").focus()
    page.keyboard.press("o")
    page.wait_for_selector("body[data-revision='3']", state="attached")
    _open_menu(page).get_by_text("DeepLabCut analysis").click()
    page.get_by_role("dialog", name="Exported").get_by_text("1 label of absent points").wait_for()


def test_a_file_of_another_kind_is_refused_where_the_user_looks(serve, walk, open_tab, tmp_path):
    dialogs = ChoosingDialogs(tmp_path / "other.csv")
    dialogs.path.write_text("a,b\n1,2\n")
    app = serve(walk, dialogs=dialogs)
    page = open_tab(app)
    _open_menu(page).get_by_text("Import: DeepLabCut").click()
    page.locator("#toasts").get_by_text("is not a DeepLabCut table").wait_for()
    assert app.workspace.session.revision == 0
