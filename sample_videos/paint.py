"""Brushes for the sample: noise, fur patches, and ribbons that bend a patch along a curve.

Positions are (x, y) in pixels of the finished frame, (0, 0) at the center of the top-left pixel. Canvases
are `SCALE` times finer; `to_canvas` converts.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

import cv2  # noqa: TID253 (a script, never imported by the app)
import numpy as np
from numpy.typing import NDArray

Floats: TypeAlias = NDArray[np.float32]
Points: TypeAlias = NDArray[np.float64]

#: Canvas pixels per frame pixel: edges and hairs are averaged down from these.
SCALE = 2

#: Patch pixels per frame pixel.
FINE = 3

#: Points that a ribbon's curve is made of.
CURVE_POINTS = 64


def to_canvas(points: Points) -> Points:
    """Convert frame pixels to canvas pixels, centers to centers."""
    return points * SCALE + (SCALE - 1) / 2


def noise(rng: np.random.Generator, size: tuple[int, int], cell: tuple[float, float]) -> Floats:
    """Smooth noise of two octaves, mean 0, about -1..1; `size` (height, width), `cell` (along y, along x)."""
    total = np.zeros(size, np.float32)
    for octave, weight in ((1.0, 0.65), (0.5, 0.35)):
        lattice = [max(2, round(n / (c * octave)) + 2) for n, c in zip(size, cell, strict=True)]
        field = rng.uniform(-1, 1, lattice).astype(np.float32)
        total += weight * cv2.resize(field, (size[1], size[0]), interpolation=cv2.INTER_CUBIC)
    return total * 1.5


def smooth_steps(x: Floats, *stops: float) -> Floats:
    """Rise from 0 to 1 between two stops, smoothly."""
    u = np.clip((x - stops[0]) / (stops[1] - stops[0]), 0, 1)
    return (u * u * (3 - 2 * u)).astype(np.float32)


def mix(first: Floats, second: tuple[float, float, float], share: Floats) -> Floats:
    """Blend a color over an image (h, w, 3) by a share (h, w)."""
    return (first * (1 - share[..., None]) + np.array(second, np.float32) * share[..., None]).astype(
        np.float32
    )


@dataclass(frozen=True, slots=True)
class Cloth:
    """The plane a ribbon's patch is painted in: `along` 0..1 and `across` in frame pixels, both (h, w)."""

    along: Floats
    across: Floats
    rng: np.random.Generator


def furry(
    cloth: Cloth,
    color: Floats,
    profile: tuple[Floats, Floats],
    *,
    roughness: float = 1.6,
    contrast: float = 0.16,
    light: float = 0.30,
) -> Floats:
    """Turn a painted color into fur: strands, soft edge, light from above.

    Args:
        cloth: Where the patch lies.
        color: Shape (h, w, 3), 0..255.
        profile: Reach of the body above and below the curve, in frame pixels, each (h, w).
        roughness: How far single hairs stand out of the outline, frame pixels.
        contrast: Strength of the strands.
        light: How much darker the underside is.

    Returns:
        Premultiplied patch, shape (h, w, 4), float32.
    """
    size = cloth.along.shape
    strands = noise(cloth.rng, size, (2.2 * FINE, 8 * FINE)) + 0.6 * noise(
        cloth.rng, size, (1.1 * FINE, 5 * FINE)
    )
    tufts = noise(cloth.rng, size, (9 * FINE, 14 * FINE))
    above, below = profile
    inside = np.where(cloth.across < 0, above + cloth.across, below - cloth.across)
    hairs = noise(cloth.rng, size, (2.5 * FINE, 2.5 * FINE))
    opacity = np.clip(0.5 + (inside + roughness * hairs) / 1.2, 0, 1)
    height = np.clip(cloth.across / np.maximum(np.where(cloth.across < 0, above, below), 1), -1, 1)
    lit = 1.06 - light * (0.5 + 0.5 * height) ** 1.4 - 0.16 * smooth_steps(-height, 0.7, 1.0)
    shade = lit * (1 + contrast * strands + 0.5 * contrast * tufts)
    painted = np.clip(color * shade[..., None], 0, 255)
    return np.concatenate([painted * opacity[..., None], opacity[..., None]], -1).astype(np.float32)


class Ribbon:
    """A patch laid along a curve that changes from frame to frame.

    Args:
        seed: Of the patch's noise.
        length: Of the curve, frame pixels.
        reach: Half the patch's height, frame pixels.
        painter: Paints the patch on a cloth.
    """

    def __init__(self, seed: int, length: float, reach: float, painter: Callable[[Cloth], Floats]) -> None:
        self.length, self.reach = length, reach
        width, height = round((length + 2 * reach) * FINE), round(2 * reach * FINE)
        x = (np.arange(width, dtype=np.float32) / FINE - reach) / length
        y = np.arange(height, dtype=np.float32) / FINE - reach
        along, across = np.meshgrid(x, y)
        self._patch = painter(
            Cloth(along.astype(np.float32), across.astype(np.float32), np.random.default_rng(seed))
        )

    def draw(self, canvas: Floats, ids: NDArray[np.int16], part_id: int, curve: Points) -> None:
        """Draw over a canvas (h, w, 3) and mark the pixels in `ids`; `curve` (n, 2) in frame pixels."""
        curve = resample(to_canvas(curve), CURVE_POINTS)
        reach = self.reach * SCALE
        height, width = canvas.shape[:2]
        left, top = np.maximum(np.floor(curve.min(0) - reach), 0).astype(int)
        right, bottom = np.minimum(np.ceil(curve.max(0) + reach) + 1, [width, height]).astype(int)
        if left >= right or top >= bottom:
            return
        along, across = unroll(curve, (int(left), int(top), int(right), int(bottom)))
        map_x = (along * self.length + self.reach) * FINE
        map_y = (across / SCALE + self.reach) * FINE
        layer = cv2.remap(self._patch, map_x, map_y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT)
        blend(canvas[top:bottom, left:right], ids[top:bottom, left:right], layer, part_id)


def blend(region: Floats, ids: NDArray[np.int16], layer: Floats, part_id: int) -> None:
    """Lay a premultiplied layer (h, w, 4) over a region of a canvas, in place."""
    opacity = layer[..., 3:]
    region *= 1 - opacity
    region += layer[..., :3]
    ids[opacity[..., 0] > 0.5] = part_id


def resample(curve: Points, count: int) -> Points:
    """Spread points evenly along a polyline (n, 2)."""
    steps = np.hypot(*np.diff(curve, axis=0).T)
    at = np.concatenate([[0.0], np.cumsum(steps)])
    wanted = np.linspace(0, at[-1], count)
    return np.stack([np.interp(wanted, at, curve[:, axis]) for axis in range(2)], 1)


def unroll(curve: Points, box: tuple[int, int, int, int]) -> tuple[Floats, Floats]:
    """Give every pixel of a box its place along a curve (0..1, beyond at the ends) and across it (pixels)."""
    left, top, right, bottom = box
    ys, xs = np.mgrid[top:bottom, left:right].astype(np.float32)
    nearest = np.full(xs.shape, np.inf, np.float32)
    index = np.zeros(xs.shape, np.int32)
    for i, (x, y) in enumerate(curve.astype(np.float32)):
        distance = (xs - x) ** 2 + (ys - y) ** 2
        closer = distance < nearest
        nearest[closer], index[closer] = distance[closer], i
    tangent = np.gradient(curve, axis=0)
    step = float(np.hypot(*tangent.T).mean())
    tangent = (tangent / np.hypot(*tangent.T)[:, None]).astype(np.float32)
    dx, dy = xs - curve[index, 0].astype(np.float32), ys - curve[index, 1].astype(np.float32)
    tx, ty = tangent[index, 0], tangent[index, 1]
    along = (index + (dx * tx + dy * ty) / step) / (len(curve) - 1)
    return along.astype(np.float32), (dy * tx - dx * ty).astype(np.float32)


def spline(knots: Points, count: int = 24) -> Points:
    """Catmull-Rom curve through knots (n, 2), `count` points a piece; passes through every knot."""
    padded = np.concatenate([[2 * knots[0] - knots[1]], knots, [2 * knots[-1] - knots[-2]]])
    u = np.linspace(0, 1, count, endpoint=False)[:, None]
    pieces = [
        0.5 * (2 * b + (c - a) * u + (2 * a - 5 * b + 4 * c - d) * u**2 + (3 * b - a - 3 * c + d) * u**3)
        for a, b, c, d in zip(padded, padded[1:], padded[2:], padded[3:], strict=False)
    ]
    return np.concatenate([*pieces, knots[-1:]])
