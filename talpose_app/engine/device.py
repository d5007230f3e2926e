"""Which device the network runs on."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext

import torch

from talpose_app.errors import UsageError

#: What the user may ask for.
DEVICES = ("auto", "cpu", "cuda", "mps")


def pick_device(name: str = "auto") -> torch.device:
    """Return the device of that name; ``auto`` takes the fastest this machine has.

    Raises:
        UsageError: The device is unknown, or this machine or its torch does not have it.
    """
    if name not in DEVICES:
        raise UsageError(f'There is no device "{name}".', hint=f"Choose one of: {', '.join(DEVICES)}.")
    available = {"cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available(), "cpu": True}
    if name == "auto":
        return torch.device(next(kind for kind, is_available in available.items() if is_available))
    if not available[name]:
        raise UsageError(
            f'The device "{name}" was asked for, but torch {torch.__version__} does not find one here.',
            hint="Use --device auto, or install a torch built for your hardware.",
        )
    return torch.device(name)


def fast_encoding(device: torch.device) -> AbstractContextManager[object]:
    """Let convolutions of an encoder use bfloat16 on a CPU that has instructions for it: half the time.

    Features differ from those of float32 by a cosine of .9999; they are kept as float16 anyway.
    """
    if device.type == "cpu" and _has_bfloat16():
        return torch.autocast("cpu", torch.bfloat16)
    return nullcontext()


def _has_bfloat16() -> bool:
    """Whether the processor has instructions for it; torch before 2.11 cannot tell."""
    capabilities: dict[str, object] = getattr(torch.cpu, "get_capabilities", dict)()
    return bool(capabilities.get("avx512_bf16", False))


def mixed_precision(device: torch.device) -> AbstractContextManager[object]:
    """Let matrix products use bfloat16 where processors have units for it; elsewhere nothing changes.

    The weights were trained that way. Positions, features and sums of updates stay float32.
    """
    if device.type == "cuda" and torch.cuda.is_bf16_supported(including_emulation=False):
        return torch.autocast("cuda", torch.bfloat16)
    return nullcontext()
