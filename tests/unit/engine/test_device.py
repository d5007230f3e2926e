"""The choice of a device."""

import re
from contextlib import nullcontext
from pathlib import Path

import pytest
import torch

from talpose_app.engine import device
from talpose_app.engine.device import mixed_precision, pick_device
from talpose_app.errors import UsageError

pytestmark = pytest.mark.engine


def test_auto_takes_what_there_is():
    assert pick_device("auto").type in {"cuda", "mps", "cpu"}
    assert pick_device("cpu") == torch.device("cpu")


@pytest.mark.parametrize(("has_cuda", "has_mps", "expected"), [(1, 1, "cuda"), (0, 1, "mps"), (0, 0, "cpu")])
def test_auto_prefers_the_fastest(monkeypatch, has_cuda, has_mps, expected):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: bool(has_cuda))
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: bool(has_mps))
    assert pick_device().type == expected


def test_a_device_that_is_not_there_is_refused(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    with pytest.raises(UsageError, match=r"cuda.*--device auto"):
        pick_device("cuda")


def test_an_unknown_device_is_refused():
    with pytest.raises(UsageError, match=r"tpu.*auto, cpu, cuda, mps"):
        pick_device("tpu")


@pytest.mark.parametrize(
    ("kind", "has_units", "expected"),
    [
        ("cuda", True, ("cuda", torch.bfloat16)),
        ("cuda", False, None),
        ("mps", True, None),
        ("cpu", True, None),
    ],
)
def test_bfloat16_is_for_processors_with_units_for_it(monkeypatch, kind, has_units, expected):
    asked = []

    def autocast(*told):
        asked.append(told)
        return nullcontext()

    monkeypatch.setattr(torch.cuda, "is_bf16_supported", lambda including_emulation: has_units)
    monkeypatch.setattr(torch, "autocast", autocast)
    with mixed_precision(torch.device(kind)):
        pass
    assert asked == ([] if expected is None else [expected])


def test_no_module_names_a_device_of_its_own():
    """All tensors follow the network to where it was loaded; only this module knows devices by name."""
    engine = Path(device.__file__).parent
    named = re.compile(r"\.cuda\(|\.mps\(|device=['\"]|\.to\(['\"](?:cpu|cuda|mps)")
    found = [path.name for path in engine.rglob("*.py") if named.search(path.read_text(encoding="utf-8"))]
    assert found == []


def test_no_tensor_is_made_double_before_it_leaves_its_device():
    """Apple's graphics processors have no float64."""
    engine = Path(device.__file__).parent
    found = [
        path.name for path in engine.rglob("*.py") if ".double().cpu()" in path.read_text(encoding="utf-8")
    ]
    assert found == []
