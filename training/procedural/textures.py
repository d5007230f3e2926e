"""Textures made of noise and arithmetic alone, so that no picture's licence is involved.

Every function takes a random generator and a size and returns float32 in 0..1 (grey) or 0..255 (colour).
"""

from typing import TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

Image: TypeAlias = NDArray[np.float32]
Rng: TypeAlias = np.random.Generator


def value_noise(rng: Rng, height: int, width: int, cell: float, *, stretch: float = 1.0) -> Image:
    """Smooth noise in 0..1 of one octave.

    Args:
        rng: Source of randomness.
        height: Rows of the result.
        width: Columns of the result.
        cell: Size of a lattice cell in pixels, along y.
        stretch: Cells are this many times longer along x than along y.

    Returns:
        Shape (height, width), float32.
    """
    rows = max(2, round(height / cell) + 1)
    columns = max(2, round(width / (cell * stretch)) + 1)
    lattice = rng.random((rows, columns), dtype=np.float32)
    return cv2.resize(lattice, (width, height), interpolation=cv2.INTER_CUBIC).astype(np.float32)


def fractal_noise(
    rng: Rng, height: int, width: int, cell: float, *, gain: float = 0.6, stretch: float = 1.0
) -> Image:
    """Sum octaves of value noise, each of half the cell size, and spread the result over 0..1.

    Returns:
        Shape (height, width), float32.
    """
    total = np.zeros((height, width), np.float32)
    weight = 1.0
    while cell >= 1.5:
        total += weight * value_noise(rng, height, width, cell, stretch=stretch)
        weight *= gain
        cell /= 2.0
    return spread(total)


def spread(grey: NDArray[np.floating]) -> Image:
    """Scale an image to the range 0..1."""
    low, high = float(grey.min()), float(grey.max())
    return ((grey - low) / max(high - low, 1e-6)).astype(np.float32)


def warp(rng: Rng, grey: Image, strength: float) -> Image:
    """Bend a texture by a smooth random displacement of about `strength` pixels."""
    height, width = grey.shape[:2]
    ys, xs = np.mgrid[0:height, 0:width].astype(np.float32)
    shift = [(value_noise(rng, height, width, 48.0) - 0.5) * 2 * strength for _ in range(2)]
    return cv2.remap(
        grey, xs + shift[0], ys + shift[1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT_101
    ).astype(np.float32)


def rotate(grey: Image, angle: float) -> Image:
    """Turn a texture about its center, mirrored beyond its border; `angle` in radians."""
    height, width = grey.shape[:2]
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), float(np.degrees(angle)), 1.0)
    return cv2.warpAffine(grey, turn, (width, height), borderMode=cv2.BORDER_REFLECT_101).astype(np.float32)


def fur(rng: Rng, height: int, width: int) -> Image:
    """Noise drawn out along one direction and bent: hair, feathers, grass."""
    strands = fractal_noise(rng, height, width, rng.uniform(2.0, 5.0), stretch=rng.uniform(3.0, 8.0))
    bent = warp(rng, rotate(strands, rng.uniform(0, np.pi)), rng.uniform(3, 14))
    return spread(bent + rng.uniform(0.3, 1.2) * fractal_noise(rng, height, width, rng.uniform(20, 60)))


def stripes(rng: Rng, height: int, width: int) -> Image:
    """Bent stripes with soft or hard edges."""
    ys, xs = np.mgrid[0:height, 0:width].astype(np.float32)
    angle, period = rng.uniform(0, np.pi), rng.uniform(6, 40)
    phase = (xs * np.cos(angle) + ys * np.sin(angle)) * (2 * np.pi / period)
    phase += rng.uniform(1, 6) * fractal_noise(rng, height, width, rng.uniform(20, 60))
    return (0.5 + 0.5 * np.tanh(np.sin(phase) * rng.uniform(0.7, 4))).astype(np.float32)


def spots(rng: Rng, height: int, width: int) -> Image:
    """Islands: noise pushed through a steep threshold."""
    noise = fractal_noise(rng, height, width, rng.uniform(8, 30), gain=0.35)
    edge = rng.uniform(0.4, 0.6)
    return (1 / (1 + np.exp(-(noise - edge) * rng.uniform(10, 50)))).astype(np.float32)


def bricks(rng: Rng, height: int, width: int) -> Image:
    """Rows of blocks, each of its own tone, with joints between them."""
    ys, xs = np.mgrid[0:height, 0:width].astype(np.float32)
    block_height, block_width = rng.uniform(10, 40), rng.uniform(12, 70)
    row = np.floor(ys / block_height)
    shifted = xs + (row % 2) * block_width * rng.choice([0.0, 0.5])
    column = np.floor(shifted / block_width)
    tones = rng.random(4096, dtype=np.float32)
    tone = tones[((row * 61 + column * 17) % 4096).astype(np.int64)]
    joint = (ys % block_height < 2) | (shifted % block_width < 2)
    tone = np.where(joint, rng.random(), 0.35 * tone + 0.35)
    turned = rotate(tone.astype(np.float32), rng.uniform(0, np.pi))
    return spread(turned + 0.3 * fractal_noise(rng, height, width, 16))


def clutter(rng: Rng, height: int, width: int) -> Image:
    """Random discs, boxes and lines of many sizes: corners and edges as in a room or a cage."""
    canvas = np.full((height, width), rng.random(), np.float32)
    for _ in range(int(rng.integers(20, 90))):
        center = (int(rng.integers(0, width)), int(rng.integers(0, height)))
        size, tone = float(rng.lognormal(2.4, 0.7)), float(rng.random())
        kind = int(rng.integers(0, 3))
        if kind == 0:
            cv2.circle(canvas, center, max(2, int(size)), tone, -1, cv2.LINE_AA)
        elif kind == 1:
            spokes = np.sort(rng.uniform(0, 2 * np.pi, int(rng.integers(3, 6))))
            corners = np.stack([np.cos(spokes), np.sin(spokes)], 1) * size * 1.4 + np.array(center)
            cv2.fillPoly(canvas, [corners.astype(np.int32)], tone, cv2.LINE_AA)
        else:
            turn = rng.uniform(0, 2 * np.pi)
            end = (int(center[0] + 4 * size * np.cos(turn)), int(center[1] + 4 * size * np.sin(turn)))
            cv2.line(canvas, center, end, tone, int(rng.integers(1, 5)), cv2.LINE_AA)
    return spread(canvas + rng.uniform(0.05, 0.3) * fractal_noise(rng, height, width, 12))


def clouds(rng: Rng, height: int, width: int) -> Image:
    """Plain fractal noise, coarse or fine."""
    return fractal_noise(rng, height, width, rng.uniform(6, 90), gain=rng.uniform(0.4, 0.9))


PATTERNS = (clouds, fur, fur, stripes, spots, bricks, clutter, clutter)
COATS = (fur, fur, fur, spots, stripes, clouds)


def pattern(rng: Rng, height: int, width: int, *, coat: bool = False) -> Image:
    """Draw one grey texture of a random kind, often two mixed.

    Args:
        rng: Source of randomness.
        height: Rows.
        width: Columns.
        coat: Only kinds that an animal's skin has.

    Returns:
        Shape (height, width), float32 in 0..1.
    """
    kinds = COATS if coat else PATTERNS
    first = kinds[int(rng.integers(len(kinds)))](rng, height, width)
    if rng.random() < 0.5:
        return first
    second = kinds[int(rng.integers(len(kinds)))](rng, height, width)
    if rng.random() < 0.5:
        mask = spots(rng, height, width)
        return (first * mask + second * (1 - mask)).astype(np.float32)
    return spread(first + rng.uniform(0.3, 1.0) * second)


def colorize(rng: Rng, grey: Image, *, contrast: float, natural: bool) -> Image:
    """Lay a palette of three random colors over a grey texture.

    Args:
        rng: Source of randomness.
        grey: Shape (height, width), 0..1.
        contrast: 0..1, how far apart the palette's tones lie.
        natural: Take muted earth colors in place of any color.

    Returns:
        Shape (height, width, 3), float32 in 0..255.
    """
    base = rng.uniform(40, 215)
    tones = base + contrast * rng.uniform(-130, 130, 3)
    tint = rng.normal(0, 10 if natural else 35, (3, 3)) + (np.array([12, 4, -14]) if natural else 0)
    palette = np.clip(tones[:, None] + tint, 0, 255).astype(np.float32)
    stops = np.linspace(0, 1, 3)
    table = np.stack([np.interp(np.linspace(0, 1, 256), stops, palette[:, c]) for c in range(3)], 1)
    index = np.clip(grey * 255, 0, 255).astype(np.uint8)
    return table.astype(np.float32)[index]
