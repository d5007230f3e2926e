"""Frames to features, several frames side by side.

A frame is too small a piece of work to be shared by several threads: they wait for each other after every
layer, and for long when other programs want the processor too. A frame a thread needs no waiting.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from talpose_app.engine.cotracker3.network import CoTracker3
from talpose_app.model.arrays import Frame


def encode_frames(network: CoTracker3, frames: Iterable[Frame], size: tuple[int, int]) -> NDArray[np.float16]:
    """Compute the finest features of frames.

    Args:
        network: In evaluation mode, on its device.
        frames: Taken one after the other while the work goes on.
        size: (height, width) the encoder is to see.

    Returns:
        Shape (n, h, w, C), unit length.
    """
    device = network.time_emb.device

    def encode(frame: Frame) -> NDArray[np.float16]:
        with torch.inference_mode():
            pixels = resize(frame, size, is_gray=network.config.is_colorblind)
            return network.encode(pixels[None].to(device)).levels[0][0].half().cpu().numpy()

    if device.type != "cpu" or torch.get_num_threads() == 1:
        return np.stack([encode(frame) for frame in frames])
    with _one_torch_thread_each() as pool:
        return np.stack(list(pool.map(encode, frames)))


def resize(frame: Frame, size: tuple[int, int], *, is_gray: bool = False) -> Tensor:
    """Resize a frame, bilinear, corner pixel centers kept (the network's convention).

    Args:
        frame: Shape (height, width, 3).
        size: (height, width) wanted.
        is_gray: Average the channels first: a third of the work where the encoder does so anyway.

    Returns:
        Shape (3 or 1, height, width), float32.
    """
    tensor = torch.from_numpy(frame).permute(2, 0, 1)[None].float()
    if is_gray:
        tensor = tensor.mean(dim=1, keepdim=True)
    return torch.nn.functional.interpolate(tensor, size, mode="bilinear", align_corners=True)[0]


@contextmanager
def _one_torch_thread_each() -> Generator[ThreadPoolExecutor]:
    """As many Python threads as torch would use by itself, each working alone."""
    n_threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        with ThreadPoolExecutor(n_threads) as pool:
            yield pool
    finally:
        torch.set_num_threads(n_threads)
