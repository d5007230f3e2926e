"""One training example: a clip, its queries, what is known of it, and where the tracks start.

Three situations are mixed, those the app meets: a single query, a window that continues an
earlier one, and a gap between labels. What is given is as inexact as people's clicks are; the
target is the exact truth.
"""

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from talpose_app.engine.cotracker3.network import CoTracker3, TrackState
from talpose_app.engine.cotracker3.pyramid import FeaturePyramid, Support
from training.losses import OCCLUDED_WEIGHT, Truth
from training.procedural.clips import Clip

#: Shares of the situations.
QUERY_SHARE, CONTINUED_SHARE = 0.30, 0.22

#: Logits of a frame whose position is given.
KNOWN_LOGIT = 4.0

#: Share of the points with exact labels, and the largest error of the others' (standard deviation, pixels).
EXACT_SHARE, MAX_CLICK_NOISE = 0.4, 1.3

#: Positions farther than this outside the frame teach nothing.
OUTSIDE_PX = 48.0


@dataclass(frozen=True, slots=True)
class Episode:
    """A training example.

    Attributes:
        frames: Shape (T, 3, height, width), uint8.
        truth: The target.
        templates: Shape (M, 3), the (t, x, y) of every window that shows a point.
        template_weights: Shape (T, N, M), float32: the share of each window in a point's template at each
            frame; or (1, N, M) where it stays the same.
        given: Shape (T, N, 2), float32, model pixels: positions as a person would click them.
        start: Coordinates in feature pixels and logits before the first iteration.
        known: Shape (T, N), bool, frames whose position is given and held.
        known_logit: What the logits of known frames are held at, or None to leave them to the network.
        situation: Its name, for the log.
    """

    frames: Tensor
    truth: Truth
    templates: Tensor
    template_weights: Tensor
    given: Tensor
    start: TrackState
    known: Tensor
    known_logit: float | None
    situation: str

    def support(self, network: CoTracker3, pyramid: FeaturePyramid) -> Support:
        """Mix the windows of every point into its template, one for all frames or one a frame."""
        windows = network.support(pyramid, self.templates)

        def mixed(level: Tensor) -> Tensor:
            weights = self.template_weights.to(level.dtype)
            by_frame = (weights @ level.flatten(1)).view(*weights.shape[:2], *level.shape[1:])
            return by_frame[0] if by_frame.shape[0] == 1 else by_frame

        return windows.map(mixed)

    def hold(self, state: TrackState, stride: int) -> TrackState:
        """Put the known positions back into an estimate."""
        coords = torch.where(self.known[..., None], self.given / stride, state.coords)
        if self.known_logit is None:
            return TrackState(coords, state.visibility, state.confidence)
        sure = torch.full_like(state.visibility, self.known_logit)
        return TrackState(
            coords,
            torch.where(self.known, sure, state.visibility),
            torch.where(self.known, sure, state.confidence),
        )


@dataclass(frozen=True, slots=True)
class Situation:
    """What is given about a clip, in numpy.

    Attributes:
        start: Start positions, (T, N, 2), pixels.
        known: Frames held, (T, N), bool.
        templates: Frames whose windows make the template, (T, N), bool; one a point at least.
        logit: Start of the visibility and confidence logits, (T, N).
        known_logit: See `Episode`.
    """

    start: NDArray[np.float64]
    known: NDArray[np.bool_]
    templates: NDArray[np.bool_]
    logit: NDArray[np.float64]
    known_logit: float | None


def make_episode(rng: np.random.Generator, clip: Clip, stride: int) -> Episode:
    """Draw a situation for a clip and turn both into tensors.

    Args:
        rng: Source of randomness.
        clip: Frames and truth.
        stride: Image pixels per feature pixel.
    """
    noise = click_noise(rng, clip.tracks.shape)
    clicked = Clip(clip.frames, clip.tracks + noise, clip.visibility)
    draw = rng.random()
    if draw < QUERY_SHARE:
        name, situation = "query", single_query(rng, clicked)
    elif draw < QUERY_SHARE + CONTINUED_SHARE:
        name, situation = "continued", continued(rng, clip)
    else:
        name, situation = "anchored", anchored(rng, clip, noise)
    t, point = np.nonzero(situation.templates)
    xy = clicked.tracks[t, point]
    start = torch.from_numpy((situation.start / stride).astype(np.float32))
    logit = torch.from_numpy(situation.logit.astype(np.float32))
    return Episode(
        frames=torch.from_numpy(clip.frames).permute(0, 3, 1, 2),
        truth=make_truth(clip, situation.known),
        templates=torch.from_numpy(np.concatenate([t[:, None], xy], 1).astype(np.float32)),
        template_weights=torch.from_numpy(template_weights(rng, situation.templates)),
        given=torch.from_numpy(clicked.tracks),
        start=TrackState(start, logit, logit.clone()),
        known=torch.from_numpy(situation.known),
        known_logit=situation.known_logit,
        situation=name,
    )


def click_noise(rng: np.random.Generator, shape: tuple[int, ...]) -> NDArray[np.float32]:
    """Draw errors of clicks at every frame of every point, (T, N, 2), pixels; some points have none."""
    n_points = shape[1]
    spread = rng.uniform(0, MAX_CLICK_NOISE, n_points) * (rng.random(n_points) > EXACT_SHARE)
    return (rng.normal(0, 1, shape) * spread[None, :, None]).astype(np.float32)


def template_weights(rng: np.random.Generator, templates: NDArray[np.bool_]) -> NDArray[np.float32]:
    """Give the share of every window in every point's template, (T or 1, N, M).

    Most of the time windows are mixed by nearness in time, frame by frame; else their mean serves all frames.

    Args:
        rng: Source of randomness.
        templates: Frames whose windows are taken, (T, N); windows are counted in `np.nonzero` order.
    """
    t, point = np.nonzero(templates)
    n_frames, n_points = templates.shape
    belongs = np.zeros((n_points, len(t)), np.bool_)
    belongs[point, np.arange(len(t))] = True
    if rng.random() < 0.4 or len(t) == n_points:
        return (belongs / belongs.sum(1, keepdims=True))[None].astype(np.float32)
    weights = np.zeros((n_frames, n_points, len(t)), np.float32)
    frames = np.arange(n_frames, dtype=np.int64)
    for at_point in range(n_points):
        rows = np.flatnonzero(belongs[at_point])
        for k, row in enumerate(rows):
            weights[:, at_point, row] = np.interp(frames, t[rows], np.eye(len(rows))[k])
    return weights


def make_truth(clip: Clip, known: NDArray[np.bool_]) -> Truth:
    """Give the target with its weights: nothing for what is known or lies far outside the frame."""
    height, width = clip.frames.shape[1:3]
    x, y = clip.tracks[..., 0], clip.tracks[..., 1]
    inside = (np.minimum(x, y) > -OUTSIDE_PX) & (x < width + OUTSIDE_PX) & (y < height + OUTSIDE_PX)
    weight = np.where(clip.visibility, 1.0, OCCLUDED_WEIGHT) * inside * ~known
    return Truth(
        torch.from_numpy(clip.tracks),
        torch.from_numpy(clip.visibility.astype(np.float32)),
        torch.from_numpy(weight.astype(np.float32)),
    )


def visible_frames(rng: np.random.Generator, visibility: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Choose one visible frame for every point, the earliest one half of the time."""
    score = rng.random(visibility.shape)
    if rng.random() < 0.5:
        score = 1.0 - np.arange(len(visibility))[:, None] / len(visibility) + np.zeros_like(score)
    return np.where(visibility, score, -1.0).argmax(0)


def single_query(rng: np.random.Generator, clip: Clip) -> Situation:
    """Know one frame of every point; all tracks start where the query is."""
    visibility = clip.visibility
    n_frames, n_points = visibility.shape
    chosen = visible_frames(rng, visibility)
    points = np.arange(n_points, dtype=np.int64)
    templates = np.zeros_like(visibility)
    templates[chosen, points] = True
    start = np.repeat(clip.tracks[chosen, points][None].astype(np.float64), n_frames, 0)
    hold = rng.random() < 0.5
    known = templates if hold else np.zeros_like(visibility)
    return Situation(start, known, templates, np.zeros(visibility.shape), known_logit(rng))


def continued(rng: np.random.Generator, clip: Clip) -> Situation:
    """Start the first half near the truth, as an earlier window left it, the rest from its last value."""
    visibility = clip.visibility
    n_frames, n_points = visibility.shape
    half = n_frames // 2
    chosen = visible_frames(rng, visibility)
    templates = np.zeros_like(visibility)
    templates[chosen, np.arange(n_points)] = True
    start = clip.tracks.astype(np.float64)
    spread = np.asarray(rng.lognormal(-0.3, 1.0, n_points), np.float64)
    start += wobble(rng, n_frames, n_points) * spread[None, :, None]
    start[half:] = start[half - 1]
    logit = np.where(visibility, 3.0, -3.0) + rng.normal(0, 2, visibility.shape)
    logit[half:] = 0.0
    return Situation(start, np.zeros_like(visibility), templates, logit, None)


def wobble(rng: np.random.Generator, n_frames: int, n_points: int) -> NDArray[np.float64]:
    """Draw errors that change slowly over time: a constant and a random walk, (T, N, 2), pixels."""
    walk = np.cumsum(rng.normal(0, 0.3, (n_frames, n_points, 2)), 0)
    return walk + rng.normal(0, 1.0, (1, n_points, 2))


def anchored(rng: np.random.Generator, clip: Clip, noise: NDArray[np.float32]) -> Situation:
    """Know two to five frames, both ends mostly among them; start on lines or as flow leaves them.

    Args:
        rng: Source of randomness.
        clip: Frames and truth.
        noise: Errors of the clicks, (T, N, 2), pixels.
    """
    visibility = clip.visibility
    n_frames, n_points = visibility.shape
    count = int(rng.integers(2, 6))
    keyframes = np.zeros(n_frames, bool)
    keyframes[[0, n_frames - 1]] = True
    keyframes[rng.choice(n_frames, min(count - 2, n_frames), replace=False)] = True
    if rng.random() < 0.2:
        keyframes[n_frames - 1 if rng.random() < 0.5 else 0] = False
    known = visibility & keyframes[:, None]
    lonely = ~known.any(0)
    known[visible_frames(rng, visibility)[lonely], np.flatnonzero(lonely)] = True
    if rng.random() < 0.5:
        # Flow carries the error of the clicks it starts from along.
        start = like_flow(rng, clip.tracks, known) + interpolate(noise, known)
    else:
        start = interpolate(clip.tracks + noise, known)
    templates = known.copy()
    if rng.random() < 0.5:
        templates[:] = False
        templates[known.argmax(0), np.arange(n_points)] = True
    if rng.random() < 0.15:
        known = np.zeros_like(known)
        start = start + wobble(rng, n_frames, n_points) * rng.lognormal(-0.3, 0.8)
    return Situation(start, known, templates, np.zeros(visibility.shape), known_logit(rng))


def interpolate(tracks: NDArray[np.float32], known: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Draw straight lines between known frames, constant beyond the first and the last, (T, N, 2)."""
    frames = np.arange(len(tracks))
    out = np.empty(tracks.shape)
    for point in range(tracks.shape[1]):
        at = np.flatnonzero(known[:, point])
        for axis in range(2):
            out[:, point, axis] = np.interp(frames, at, tracks[at, point, axis])
    return out


def like_flow(
    rng: np.random.Generator, tracks: NDArray[np.float32], known: NDArray[np.bool_]
) -> NDArray[np.float64]:
    """Start as optical flow between known frames would: right to a fraction of a pixel, or lost in between.

    Some of the points leave the truth somewhere between two known frames and come back at the next one.
    """
    n_frames, n_points = known.shape
    frames = np.arange(n_frames, dtype=np.int64)
    start = tracks + rng.normal(0, rng.uniform(0.1, 0.8), (n_frames, n_points, 2))
    share = rng.uniform(0.1, 0.7)
    for point in np.flatnonzero(np.asarray(rng.random(n_points) < share, np.bool_)):
        at = np.flatnonzero(known[:, point])
        after = np.asarray(np.searchsorted(at, frames), np.int64)
        left = np.where(after > 0, at[np.maximum(after - 1, 0)], -4)
        right = np.where(after < len(at), at[np.minimum(after, len(at) - 1)], n_frames + 4)
        depth = np.sin(np.pi * (frames - left) / np.maximum(right - left, 1))
        start[:, point] += (np.clip(depth, 0, 1) ** 0.7)[:, None] * rng.normal(0, 9, 2)
    return start


def known_logit(rng: np.random.Generator) -> float | None:
    """Tell the network which frames are given, most of the time."""
    return KNOWN_LOGIT if rng.random() < 0.7 else None
