"""Which system packages are missing."""

import sys
from pathlib import Path

import pytest

from talpose_app.window import requirements
from talpose_app.window.requirements import APT_LINE, PACKAGE_OF, install_hint, missing_packages, not_found

LDD = """\
	linux-vdso.so.1 (0x00007ffc)
	libxcb-cursor.so.0 => not found
	libX11-xcb.so.1 => /usr/lib/x86_64-linux-gnu/libX11-xcb.so.1 (0x00007f)
	libasound.so.2 => not found
"""
BOOKWORM = 'NAME="Debian GNU/Linux"\nVERSION_ID="12"\nID=debian\n'
NOBLE = 'NAME="Ubuntu"\nVERSION_ID="24.04"\nID=ubuntu\n'


def test_not_found():
    assert not_found(LDD) == ["libxcb-cursor.so.0", "libasound.so.2"]
    assert not_found("statically linked") == []


@pytest.mark.parametrize(
    ("os_release", "packages"),
    [
        (BOOKWORM, ["libxcb-cursor0", "libasound2"]),
        (NOBLE, ["libxcb-cursor0", "libasound2t64"]),
        (NOBLE.replace("24.04", "22.04"), ["libxcb-cursor0", "libasound2"]),
        (BOOKWORM.replace("12", "13"), ["libxcb-cursor0", "libasound2t64"]),
        ("ID=arch\n", ["libxcb-cursor0", "libasound2"]),
        ("", ["libxcb-cursor0", "libasound2"]),
    ],
)
def test_packages_by_the_names_of_this_system(os_release, packages, monkeypatch):
    monkeypatch.setattr(requirements, "missing_libraries", lambda: not_found(LDD))
    monkeypatch.setattr(requirements, "_os_release", lambda path: os_release)
    assert missing_packages() == packages
    assert install_hint() == f"Install it: sudo apt-get install {' '.join(packages)}"


def test_no_hint_when_nothing_is_missing(monkeypatch):
    monkeypatch.setattr(requirements, "missing_libraries", list)
    assert install_hint() == ""


def test_an_unknown_library_is_named_itself(monkeypatch):
    monkeypatch.setattr(requirements, "missing_libraries", lambda: ["libnew.so.1"])
    assert missing_packages() == ["libnew.so.1"]


def test_the_apt_line_names_every_package_once():
    packages = APT_LINE.split("--no-install-recommends ")[1].split()
    assert sorted(packages) == sorted(set(PACKAGE_OF.values()))


def test_the_readme_says_the_same():
    text = (Path(__file__).parents[3] / "README.md").read_text().replace("\\\n", " ")
    line = next(x for x in text.splitlines() if x.startswith("apt-get install"))
    assert sorted(line.split("--no-install-recommends")[1].split()) == sorted(set(PACKAGE_OF.values()))


def test_other_systems_need_nothing(monkeypatch):
    monkeypatch.setattr(sys, "platform", "darwin")
    assert requirements.missing_libraries() == []


def test_real_libraries_can_be_looked_at():
    found = requirements.missing_libraries()
    assert all(name.startswith("lib") for name in found)
