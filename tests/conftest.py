"""Fixtures shared by all tests: every module in tests/fixtures is a plugin."""

import os
from pathlib import Path

import numpy as np
import pytest

# A test is one of several at once on a small machine; more threads each would only wait for one another.
os.environ.setdefault("OMP_NUM_THREADS", "1")

_FIXTURES = Path(__file__).parent / "fixtures"
pytest_plugins = [f"tests.fixtures.{file.stem}" for file in sorted(_FIXTURES.glob("[a-z]*.py"))]


@pytest.fixture
def rng() -> np.random.Generator:
    """The same random numbers in every run."""
    return np.random.default_rng(20250604)


@pytest.fixture(autouse=True)
def talpose_home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A user folder of the test's own: no test reads or writes the real one."""
    home = tmp_path_factory.mktemp("talpose_home")
    monkeypatch.setenv("TALPOSE_HOME", str(home))
    return home
