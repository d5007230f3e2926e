"""Frames to features, several frames side by side."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import nullcontext
from functools import partial

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from talpose_app.engine.cotracker3.network import CoTracker3
from talpose_app.engine.device import fast_encoding
from talpose_app.engine.workers import Workers
from talpose_app.model.arrays import Frame

#: Three channels to their mean.
_MEAN = np.full((1, 3), 1 / 3, np.float32)


def encode_frames(
    network: CoTracker3, frames: Iterable[Frame], size: tuple[int, int], workers: Workers
) -> NDArray[np.float16]:
    """Compute the finest features of frames.

    Args:
        network: In evaluation mode, on its device.
        frames: Taken one after the other while the work goes on.
        size: (height, width) the encoder is to see.
        workers: Take a frame each.

    Returns:
        Shape (n, h, w, C), unit length.
    """
    device = network.time_emb.device
    # Weights that others trained are held to the values others get.
    precision = partial(fast_encoding, device) if network.config.encoder == "xfeat" else nullcontext

    def encode(frame: Frame) -> NDArray[np.float16]:
        with torch.inference_mode(), precision():
            pixels = resize(frame, size, is_gray=network.config.is_colorblind)
            return network.finest(pixels[None].to(device))[0].half().cpu().numpy()

    return np.stack(workers.map(encode, frames))


def resize(frame: Frame, size: tuple[int, int], *, is_gray: bool = False) -> Tensor:
    """Resize a frame, bilinear, corner pixel centers kept (the network's convention).

    Args:
        frame: Shape (height, width, 3).
        size: (height, width) wanted.
        is_gray: Average the channels first: a third of the work where the encoder does so anyway.

    Returns:
        Shape (3 or 1, height, width), float32.
    """
    pixels = frame.astype(np.float32)
    if is_gray:
        pixels = np.asarray(cv2.transform(pixels, _MEAN), np.float32)[..., None]
    tensor = torch.from_numpy(pixels).permute(2, 0, 1)[None]
    return torch.nn.functional.interpolate(tensor, size, mode="bilinear", align_corners=True)[0]
