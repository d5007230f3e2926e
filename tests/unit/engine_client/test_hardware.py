"""What is said of torch and the machine, without torch."""

import subprocess
import sys

import pytest

from talpose_app.engine_client import hardware
from talpose_app.engine_client.hardware import Hardware, look_at_hardware


@pytest.fixture
def torch_of(tmp_path, monkeypatch):
    """Pretend that a torch of this build is installed."""

    def install(version_text):
        package = tmp_path / "torch"
        package.mkdir()
        (package / "__init__.py").write_text("raise ImportError('must not be loaded')")
        (package / "version.py").write_text(version_text)
        monkeypatch.syspath_prepend(str(tmp_path))
        monkeypatch.delitem(sys.modules, "torch", raising=False)

    return install


@pytest.mark.parametrize(
    ("text", "build"),
    [
        ("__version__ = '2.9.0+cpu'\ncuda: Optional[str] = None\nhip: Optional[str] = None\n", "cpu"),
        ("__version__ = '2.9.0'\ncuda: Optional[str] = '12.8'\nhip: Optional[str] = None\n", "cuda"),
        ("__version__ = '2.9.0'\ncuda: Optional[str] = None\nhip: Optional[str] = '6.4'\n", "hip"),
    ],
)
def test_the_build_is_read_and_not_loaded(torch_of, monkeypatch, text, build):
    monkeypatch.setattr(sys, "platform", "linux")
    torch_of(text)
    assert look_at_hardware().build == build


def test_drivers_are_seen(tmp_path, monkeypatch):
    monkeypatch.setattr(hardware, "_NVIDIA", tmp_path / "nvidia")
    monkeypatch.setattr(hardware, "_AMD", tmp_path / "amd")
    assert look_at_hardware().processor == ""
    (tmp_path / "amd").touch()
    assert look_at_hardware().processor == "AMD"
    (tmp_path / "nvidia").touch()
    assert look_at_hardware().processor == "NVIDIA"


def test_a_build_for_cpus_says_how_to_use_more(monkeypatch):
    found = Hardware("cpu", "NVIDIA")
    assert "built for CPUs only; a graphics processor by NVIDIA is there" in found.summary
    assert "in the same environment" in found.advice
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    assert "install TALPose by pip" in found.advice


@pytest.mark.parametrize("build", ["cuda", "hip", "mps", "none"])
def test_other_builds_need_no_advice(build):
    found = Hardware(build, "")
    assert found.advice == ""
    assert found.summary.endswith(".")


def test_torch_stays_unloaded():
    code = "import sys; from talpose_app.engine_client.hardware import look_at_hardware as look; look(); "
    run = subprocess.run([sys.executable, "-c", code + "sys.exit('torch' in sys.modules)"], check=False)
    assert run.returncode == 0
