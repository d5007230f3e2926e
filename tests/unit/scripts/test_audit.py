"""What the audit makes of pip-audit's answer; pip-audit itself needs the network."""

import importlib.metadata
import re
import subprocess

import pytest
from packaging.requirements import Requirement

from bundle.packages import Package
from scripts import audit

PACKAGES = [Package("torch", "2.13.0+cpu", "BSD", "", ()), Package("uvicorn", "0.54.0", "BSD", "", ())]
SOUND = {"name": "uvicorn", "version": "0.54.0", "vulns": []}
HOLE = {
    "name": "torch",
    "version": "2.13.0",
    "vulns": [{"id": "PYSEC-1", "fix_versions": ["2.14"]}, {"id": "PYSEC-2", "fix_versions": []}],
}
SKIPPED = {"name": "torch", "skip_reason": "not found"}


def test_versions_are_those_that_databases_know():
    assert audit.pinned(PACKAGES) == "torch==2.13.0\nuvicorn==0.54.0\n"
    assert audit.listed(PACKAGES) == "torch 2.13.0, uvicorn 0.54.0.\n"


@pytest.mark.parametrize(
    ("found", "code"), [([SOUND], 0), ([SOUND, HOLE], 1), ([SOUND, SKIPPED], 2), ([SKIPPED, HOLE], 1)]
)
def test_the_exit_code_never_calls_sound_what_was_not_looked_up(found, code):
    assert audit.verdict_of({"dependencies": found}).code == code


def test_holes_are_named_with_their_way_out():
    assert audit.verdict_of({"dependencies": [HOLE]}).holes == [
        "torch 2.13.0: PYSEC-1, mended in 2.14",
        "torch 2.13.0: PYSEC-2, mended in no version yet",
    ]


def test_where_pip_audit_does_not_run_nothing_counts_as_looked_up(monkeypatch, capsys):
    def fail(command, **_options):
        return subprocess.CompletedProcess(command, 1, "", "No module named pip_audit")

    monkeypatch.setattr(subprocess, "run", fail)
    assert audit.audit(PACKAGES).skipped == ["torch", "uvicorn"]
    assert "No module named pip_audit" in capsys.readouterr().err


def test_versions_go_to_their_place_and_nowhere_else():
    page = "a\n<!-- versions: x -->\nold 1.\n<!-- end of versions -->\nb\n"
    assert audit.with_versions(page, "new 2.\n") == page.replace("old 1.", "new 2.")


def test_the_page_lists_every_package_that_is_asked_for():
    """If this fails: python -m scripts.audit --write."""
    text = audit.PAGE.read_text(encoding="utf-8")
    found = re.search(r"<!-- versions[^>]*-->\n(.*?)<!-- end of versions -->", text, re.DOTALL)
    assert found is not None
    named = {part.split()[0].lower().replace("_", "-") for part in found[1].rstrip(".\n").split(", ")}
    wanted = [
        Requirement(line) for line in importlib.metadata.requires("talpose") or [] if "extra ==" not in line
    ]
    assert len(wanted) > 10
    assert named >= {each.name.lower().replace("_", "-") for each in wanted}
