"""Tests mirror the code, checked by program: every module has its test module, every unit test its module."""

from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "talpose_app"
UNIT = ROOT / "tests" / "unit"

#: Modules without a unit test of their own, each with the place that tests it.
TESTED_ELSEWHERE = {
    "__main__.py": "tests/integration runs the program",
    "model/arrays.py": "names only",
}


def _modules() -> list[str]:
    files = (path.relative_to(PACKAGE) for path in PACKAGE.rglob("*.py"))
    return sorted(str(path) for path in files if path.name != "__init__.py" and path.parts[0] != "_bundled")


def _test_of(module: str) -> Path:
    path = Path(module)
    return UNIT / path.parent / f"test_{path.name}"


@pytest.mark.parametrize("module", [m for m in _modules() if m not in TESTED_ELSEWHERE])
def test_every_module_has_its_unit_test(module):
    assert _test_of(module).is_file(), f"write {_test_of(module).relative_to(ROOT)}"


def test_every_unit_test_has_its_module():
    rooms = {path.name for path in PACKAGE.iterdir() if path.is_dir()}
    tests = [p.relative_to(UNIT) for p in UNIT.rglob("test_*.py")]
    strays = [
        str(test) for test in tests
        if (test.parts[0] in rooms or len(test.parts) == 1)
        and not (PACKAGE / test.parent / test.name.removeprefix("test_")).is_file()
    ]  # fmt: skip
    assert not strays


def test_no_file_is_too_long():
    limit = 600
    scripts = (path for path in (PACKAGE / "web").rglob("*.js") if "vendor" not in path.parts)
    sources = [*PACKAGE.rglob("*.py"), *scripts]
    long = {str(p.relative_to(ROOT)): n for p in sources if (n := len(p.read_text().splitlines())) > limit}
    assert not long
