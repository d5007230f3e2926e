"""Score weights on clips with truth: `python -m training.validate WEIGHTS CLIP_FOLDER...`.

The network alone, without flow and fusion: what training changes. Two protocols: `first`, one label and
chained windows; `anchored`, every 10th frame labeled (of sparse truth every 2nd labeled frame) and
windows between. delta_avg on a 256 x 256 frame, as TAP-Vid counts it. For benchmarks of the app
see `python -m benchmarks accuracy`.
"""

import argparse
import json
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from talpose_app.engine.cotracker3.checkpoint import load_network
from talpose_app.engine.cotracker3.config import CoTracker3Config
from talpose_app.engine.cotracker3.network import CoTracker3, TrackState
from talpose_app.engine.cotracker3.predictor import resize_frames
from talpose_app.engine.cotracker3.pyramid import FeaturePyramid
from training.episodes import KNOWN_LOGIT, interpolate

Mask: TypeAlias = NDArray[np.bool_]

#: Frames of a clip that are looked at, so that a validation costs a minute.
MAX_FRAMES = 120

ITERATIONS = 4


@dataclass(frozen=True, slots=True)
class Truth:
    """A clip's labels, in model pixels.

    Attributes:
        tracks: Shape (T, N, 2), float32; 0 where not labeled.
        is_labeled: Shape (T, N), bool; labeled and visible.
        to_unit: Model pixels times this are pixels of a 256 x 256 frame, (x, y).
    """

    tracks: NDArray[np.float32]
    is_labeled: NDArray[np.bool_]
    to_unit: NDArray[np.float64]


def read_clip(folder: Path, config: CoTracker3Config) -> tuple[Tensor, Truth]:
    """Read frames (T, 3, h, w), float32 as the encoder takes them, and truth from a clip folder."""
    height, width = config.model_resolution
    labels = json.loads((folder / "labels.json").read_text())
    capture = cv2.VideoCapture(str(folder / labels["video"]))
    frames: list[Tensor] = []
    size = config.frame_size((height, width))
    while len(frames) < MAX_FRAMES:
        is_read, image = capture.read()
        if not is_read:
            break
        rgb = np.ascontiguousarray(image[..., ::-1])
        frames.append(resize_frames(torch.from_numpy(rgb).permute(2, 0, 1)[None], size))
    names, n_frames = labels["keypoints"], len(frames)
    tracks = np.zeros((n_frames, len(names), 2), np.float32)
    is_labeled = np.zeros(tracks.shape[:2], bool)
    scale = np.array([(width - 1) / (labels["width"] - 1), (height - 1) / (labels["height"] - 1)])
    for frame, points in labels["frames"].items():
        for name, (x, y, seen) in points.items():
            if int(frame) < n_frames and seen:
                tracks[int(frame), names.index(name)] = np.array([x, y]) * scale
                is_labeled[int(frame), names.index(name)] = True
    used = is_labeled.sum(0) > 1
    return torch.cat(frames), Truth(tracks[:, used], is_labeled[:, used], 256 / np.array([width, height]))


def given_frames(is_labeled: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Choose the labels that are given: every 10th frame, or every 2nd labeled one of sparse truth."""
    frames = np.flatnonzero(is_labeled.any(1))
    step = 10 if len(frames) > len(is_labeled) / 4 else 2
    keep = np.zeros(len(is_labeled), bool)
    keep[frames[::step]] = True
    known = is_labeled & keep[:, None]
    for point in np.flatnonzero(~known.any(0)):
        known[is_labeled[:, point].argmax(), point] = True
    return known


def spans(n_frames: int, length: int) -> list[tuple[int, int]]:
    """Cover the frames by windows that overlap by half, the last moved back to fit."""
    starts = [*range(0, max(n_frames - length, 0), length // 2), max(n_frames - length, 0)]
    return [(start, min(start + length, n_frames)) for start in starts]


def delta_avg(tracks: NDArray[np.floating], truth: Truth, scored: NDArray[np.bool_]) -> float:
    """Average the shares of scored labels within 1, 2, 4, 8 and 16 pixels of a 256 x 256 frame."""
    error = np.hypot(*((tracks - truth.tracks) * truth.to_unit).transpose(2, 0, 1))[scored]
    return float(np.mean([(error < px).mean() for px in (1, 2, 4, 8, 16)]))


class Tracking:
    """One clip under one network.

    Args:
        network: The weights.
        frames: Shape (T, 3, h, w).
        truth: The labels.
    """

    def __init__(self, network: CoTracker3, frames: Tensor, truth: Truth) -> None:
        self._network, self._truth = network, truth
        self._stride = network.config.stride
        with torch.no_grad(), torch.autocast("cpu", torch.bfloat16):
            self._pyramid: FeaturePyramid = network.encode(frames, chunk=4)

    def _run(self, mask: Mask, start: NDArray[np.float64], *, chained: bool) -> NDArray[np.float32]:
        network, truth = self._network, torch.from_numpy(self._truth.tracks / self._stride)
        t, point = np.nonzero(mask)
        queries = np.concatenate([t[:, None], self._truth.tracks[t, point]], 1).astype(np.float32)
        known = torch.from_numpy(mask)
        state = torch.cat([torch.from_numpy(start / self._stride).float(), torch.zeros(*mask.shape, 2)], -1)
        given = torch.cat([truth, torch.full((*mask.shape, 2), KNOWN_LOGIT)], -1)
        total, weight = torch.zeros_like(state), torch.zeros(len(mask), 1, 1)
        with torch.no_grad():
            support = network.support(self._pyramid, torch.from_numpy(queries))
            support = support.mean_by_point(torch.from_numpy(point), mask.shape[1])
            for first, stop in spans(len(mask), network.config.window_len):
                here = slice(first, stop)
                window = state[here]
                for _ in range(ITERATIONS):
                    window = torch.where(known[here, :, None], given[here], window)
                    old = TrackState(window[..., :2], window[..., 2], window[..., 3])
                    new = network.update(self._pyramid[here], support, old)
                    window = torch.cat([new.coords, new.visibility[..., None], new.confidence[..., None]], -1)
                window = torch.where(known[here, :, None], given[here], window)
                length = stop - first
                ramp = torch.minimum(torch.arange(1, length + 1), torch.arange(length, 0, -1))[:, None, None]
                total[here] += ramp * window
                weight[here] += ramp
                if chained:
                    state[here] = window
                    state[stop:, :, :2] = window[-1, :, :2]
        return (total / weight)[..., :2].numpy() * self._stride

    def first(self) -> tuple[float, float]:
        """Score one label a point, its first: standing still, and the network."""
        labeled = self._truth.is_labeled
        mask = np.zeros_like(labeled)
        mask[labeled.argmax(0), np.arange(labeled.shape[1])] = True
        after = np.arange(len(labeled))[:, None] > labeled.argmax(0)
        start = interpolate(self._truth.tracks, mask)
        tracks = self._run(mask, start, chained=True)
        scored = labeled & after
        return delta_avg(start, self._truth, scored), delta_avg(tracks, self._truth, scored)

    def anchored(self) -> tuple[float, float]:
        """Score labels in between given ones: straight lines, and the network."""
        mask = given_frames(self._truth.is_labeled)
        start = interpolate(self._truth.tracks, mask)
        tracks = self._run(mask, start, chained=False)
        scored = self._truth.is_labeled & ~mask
        return delta_avg(start, self._truth, scored), delta_avg(tracks, self._truth, scored)


def main() -> None:
    """Print a table, a line a clip."""
    parser = argparse.ArgumentParser(description="Score weights on clips with truth.")
    parser.add_argument("weights", type=Path)
    parser.add_argument("clips", type=Path, nargs="+")
    options = parser.parse_args()
    torch.set_num_threads(1)
    network = load_network(options.weights)
    rows: list[tuple[float, ...]] = []
    print(f"{'clip':24} {'still':>6} {'first':>6} {'linear':>7} {'anchored':>9}")
    for folder in options.clips:
        tracking = Tracking(network, *read_clip(folder, network.config))
        rows.append((*tracking.first(), *tracking.anchored()))
        print(
            f"{folder.name:24} {rows[-1][0]:6.3f} {rows[-1][1]:6.3f} {rows[-1][2]:7.3f} {rows[-1][3]:9.3f}",
            flush=True,
        )
    mean = np.mean(rows, axis=0)
    print(f"{'mean':24} {mean[0]:6.3f} {mean[1]:6.3f} {mean[2]:7.3f} {mean[3]:9.3f}")


if __name__ == "__main__":
    main()
