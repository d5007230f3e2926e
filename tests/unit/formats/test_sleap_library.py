import importlib.util
import sys

import pytest

from talpose_app.errors import FormatError
from talpose_app.formats.sleap import SleapExporter
from talpose_app.formats.sleap_import import SleapImporter
from talpose_app.formats.sleap_library import check_installed, is_installed, offer, reason, sleap_io


@pytest.fixture
def without_library(monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)


def test_the_library_is_loaded_when_asked_for():
    assert is_installed()
    check_installed()
    assert sleap_io().Labels
    assert offer("For SLEAP.") == "For SLEAP."


def test_without_the_library_one_line_says_how_to_get_it(without_library, labeled_project, tmp_path):
    path = tmp_path / "out.slp"
    for use in (SleapExporter().export, lambda project, path: SleapImporter().read(path, project)):
        with pytest.raises(FormatError) as caught:
            use(labeled_project, path)
        assert str(caught.value).endswith('pip install "talpose[sleap]"')
        assert "\n" not in str(caught.value)
    assert not path.exists()


def test_without_the_library_the_formats_say_what_they_need(without_library):
    assert SleapExporter().text.endswith('Needs: pip install "talpose[sleap]".')
    assert SleapImporter().text.endswith('Needs: pip install "talpose[sleap]".')


def test_the_executable_goes_without_it(monkeypatch):
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    assert not is_installed()
    with pytest.raises(FormatError, match="The executable goes without it"):
        sleap_io()


def test_reasons_are_one_line():
    assert reason(ValueError("First.\nSecond.")) == "First"
    assert reason(MemoryError()) == "MemoryError"
