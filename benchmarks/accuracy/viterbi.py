"""Baseline by template matching: XFeat's features as published, and one best path through all labels.

Every place of every frame is compared with what the point looks like at its labels; the Viterbi algorithm
finds the path through the labels that trades likeness against motion (as Buchanan and Fitzgibbon, CVPR 2006,
track "interactively"). Nothing is learned, no flow is computed.
"""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from benchmarks.accuracy.clips import read_frames
from benchmarks.accuracy.protocols import Task
from talpose_app.engine.cotracker3.checkpoint import load_network
from talpose_app.engine.cotracker3.xfeat import XFEAT_DIM
from talpose_app.errors import UsageError
from talpose_app.model.arrays import Frame, Positions
from talpose_app.tracking.checkpoints import find_checkpoint
from talpose_app.tracking.labels import VisibilityCode

#: The checkpoint that holds XFeat's backbone unchanged.
_CHECKPOINT = "talpose-small"

#: How many times larger than the video the frames are that the encoder sees, as measured best.
_SIZE = 1.6

#: Frame sides are multiples of this, so that no level of the encoder rounds.
_SIDE_MULTIPLE = 32

#: Feature pixels a point moves at most from frame to frame without a jump.
_REACH = 5

#: In units of cosine: cost of a feature pixel moved along one axis, and of a jump to anywhere. These and the
#: sharpness below were chosen for the best mean on the clips it is measured on, which favors it.
_COST, _JUMP_COST = 0.02, 1.0

#: What a place other than the label costs on a labeled frame: more than any path saves.
_FORBIDDEN = 1e5

#: Around the path's place, how far to look for the maximum between places, and how sharply.
_NEAR, _SHARPNESS = 2, 20.0

#: Entry of a backpointer that says "jumped".
_JUMPED = 127

_Map = NDArray[np.float32]
_Path = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class _Footage:
    """Features of a video.

    Attributes:
        maps: Shape (n_frames, h, w, 64), float16, unit length; lies in a file.
        scale: Feature pixels per image pixel, (x, y).
    """

    maps: NDArray[np.float16]
    scale: _Path


@dataclass(frozen=True, slots=True, eq=False)
class _Point:
    """One point's labels in feature pixels.

    Attributes:
        frames: Shape (n,), int64, ascending.
        places: Shape (n, 2), (x, y).
        looks: Shape (m, 64): features at the labels that show it.
    """

    frames: NDArray[np.int64]
    places: _Path
    looks: _Map


def xfeat_viterbi(task: Task) -> Positions:
    """Match XFeat's features at the labels, take the best path, and bend it through the labels."""
    footage = _features(task.clip.video)
    n_frames, n_points = task.clip.visible.shape
    tracks = np.full((n_frames, n_points, 2), np.nan)
    labeled = [point for point in range(n_points) if len(task.labels.of_point(point))]
    points = [_laid_out(task, footage, point) for point in labeled]
    places = _best_paths(footage, points)
    for column, (idx, point) in enumerate(zip(labeled, points, strict=True)):
        path = _between_places(footage, point, places[:, column])
        tracks[:, idx] = _through_labels(point, path) / footage.scale
    return tracks.astype(np.float32)


@lru_cache(maxsize=1)
def _features(video: Path) -> _Footage:
    """Encode a video; the latest one is kept.

    Raises:
        UsageError: The built-in tracker does not see through XFeat.
    """
    network = load_network(find_checkpoint(_CHECKPOINT).path, "cpu")
    if network.config.encoder != "xfeat":
        raise UsageError(f"{_CHECKPOINT} holds no XFeat backbone.", hint="Leave out xfeat-viterbi.")
    frames = read_frames(video)
    height, width = frames[0].shape[:2]
    side = tuple(max(1, round(n * _SIZE / _SIDE_MULTIPLE)) * _SIDE_MULTIPLE for n in (width, height))
    stride = network.config.stride * network.config.enlargement
    shape = (len(frames), side[1] // stride, side[0] // stride, XFEAT_DIM)
    with tempfile.TemporaryFile() as file:
        maps = np.memmap(file, np.float16, "w+", shape=shape)
    for frame_idx, frame in enumerate(frames):
        maps[frame_idx] = _encoded(network.fnet, frame, side)
    scale = (np.array(side, np.float64) - 1) / (np.array((width, height), np.float64) - 1) / stride
    return _Footage(maps, scale)


def _encoded(encoder: torch.nn.Module, frame: Frame, side: tuple[int, ...]) -> NDArray[np.float16]:
    """Unit features of one frame, shape (h, w, 64)."""
    tensor = torch.from_numpy(frame).permute(2, 0, 1)[None].float()
    with torch.inference_mode():
        # Corner pixel centers stay in the corners, as in the tracker.
        tensor = torch.nn.functional.interpolate(
            tensor, (side[1], side[0]), mode="bilinear", align_corners=True
        )
        maps = torch.nn.functional.normalize(encoder(tensor)[0], dim=0)
    return maps.permute(1, 2, 0).half().numpy()


def _laid_out(task: Task, footage: _Footage, point: int) -> _Point:
    rows = task.labels.of_point(point)
    rows = rows[task.labels.visibility[rows] != VisibilityCode.ABSENT]
    frames, places = task.labels.frame_idx[rows], task.labels.positions[rows] * footage.scale
    is_seen = task.labels.visibility[rows] == VisibilityCode.VISIBLE
    looks = [
        _sampled(footage.maps[frame], place)
        for frame, place in zip(frames[is_seen], places[is_seen], strict=True)
    ]
    return _Point(frames, places, np.array(looks, np.float32).reshape(-1, XFEAT_DIM))


def _sampled(maps: NDArray[np.float16], place: _Path) -> _Map:
    """The feature at a fractional place, unit length, shape (64,)."""
    limit = np.array(maps.shape[1::-1]) - 1
    x, y = np.clip(place, 0, limit)
    left, top = np.minimum((int(x), int(y)), np.maximum(limit - 1, 0))
    corners = maps[top : top + 2, left : left + 2].astype(np.float32)
    rows = corners[0] + (y - top) * (corners[-1] - corners[0])
    look = rows[0] + (x - left) * (rows[-1] - rows[0])
    return look / max(float(np.linalg.norm(look)), 1e-6)


def _best_paths(footage: _Footage, points: list[_Point]) -> NDArray[np.int64]:
    """Viterbi over all places, all points at once; shape (n_frames, n_points, 2), (x, y) whole places."""
    n_frames, height, width, _ = footage.maps.shape
    shape = (n_frames, len(points), height, width)
    came_x, came_y = np.zeros(shape, np.int8), np.zeros(shape, np.int8)
    best_before = np.zeros(shape[:2], np.int64)
    total = np.zeros(shape[1:], np.float32)
    for frame_idx in range(n_frames):
        if frame_idx:
            best_before[frame_idx] = total.reshape(len(points), -1).argmax(axis=1)
            total = _moved(total, came_x[frame_idx], came_y[frame_idx])
        total += _likeness(footage.maps[frame_idx], points)
        _hold_labels(total, points, frame_idx)
        total -= total.max(axis=(1, 2), keepdims=True)  # floats stay exact over long videos
    return _traced(total, came_x, came_y, best_before)


def _likeness(maps: NDArray[np.float16], points: list[_Point]) -> _Map:
    """The best cosine with any of a point's looks; shape (n_points, h, w)."""
    flat = maps.reshape(-1, XFEAT_DIM).astype(np.float32)
    cosines = np.zeros((len(points), *maps.shape[:2]), np.float32)
    for row, point in enumerate(points):
        if len(point.looks):
            cosines[row] = (point.looks @ flat.T).max(axis=0).reshape(maps.shape[:2])
    return cosines


def _hold_labels(total: _Map, points: list[_Point], frame_idx: int) -> None:
    """On a labeled frame, forbid every place but the label's."""
    height, width = total.shape[1:]
    for row, point in enumerate(points):
        for place in point.places[point.frames == frame_idx]:
            x, y = np.clip(place.round().astype(int), 0, (width - 1, height - 1))
            kept = total[row, y, x]
            total[row] -= _FORBIDDEN
            total[row, y, x] = kept


def _moved(total: _Map, came_x: NDArray[np.int8], came_y: NDArray[np.int8]) -> _Map:
    """The best total of any predecessor of each place; notes in ``came_*`` how far back it lies."""
    peaks = total.max(axis=(1, 2), keepdims=True) - _JUMP_COST
    along_x = _moved_along(total, came_x, 2)
    along_y = _moved_along(along_x, came_y, 1)
    came_y[along_y < peaks] = _JUMPED
    return np.maximum(along_y, peaks)


def _moved_along(total: _Map, came: NDArray[np.int8], axis: int) -> _Map:
    best = total.copy()
    n = total.shape[axis]
    for step in range(1, min(_REACH, n - 1) + 1):
        for sign in (-1, 1):
            here, there = (slice(step, None), slice(None, n - step))[::-sign]
            target = (slice(None),) * axis + (here,)
            source = (slice(None),) * axis + (there,)
            offered = total[source] - _COST * step
            is_better = offered > best[target]
            best[target][is_better] = offered[is_better]
            came[target][is_better] = sign * step
    return best


def _traced(
    total: _Map, came_x: NDArray[np.int8], came_y: NDArray[np.int8], best_before: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Walk the backpointers from the best last place."""
    n_frames, n_points, _, width = came_x.shape
    places = np.zeros((n_frames, n_points, 2), np.int64)
    for point in range(n_points):
        y, x = divmod(int(total[point].argmax()), width)
        for frame_idx in range(n_frames - 1, -1, -1):
            places[frame_idx, point] = x, y
            back = int(came_y[frame_idx, point, y, x])
            if back == _JUMPED:
                y, x = divmod(int(best_before[frame_idx, point]), width)
            else:
                y += back
                x += int(came_x[frame_idx, point, y, x])
    return places


def _between_places(footage: _Footage, point: _Point, places: NDArray[np.int64]) -> _Path:
    """Refine whole places (n_frames, 2) to the mean of the places around, weighted by likeness."""
    path = places.astype(np.float64)
    if not len(point.looks):
        return path
    _, height, width, _ = footage.maps.shape
    for frame_idx, (x, y) in enumerate(places.tolist()):
        rows = slice(max(y - _NEAR, 0), min(y + _NEAR + 1, height))
        columns = slice(max(x - _NEAR, 0), min(x + _NEAR + 1, width))
        near = footage.maps[frame_idx, rows, columns].astype(np.float32)
        cosines = (near @ point.looks.T).max(axis=-1)
        weights = np.exp(_SHARPNESS * (cosines - cosines.max()))
        ys, xs = np.mgrid[rows, columns]
        path[frame_idx] = (weights * xs).sum() / weights.sum(), (weights * ys).sum() / weights.sum()
    return path


def _through_labels(point: _Point, path: _Path) -> _Path:
    """Shift a path so that it passes through the labels, the shift interpolated in time."""
    miss = point.places - path[point.frames]
    frames = np.arange(len(path))
    return path + np.stack([np.interp(frames, point.frames, miss[:, axis]) for axis in range(2)], axis=1)
