"""Weights to and from files: the official checkpoints, and safetensors of our own."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import pickle
import tempfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import cast

import safetensors.torch
import torch
from safetensors import SafetensorError
from torch import Tensor

from talpose_app.engine.cotracker3.config import OFFLINE, CoTracker3Config
from talpose_app.engine.cotracker3.network import CoTracker3
from talpose_app.engine.cotracker3.tokens import time_table
from talpose_app.engine.cotracker3.xfeat import XFeatEncoder
from talpose_app.errors import TrackerError
from talpose_app.tracking.checkpoints import DIGEST_KEY, damaged, safetensors_metadata, verify_checkpoint

#: Key of the metadata entry that holds the configuration as JSON.
_CONFIG_KEY = "config"

#: The buffer whose length tells one official checkpoint from the other.
_TIME_EMBEDDING = "time_emb"

_LENGTH_BYTES = 8

#: How many names an error lists before it says how many there are.
_MAX_NAMES = 3


def load_network(path: Path, device: torch.device | str = "cpu") -> CoTracker3:
    """Build the network a checkpoint file holds, ready for inference: float32, frozen.

    Args:
        path: An official file (a state dict, or a dict with one under ``model``), or a safetensors file.
        device: Where the network is put.

    Raises:
        TrackerError: The file is missing, damaged, or holds something else.
    """
    if path.suffix == ".safetensors":
        config, state = _read_safetensors(path)
    else:
        config, state = None, _read_torch(path)
    if config is None:
        config = _official_config(path, state)
    network = CoTracker3(config)
    _check_names(path, network, state)
    network.load_state_dict({name: value.float() for name, value in state.items()})
    if isinstance(network.fnet, XFeatEncoder):
        # Its convolutions have few channels: with channels last they take half the time. (``contiguous``
        # does not touch the strides of the first weight, which has one channel.)
        for parameter in network.fnet.parameters():
            if parameter.ndim == 4:
                parameter.data = parameter.data.to(memory_format=torch.channels_last)
    return network.to(device).eval().requires_grad_(requires_grad=False)


def save_network(network: CoTracker3, path: Path, notes: Mapping[str, str] | None = None) -> None:
    """Write weights as safetensors: parameters in half precision, buffers in full.

    The file carries its configuration and a check sum, and replaces an older one at once.

    Args:
        network: What to save; weights must lie within the range of float16.
        path: The file, by custom ``*.safetensors``.
        notes: Further text for the file's metadata, such as how the weights were made.
    """
    halves = {name for name, _ in network.named_parameters()}
    tensors = {
        name: value.detach().cpu().to(torch.float16 if name in halves else torch.float32).contiguous()
        for name, value in network.state_dict().items()
    }
    metadata = {**(notes or {}), _CONFIG_KEY: json.dumps(network.config.to_dict())}
    data = safetensors.torch.save(tensors, metadata)
    body = data[_LENGTH_BYTES + int.from_bytes(data[:_LENGTH_BYTES], "little") :]
    metadata[DIGEST_KEY] = hashlib.sha256(body).hexdigest()
    _write_atomically(path, safetensors.torch.save(tensors, metadata))


def _read_safetensors(path: Path) -> tuple[CoTracker3Config | None, dict[str, Tensor]]:
    """Read the configuration, None where the file has none, and the tensors."""
    verify_checkpoint(path)
    try:
        text = safetensors_metadata(path).get(_CONFIG_KEY)
        state = safetensors.torch.load_file(path)
        config = None if text is None else CoTracker3Config.from_dict(json.loads(text))
    except (OSError, SafetensorError, ValueError) as error:
        raise damaged(path, str(error).rstrip(".")) from error
    if config is not None and _TIME_EMBEDDING in state:
        # The embedding is a table, not a weight: better computed anew than taken as rounded in the file.
        state[_TIME_EMBEDDING] = time_table(config.window_len, config.token_dim)
    return config, state


def _read_torch(path: Path) -> dict[str, Tensor]:
    try:
        content: object = torch.load(path, map_location="cpu", weights_only=True)
    except (OSError, EOFError, RuntimeError, ValueError, KeyError, pickle.UnpicklingError) as error:
        raise damaged(path, "it is not a checkpoint, or only part of one") from error
    if isinstance(content, Mapping) and "model" in content:
        content = cast("Mapping[str, object]", content)["model"]
    if not isinstance(content, Mapping):
        raise damaged(path, "it holds no weights")
    entries = cast("Mapping[object, object]", content)
    return {str(name): value for name, value in entries.items() if isinstance(value, Tensor)}


def _official_config(path: Path, state: Mapping[str, Tensor]) -> CoTracker3Config:
    embedding = state.get(_TIME_EMBEDDING)
    if embedding is None or embedding.ndim != 3:
        raise damaged(path, "it does not hold the weights of a CoTracker3")
    return replace(OFFLINE, window_len=embedding.shape[1])


def _check_names(path: Path, network: CoTracker3, state: Mapping[str, Tensor]) -> None:
    """Refuse weights that do not fit the network name by name and shape by shape."""
    expected = network.state_dict()
    faults = {
        "lacks": sorted(expected.keys() - state.keys()),
        "has the unknown": sorted(state.keys() - expected.keys()),
        "has another size of": sorted(
            name for name in expected.keys() & state.keys() if expected[name].shape != state[name].shape
        ),
    }
    for fault, names in faults.items():
        if names:
            shown = ", ".join(names[:_MAX_NAMES])
            more = f" and {len(names) - _MAX_NAMES} more" if len(names) > _MAX_NAMES else ""
            raise TrackerError(
                f"The tracker file {path} does not fit this network: it {fault} {shown}{more}.",
                hint="CoTracker3 checkpoints fit: scaled_offline.pth, scaled_online.pth, or TALPose's own.",
            )


def _write_atomically(path: Path, data: bytes) -> None:
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=path.name, suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).chmod(0o644)
        Path(temporary).replace(path)
    except BaseException:
        with contextlib.suppress(FileNotFoundError):
            Path(temporary).unlink()
        raise
