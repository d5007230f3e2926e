"""The choice of a device."""

import pytest
import torch

from talpose_app.engine.device import pick_device
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
