import importlib.util
import sys

import pytest

from talpose_app.errors import FormatError
from talpose_app.formats.libraries import NDX_POSE, SLEAP_IO, reason
from talpose_app.formats.nwb import NwbExporter
from talpose_app.formats.sleap import SleapExporter
from talpose_app.formats.sleap_import import SleapImporter

LIBRARIES = pytest.mark.parametrize("library", [SLEAP_IO, NDX_POSE], ids=lambda library: library.package)


@pytest.fixture
def without_library(monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)


def test_a_library_is_loaded_when_asked_for():
    for library in (SLEAP_IO, NDX_POSE):
        assert library.is_installed()
        library.check_installed()
        assert library.offer("For friends.") == "For friends."
    assert SLEAP_IO.load().Labels
    assert NDX_POSE.load().PoseEstimation


@pytest.mark.parametrize(
    ("use", "extra"),
    [
        (SleapExporter().export, "sleap"),
        (lambda project, path: SleapImporter().read(path, project), "sleap"),
        (NwbExporter().export, "nwb"),
    ],
)
def test_without_the_library_one_line_says_how_to_get_it(
    use, extra, without_library, labeled_project, tmp_path
):
    path = tmp_path / "out"
    with pytest.raises(FormatError) as caught:
        use(labeled_project, path)
    assert str(caught.value).endswith(f'pip install "talpose[{extra}]"')
    assert "\n" not in str(caught.value)
    assert not path.exists()


def test_without_the_library_the_formats_say_what_they_need(without_library):
    assert SleapExporter().text.endswith('Needs: pip install "talpose[sleap]".')
    assert SleapImporter().text.endswith('Needs: pip install "talpose[sleap]".')
    assert NwbExporter().text.endswith('Needs: pip install "talpose[nwb]".')


@LIBRARIES
def test_the_executable_goes_without_it(monkeypatch, library):
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    assert not library.is_installed()
    with pytest.raises(FormatError, match="The executable goes without it"):
        library.load()


def test_reasons_are_one_line():
    assert reason(ValueError("First.\nSecond.")) == "First"
    assert reason(MemoryError()) == "MemoryError"
