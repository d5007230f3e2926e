"""A whole scene: background, animals, loose objects and what passes in front, ready to be drawn."""

from dataclasses import dataclass
from typing import TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from training.procedural.animals import SPECIES, animal_parts, random_body
from training.procedural.motion import (
    Camera,
    Transforms,
    around,
    rotation,
    scaling,
    shearing,
    smooth_curve,
    translation,
)
from training.procedural.parts import Part, make_patch, random_ripple
from training.procedural.photos import photo_texture
from training.procedural.textures import colorize, fractal_noise, pattern

Rng: TypeAlias = np.random.Generator
Photos: TypeAlias = tuple[NDArray[np.uint8], ...]

#: Share of the textures cut out of photographs where there are any.
PHOTO_SHARE = 0.4


@dataclass(frozen=True, slots=True)
class Style:
    """What kind of recording this is.

    Attributes:
        is_lab: Fixed camera, few objects, little contrast.
        is_grey: One channel, as an infrared camera gives.
        contrast: 0..1, of all textures.
        pace: Speed of everything; above 1 for low frame rates.
        camera: Speed of the camera.
        photos: Photographs that textures may be cut from; empty for none.
    """

    is_lab: bool
    is_grey: bool
    contrast: float
    pace: float
    camera: float
    photos: Photos = ()


def random_style(rng: Rng, photos: Photos = ()) -> Style:
    """Draw a style: three in ten are laboratory recordings."""
    is_lab = bool(rng.random() < 0.3)
    pace = float(np.clip(rng.lognormal(0.0, 0.55), 0.25, 3.5))
    if is_lab:
        is_grey = bool(rng.random() < 0.7)
        contrast = rng.uniform(0.12, 0.5)
        return Style(is_lab=True, is_grey=is_grey, contrast=contrast, pace=pace, camera=0.0, photos=photos)
    camera = 0.0 if rng.random() < 0.2 else float(rng.uniform(0.3, 1.6))
    is_grey = bool(rng.random() < 0.15)
    contrast = rng.uniform(0.35, 1.0)
    return Style(is_lab=False, is_grey=is_grey, contrast=contrast, pace=pace, camera=camera, photos=photos)


def surface(
    rng: Rng, style: Style, shape: tuple[int, int], contrast: float, *, natural: bool, coat: bool = False
) -> NDArray[np.float32]:
    """Draw a texture of some (height, width), by arithmetic or out of a photograph; float32 in 0..255.

    Args:
        rng: Source of randomness.
        style: May hold photographs.
        shape: (height, width).
        contrast: 0..1.
        natural: Muted earth colors in place of any color; photographs keep theirs.
        coat: Only kinds that an animal's skin has.
    """
    height, width = shape
    if style.photos and rng.random() < PHOTO_SHARE:
        return photo_texture(rng, style.photos, height, width, contrast=contrast)
    return colorize(rng, pattern(rng, height, width, coat=coat), contrast=contrast, natural=natural)


def background(rng: Rng, style: Style, size: tuple[int, int], lens: Transforms) -> Part:
    """Lay the background plane, now and then tilted away or rippling."""
    width, height = size
    n = len(lens)
    w, h = int(width * 1.6), int(height * 1.6)
    contrast = style.contrast * (0.4 if style.is_lab and rng.random() < 0.7 else 1.0)
    color = surface(rng, style, (h, w), contrast, natural=bool(rng.random() < 0.6))
    ramp = np.linspace(rng.uniform(0.6, 1.2), rng.uniform(0.6, 1.2), h, dtype=np.float32)
    color = np.clip(color * ramp[:, None, None], 0, 255)
    pose = lens @ translation(width / 2 - w / 2, height / 2 - h / 2, n)
    if rng.random() < 0.35:
        tilt = np.broadcast_to(np.eye(3), (n, 3, 3)).copy()
        tilt[:, 2, 0] = rng.normal(0, 4e-4) + smooth_curve(rng, n, 1e-4 * style.camera)
        tilt[:, 2, 1] = rng.normal(0, 6e-4) + smooth_curve(rng, n, 1e-4 * style.camera)
        pose = pose @ around((w / 2, h / 2), tilt)
    ripple = random_ripple(rng, 200, rng.uniform(0.2, 1)) if rng.random() < 0.1 else None
    return Part(make_patch(color.astype(np.float32), np.ones((h, w), np.float32)), pose, ripple, endless=True)


def roam(rng: Rng, style: Style, size: tuple[int, int], n_frames: int, *, heading: bool) -> Transforms:
    """Move an object about in the world: place, direction, size, and the squash of turning in depth.

    Args:
        rng: Source of randomness.
        style: Sets the pace.
        size: (width, height) of the frame.
        n_frames: Length.
        heading: Any direction (seen from above) in place of upright, facing left or right.
    """
    width, height = size
    x = width * rng.uniform(0.2, 0.8) + smooth_curve(rng, n_frames, 9 * style.pace, drift=45 * style.pace)
    y = height * rng.uniform(0.25, 0.75) + smooth_curve(rng, n_frames, 5 * style.pace, drift=15 * style.pace)
    turn = smooth_curve(rng, n_frames, 0.06 * style.pace, drift=0.25 * style.pace)
    if heading:
        turn = rng.uniform(0, 2 * np.pi) + 2.5 * turn
    grow = np.exp(smooth_curve(rng, n_frames, 0.03, drift=0.12))
    squash = grow * np.exp(smooth_curve(rng, n_frames, 0.04, drift=0.15))
    mirror = rng.choice([-1.0, 1.0])
    shear = shearing(smooth_curve(rng, n_frames, 0.03, drift=0.1), n_frames)
    place = translation(x, y, n_frames) @ rotation(turn, n_frames)
    return place @ shear @ scaling(squash * mirror, grow, n_frames)


def blob_opacity(rng: Rng, extent: int) -> NDArray[np.float32]:
    """Draw a random closed outline, smooth or angular, filling a square of `extent` pixels."""
    n = int(rng.integers(3, 9)) if rng.random() < 0.35 else 48
    angle = np.linspace(0, 2 * np.pi, n, endpoint=False)
    radius = np.full(n, 0.75)
    for k in range(2, 6):
        radius += rng.normal(0, 0.22 / k) * np.sin(k * angle + rng.uniform(0, 6))
    radius = np.clip(radius / radius.max(), 0.2, 1) * extent * 0.47
    corners = np.stack([np.cos(angle) * radius, np.sin(angle) * radius * rng.uniform(0.4, 1)], 1) + extent / 2
    mask = np.zeros((extent, extent), np.uint8)
    cv2.fillPoly(mask, [np.round(corners * 16).astype(np.int32)], 255, cv2.LINE_AA, 4)
    return (mask / 255).astype(np.float32)


def loose_object(rng: Rng, style: Style, size: tuple[int, int], lens: Transforms) -> Part:
    """Make a textured blob or plate that moves by itself, rigid or rippling."""
    extent = int(rng.uniform(24, 130))
    n = len(lens)
    color = surface(rng, style, (extent, extent), style.contrast, natural=False)
    pose = lens @ roam(rng, style, size, n, heading=bool(rng.random() < 0.5))
    pose = pose @ translation(-extent / 2, -extent / 2, n)
    ripple = random_ripple(rng, extent, rng.uniform(0.2, 1.0)) if rng.random() < 0.3 else None
    return Part(make_patch(color, blob_opacity(rng, extent)), pose, ripple)


def animals(rng: Rng, style: Style, size: tuple[int, int], lens: Transforms) -> list[Part]:
    """Put one to three animals into the scene; often they look alike, and sometimes nearly the same."""
    n = len(lens)
    count = int(rng.choice([1, 1, 2, 2, 3]))
    species, length = int(rng.integers(len(SPECIES))), size[0] * rng.uniform(0.25, 0.75)
    coat = animal_coat(rng, style)
    parts: list[Part] = []
    for _ in range(count):
        if rng.random() < 0.4:
            species, coat = int(rng.integers(len(SPECIES))), animal_coat(rng, style)
        from_above = SPECIES[species].__name__ in {"rodent", "insect"}
        body = random_body(rng, n, length * rng.uniform(0.8, 1.1), species)
        root = lens @ roam(rng, style, size, n, heading=from_above)
        root = root @ translation(-length * 0.3, -length * 0.1, n)
        parts += animal_parts(rng, body, coat, root)
    return parts


def animal_coat(rng: Rng, style: Style) -> NDArray[np.float32]:
    """Draw the texture an animal's limbs are cut from; plain ones are frequent."""
    contrast = style.contrast * (rng.uniform(0.1, 0.4) if rng.random() < 0.4 else 1.0)
    return surface(rng, style, (110, 160), contrast, natural=True, coat=True)


def foreground(rng: Rng, style: Style, size: tuple[int, int], camera: Camera, n_frames: int) -> list[Part]:
    """Make posts, bars or leaves in front of everything, fixed to a nearer layer of the world."""
    width, height = size
    lens = camera.layer(rng.uniform(1.0, 1.6))
    parts: list[Part] = []
    for _ in range(int(rng.integers(1, 4))):
        w, h = int(rng.uniform(5, 34)), int(rng.uniform(0.5, 2.2) * height)
        if rng.random() < 0.35:
            w, h = h, w
        color = surface(rng, style, (h, w), style.contrast, natural=True)
        opacity = np.ones((h, w), np.float32)
        if rng.random() < 0.4:
            leaves = fractal_noise(rng, h, w, rng.uniform(8, 30))
            opacity = np.clip((leaves - rng.uniform(0.3, 0.6)) * 12, 0, 1)
        x, y = rng.uniform(-0.1, 1.1) * width, rng.uniform(0.2, 0.8) * height
        tilt = rotation(rng.normal(0, 0.15), n_frames)
        pose = lens @ translation(x, y, n_frames) @ tilt @ translation(-w / 2, -h / 2, n_frames)
        parts.append(Part(make_patch(color, opacity.astype(np.float32)), pose))
    return parts


def random_scene(rng: Rng, style: Style, size: tuple[int, int], n_frames: int) -> list[Part]:
    """Compose a scene; parts in drawing order, the background first.

    Args:
        rng: Source of randomness.
        style: Kind of recording.
        size: (width, height) of the frame in pixels.
        n_frames: Length.
    """
    camera = Camera(rng, n_frames, size, style.camera * style.pace)
    lens = camera.layer(1.0)
    parts = [background(rng, style, size, lens)]
    if not style.is_lab or rng.random() < 0.3:
        parts += [loose_object(rng, style, size, lens) for _ in range(int(rng.integers(0, 4)))]
    if rng.random() < 0.88:
        parts += animals(rng, style, size, lens)
    else:
        parts += [loose_object(rng, style, size, lens) for _ in range(int(rng.integers(2, 5)))]
    if rng.random() < (0.15 if style.is_lab else 0.45):
        parts += foreground(rng, style, size, camera, n_frames)
    return parts
