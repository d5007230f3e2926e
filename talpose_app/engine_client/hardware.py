"""What the installed torch could run on, and what this machine has, found out without loading torch."""

from __future__ import annotations

import importlib.util
import re
import sys
from dataclasses import dataclass
from pathlib import Path

from talpose_app import paths

#: Where the drivers of graphics processors show themselves on Linux.
_NVIDIA = Path("/proc/driver/nvidia/version")
_AMD = Path("/dev/kfd")

_BUILD = re.compile(r"^(cuda|hip|xpu)\b[^=]*=\s*['\"]([^'\"]+)['\"]", re.MULTILINE)

#: Where a person chooses the build of torch that fits a graphics processor.
TORCH_PAGE = "https://pytorch.org/get-started/locally/"


@dataclass(frozen=True, slots=True)
class Hardware:
    """What was found.

    Attributes:
        build: What torch was built for: ``cuda``, ``hip``, ``xpu``, ``mps`` or ``cpu``; ``none`` without
        torch. processor: The graphics processor whose driver is there; empty if none was seen.
    """

    build: str
    processor: str

    @property
    def summary(self) -> str:
        """One sentence on what trackers run on."""
        seen = (
            f"a graphics processor by {self.processor} is there"
            if self.processor
            else "no graphics processor was found"
        )
        match self.build:
            case "none":
                return "PyTorch is not installed."
            case "cpu":
                return f"Trackers run on the processor: this PyTorch is built for CPUs only; {seen}."
            case "mps":
                return "Trackers run on Apple's graphics processor (MPS)."
            case _ if self.processor:
                return f"Trackers run on the graphics processor by {self.processor}."
            case _:
                return "Trackers run on the processor: PyTorch can use a graphics processor, none was found."

    @property
    def advice(self) -> str:
        """What to do to run on a graphics processor; empty if nothing can or need be done."""
        if self.build != "cpu":
            return ""
        if paths.is_frozen():
            return (
                "The standalone program has PyTorch for CPUs only. To use a graphics processor, install "
                f"TALPose by pip beside a PyTorch that is built for it ({TORCH_PAGE}); projects are the same."
            )
        return (
            f"To use a graphics processor, install the PyTorch built for it ({TORCH_PAGE}) in the same "
            "environment; TALPose then takes it by itself."
        )


def look_at_hardware() -> Hardware:
    """Look at the installed torch and the machine's drivers; loads nothing."""
    return Hardware(_build(), _processor())


def _build() -> str:
    spec = importlib.util.find_spec("torch")
    if spec is None or spec.origin is None:
        return "none"
    version = Path(spec.origin).with_name("version.py")
    found = _BUILD.search(version.read_text(encoding="utf-8")) if version.is_file() else None
    if found is not None:
        return found[1]
    return "mps" if sys.platform == "darwin" else "cpu"


def _processor() -> str:
    if _NVIDIA.exists():
        return "NVIDIA"
    return "AMD" if _AMD.exists() else ""
