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


def mixed_precision(device: torch.device) -> AbstractContextManager[object]:
    """Let matrix products use bfloat16 where processors have units for it; elsewhere nothing changes.

    The weights were trained that way. Positions, features and sums of updates stay float32.
    """
    if device.type == "cuda" and torch.cuda.is_bf16_supported(including_emulation=False):
        return torch.autocast("cuda", torch.bfloat16)
    return nullcontext()
