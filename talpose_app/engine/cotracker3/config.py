"""The numbers that make one CoTracker3 of a given size; no torch here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Literal

import msgspec

from talpose_app.errors import TrackerError

_HINT = "The file was written by another version of TALPose, or is damaged."


#: Pixels of a frame per feature pixel of XFeat's backbone.
_XFEAT_STRIDE = 8

#: Token width up to which a step of the transformer is too little work to be shared by threads.
_LIGHT_DIM = 128


@dataclass(frozen=True, slots=True)
class CoTracker3Config:
    """Every width, depth and count of the network; the defaults are the published ones.

    Attributes:
        encoder: ``residual`` (the published one) or ``xfeat`` (XFeat's backbone, whose widths are fixed).
        stem_width: Channels after the encoder's first convolution.
        stage_widths: Channels of the encoder's four residual stages; the first equals ``stem_width``.
        fuse_width: Channels after the convolution that joins the stages.
        latent_dim: Channels of a feature map.
        stride: Image pixels per feature pixel.
        n_levels: Levels of the feature pyramid.
        radius: Windows reach this many feature pixels to each side.
        corr_hidden: Hidden width of the correlation MLP.
        corr_out: Output width of the correlation MLP, per level.
        hidden_dim: Token width inside the update transformer.
        n_heads: Attention heads.
        mlp_ratio: Hidden width of a transformer MLP over ``hidden_dim``.
        depth: Rounds of time attention followed by space attention.
        n_virtual: Learned virtual tracks through which points exchange information.
        motion_degrees: Octaves of the motion encoding.
        model_resolution: Image size (height, width) the weights were made for, pixels.
        window_len: Frames the stored time embedding covers.
    """

    encoder: Literal["residual", "xfeat"] = "residual"
    stem_width: int = 64
    stage_widths: tuple[int, int, int, int] = (64, 96, 128, 128)
    fuse_width: int = 256
    latent_dim: int = 128
    stride: int = 4
    n_levels: int = 4
    radius: int = 3
    corr_hidden: int = 384
    corr_out: int = 256
    hidden_dim: int = 384
    n_heads: int = 8
    mlp_ratio: int = 4
    depth: int = 3
    n_virtual: int = 64
    motion_degrees: int = 10
    model_resolution: tuple[int, int] = (384, 512)
    window_len: int = 60

    def __post_init__(self) -> None:
        if self.stage_widths[0] != self.stem_width:
            raise ValueError(f"stage_widths[0] is {self.stage_widths[0]}, stem_width is {self.stem_width}")
        if self.hidden_dim % self.n_heads:
            raise ValueError(f"hidden_dim {self.hidden_dim} is not a multiple of n_heads {self.n_heads}")
        if self.token_dim % 2:
            raise ValueError(f"token_dim {self.token_dim} is odd: the time embedding has sine-cosine pairs")

    @property
    def enlargement(self) -> int:
        """How many times larger than the network's own the frames are that the encoder takes."""
        return _XFEAT_STRIDE // self.stride if self.encoder == "xfeat" else 1

    @property
    def is_light(self) -> bool:
        """Whether one thread computes a step as fast as several that have to wait for each other."""
        return self.hidden_dim <= _LIGHT_DIM

    @property
    def is_colorblind(self) -> bool:
        """Whether the encoder sees the mean of a frame's channels only."""
        return self.encoder == "xfeat"

    def frame_size(self, resolution: tuple[int, int]) -> tuple[int, int]:
        """Size (height, width) of the frames the encoder takes to give features of a resolution."""
        return resolution[0] * self.enlargement, resolution[1] * self.enlargement

    @property
    def window_size(self) -> int:
        """Side of a window in feature pixels."""
        return 2 * self.radius + 1

    @property
    def window_area(self) -> int:
        """Feature pixels in a window."""
        return self.window_size**2

    @property
    def motion_dim(self) -> int:
        """Numbers of the motion encoding: two differences in x and y, plain, as sines and as cosines."""
        return 4 + 8 * self.motion_degrees

    @property
    def token_dim(self) -> int:
        """Numbers of one token: two logits, correlation features of every level, motion."""
        return 2 + self.n_levels * self.corr_out + self.motion_dim

    def to_dict(self) -> dict[str, object]:
        """Return the fields as plain JSON values."""
        values: dict[str, object] = msgspec.to_builtins(self)
        return values

    @classmethod
    def from_dict(cls, data: Mapping[str, object]) -> CoTracker3Config:
        """Build a config from ``to_dict`` output.

        Raises:
            TrackerError: A field is unknown, missing or out of range.
        """
        names = {field.name for field in fields(cls)}
        if set(data) != names:
            odd = ", ".join(sorted(set(data) ^ names))
            raise TrackerError(
                f"The tracker's configuration has missing or unknown fields: {odd}.", hint=_HINT
            )
        try:
            return msgspec.convert(data, type=cls)
        except msgspec.ValidationError as error:
            raise TrackerError(f"The tracker's configuration is invalid: {error}.", hint=_HINT) from error


#: The published checkpoint that sees the whole clip at once.
OFFLINE = CoTracker3Config()

#: The published checkpoint that walks through a clip in windows of 16 frames.
ONLINE = replace(OFFLINE, window_len=16)

#: The built-in tracker, for a CPU: XFeat's features, a small update transformer.
SMALL = CoTracker3Config(
    encoder="xfeat",
    latent_dim=64,
    corr_hidden=128,
    corr_out=48,
    hidden_dim=128,
    n_heads=4,
    mlp_ratio=4,
    depth=3,
    n_virtual=8,
    motion_degrees=8,
    model_resolution=(384, 512),
    window_len=24,
)
