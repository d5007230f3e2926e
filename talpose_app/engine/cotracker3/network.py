"""CoTracker3 (Karaev et al. 2024, arXiv 2410.11831): the network and one step of its iteration.

The loop over iterations belongs to the caller, who may pin known frames after
each one, start from an earlier result, or take gradients step by step.
Conventions around the network (resizing, windows over long clips, thresholds)
are not here.

Letters: T frames, N points, C channels, S window side (7).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from talpose_app.engine.cotracker3.config import OFFLINE, CoTracker3Config
from talpose_app.engine.cotracker3.encoder import Encoder
from talpose_app.engine.cotracker3.frozen import Linear
from talpose_app.engine.cotracker3.pyramid import FeaturePyramid, Support
from talpose_app.engine.cotracker3.tokens import motion_encoding, time_embedding, time_table
from talpose_app.engine.cotracker3.transformer import UpdateTransformer
from talpose_app.engine.cotracker3.windows import correlate, sample_windows
from talpose_app.engine.cotracker3.xfeat import XFeatEncoder
from talpose_app.engine.device import mixed_precision

#: Iterations at inference (the published value; training uses 4).
ITERATIONS = 6


@dataclass(frozen=True, slots=True)
class TrackState:
    """The current estimate of all tracks, as the network sees it.

    Attributes:
        coords: Shape (T, N, 2), float32, (x, y) in feature pixels.
        visibility: Shape (T, N), float32, logits.
        confidence: Shape (T, N), float32, logits.
    """

    coords: Tensor
    visibility: Tensor
    confidence: Tensor

    @classmethod
    def from_coords(cls, coords: Tensor) -> TrackState:
        """Start from coordinates (T, N, 2) in feature pixels, with undecided logits."""
        zeros = coords.new_zeros(coords.shape[:-1])
        return cls(coords, zeros, zeros)


@dataclass(frozen=True, slots=True)
class TrackOutput:
    """Tracks in pixels of the frames that were given.

    Attributes:
        tracks: Shape (T, N, 2), float32, (x, y).
        visibility: Shape (T, N), float32 in [0, 1].
        confidence: Shape (T, N), float32 in [0, 1].
    """

    tracks: Tensor
    visibility: Tensor
    confidence: Tensor


class CorrelationMlp(nn.Module):
    """Two linear layers with an exact GELU, shared by all levels."""

    def __init__(self, config: CoTracker3Config) -> None:
        super().__init__()
        self.fc1 = Linear(config.window_area**2, config.corr_hidden)
        self.fc2 = Linear(config.corr_hidden, config.corr_out)

    def forward(self, x: Tensor) -> Tensor:
        """Map (..., S**4) to (..., corr_out)."""
        return self.fc2(F.gelu(self.fc1(x)))


class CoTracker3(nn.Module):
    """The point tracker; weights load by the published names.

    Attributes:
        config: The numbers it was built from.
    """

    time_emb: Tensor

    def __init__(self, config: CoTracker3Config = OFFLINE) -> None:
        super().__init__()
        self.config = config
        self.register_buffer("time_emb", time_table(config.window_len, config.token_dim))
        self.fnet = XFeatEncoder() if config.encoder == "xfeat" else Encoder(config)
        self.updateformer = UpdateTransformer(config)
        self.corr_mlp = CorrelationMlp(config)

    def encode(self, frames: Tensor, *, chunk: int = 1) -> FeaturePyramid:
        """Compute the feature pyramid of a clip.

        Args:
            frames: Shape (T, 3, height, width), RGB 0..255, uint8 or float, of
                ``config.frame_size`` of the wanted resolution; one channel is enough for an encoder
                that is colorblind.
            chunk: Frames encoded at a time; the result is the same, the memory is not.

        Returns:
            Unit-length features, float32.
        """
        n_levels = self.config.n_levels
        chunks = torch.split(frames, chunk)
        parts = [FeaturePyramid.from_maps(self._maps(part), n_levels) for part in chunks]
        return FeaturePyramid.cat(parts) if len(parts) > 1 else parts[0]

    def finest(self, frames: Tensor) -> Tensor:
        """Compute the finest features alone.

        Args:
            frames: As ``encode`` takes them, all encoded at once.

        Returns:
            Shape (T, h, w, C), unit length, float32.
        """
        return FeaturePyramid.from_maps(self._maps(frames), 1).levels[0]

    def _maps(self, frames: Tensor) -> Tensor:
        """What the encoder says of frames, (T, C, h, w), not yet of unit length."""
        return cast("Tensor", self.fnet(frames.float() * (2.0 / 255.0) - 1.0))

    def support(self, pyramid: FeaturePyramid, queries: Tensor) -> Support:
        """Sample the windows that show what queried points look like.

        Args:
            pyramid: Features of the clip.
            queries: Shape (N, 3), (t, x, y), model pixels.

        Returns:
            Per level (N, S*S, C).
        """
        frame_idx = queries[:, 0].long()
        coords = queries[:, 1:] / self.config.stride
        return Support(
            tuple(
                sample_windows(maps, frame_idx, coords / 2**level, self.config.radius)
                for level, maps in enumerate(pyramid.levels)
            )
        )

    def start(self, queries: Tensor, n_frames: int) -> TrackState:
        """Start every track at its query, at every frame; queries (N, 3), model pixels."""
        coords = queries[:, 1:].float() / self.config.stride
        return TrackState.from_coords(coords.expand(n_frames, -1, -1))

    def update(
        self, pyramid: FeaturePyramid, support: Support, state: TrackState, taught: Tensor | None = None
    ) -> TrackState:
        """Improve the estimate by one iteration.

        Gradients flow to the support, the features and the logits, not to the
        coordinates the iteration starts from.

        Args:
            pyramid: Features of the T frames of ``state``.
            support: Templates of the N points.
            state: Estimate to start from.
            taught: Indices of the frames that gradients will come from, int64; None for all.

        Returns:
            The new estimate.
        """
        coords = state.coords.detach()
        tokens = self.tokens(pyramid, support, TrackState(coords, state.visibility, state.confidence))
        with mixed_precision(tokens.device):
            delta = self.updateformer(tokens, taught).transpose(0, 1).float()
        return TrackState(
            coords + delta[..., :2], state.visibility + delta[..., 2], state.confidence + delta[..., 3]
        )

    def tokens(self, pyramid: FeaturePyramid, support: Support, state: TrackState) -> Tensor:
        """Describe every point at every frame to the transformer; shape (N, T, token_dim)."""
        config = self.config
        coords = state.coords.transpose(0, 1)
        height, width = config.model_resolution
        scale = (width / config.stride, height / config.stride)
        logits = torch.stack((state.visibility, state.confidence), dim=-1).transpose(0, 1)
        correlation = self.correlation_features(pyramid, support, coords)
        motion = motion_encoding(coords, scale, config.motion_degrees)
        tokens = torch.cat((logits, correlation.float(), motion), dim=-1)
        return tokens + time_embedding(self.time_emb, tokens.shape[1])

    def correlation_features(self, pyramid: FeaturePyramid, support: Support, coords: Tensor) -> Tensor:
        """Compare templates with the frames around the current estimate.

        Args:
            pyramid: Features of the clip.
            support: Templates of the N points.
            coords: Shape (N, T, 2), (x, y) in feature pixels.

        Returns:
            Shape (N, T, n_levels * corr_out).
        """
        features: list[Tensor] = []
        for level, (maps, template) in enumerate(zip(pyramid.levels, support.levels, strict=True)):
            volume = correlate(maps, coords / 2**level, template, self.config.radius)
            features.append(self.corr_mlp(volume))
        return torch.cat(features, dim=-1)

    def output(self, state: TrackState) -> TrackOutput:
        """Convert an estimate to pixels and probabilities."""
        return TrackOutput(
            state.coords * self.config.stride, state.visibility.sigmoid(), state.confidence.sigmoid()
        )

    def forward(self, frames: Tensor, queries: Tensor, iterations: int = ITERATIONS) -> TrackOutput:
        """Track queries through a clip that is seen at once.

        Args:
            frames: Shape (T, 3, height, width), RGB 0..255, of ``config.frame_size`` of the model resolution.
            queries: Shape (N, 3), (t, x, y), model pixels.
            iterations: Number of updates.

        Returns:
            Tracks in model pixels.
        """
        pyramid = self.encode(frames)
        support = self.support(pyramid, queries)
        state = self.start(queries, pyramid.n_frames)
        for _ in range(iterations):
            state = self.update(pyramid, support, state)
        return self.output(state)
