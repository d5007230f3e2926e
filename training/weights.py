"""Averaged weights, and files that are replaced in one step."""

from pathlib import Path
from typing import Any

import torch

from talpose_app.engine.cotracker3.network import CoTracker3

#: How slowly the average follows: about 200 steps.
EMA_DECAY = 0.995


class Average:
    """An exponential moving average of a network's weights.

    Args:
        network: Whose weights to follow.
    """

    def __init__(self, network: CoTracker3) -> None:
        self.weights = {name: value.detach().clone() for name, value in network.state_dict().items()}
        self._n_updates = 0

    def update(self, network: CoTracker3) -> None:
        """Move towards the network's present weights; quickly in the first steps."""
        self._n_updates += 1
        decay = min(EMA_DECAY, (1 + self._n_updates) / (10 + self._n_updates))
        with torch.no_grad():
            for name, value in network.state_dict().items():
                self.weights[name].lerp_(value.float(), 1 - decay)

    def state(self) -> dict[str, Any]:
        """Give what `load` needs to go on."""
        return {"weights": self.weights, "n_updates": self._n_updates}

    def load(self, state: dict[str, Any]) -> None:
        """Go on from a saved state."""
        self.weights, self._n_updates = state["weights"], int(state["n_updates"])


def write_atomically(path: Path, data: bytes) -> None:
    """Replace a file in one step, so that a reader or a crash never meets half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(path.name + ".part")
    temporary.write_bytes(data)
    temporary.replace(path)
