"""Articulated animals: a tree of limbs that swing, each drawn as one tapered, shaded part."""

from dataclasses import dataclass, field
from typing import TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from training.procedural.motion import Curve, Transforms, rotation, smooth_curve, translation
from training.procedural.parts import Part, make_patch

Rng: TypeAlias = np.random.Generator


@dataclass(frozen=True, slots=True)
class Limb:
    """One segment, along +x of its own plane from its joint.

    Attributes:
        parent: Index of the limb it hangs on; -1 for the root.
        at: Where along the parent's length the joint sits, 0..1.
        aside: Offset of the joint across the parent, in parent widths.
        angle: Rest angle to the parent, radians.
        length: Pixels.
        width: Pixels at the joint.
        taper: Width at the tip as a share of `width`.
        depth: Drawing order; larger is nearer.
        swing: Angle over time added to `angle`, (n_frames,).
        shade: Brightness factor (far legs are darker).
    """

    parent: int
    at: float
    aside: float
    angle: float
    length: float
    width: float
    taper: float
    depth: float
    swing: Curve
    shade: float = 1.0


@dataclass(slots=True)
class Body:
    """Limbs under construction, with the gait they share."""

    rng: Rng
    n_frames: int
    stride: float
    limbs: list[Limb] = field(default_factory=list[Limb])

    def gait(self, amplitude: float, phase: float) -> Curve:
        """Swing with the stride, a harmonic and a little wandering of the rest angle."""
        t = np.arange(self.n_frames) * self.stride + phase
        harmonic = self.rng.uniform(0, 0.4) * np.sin(2 * t + self.rng.uniform(0, 6))
        wander = smooth_curve(self.rng, self.n_frames, 0.12 * amplitude)
        return amplitude * (np.sin(t) + harmonic) + wander

    def add(
        self, parent: int, at: float, angle: float, shape: tuple[float, float, float], **more: float
    ) -> int:
        """Hang a limb on `parent` and return its index.

        Args:
            parent: Index of the parent limb, -1 for the root.
            at: Place along the parent, 0..1.
            angle: Rest angle to the parent, radians.
            shape: (length, width, taper).
            **more: aside, depth, amplitude, phase, shade.
        """
        swing = self.gait(more.get("amplitude", 0.1), more.get("phase", 0.0))
        length, width, taper = shape
        limb = Limb(
            parent, at, more.get("aside", 0.0), angle, length, width, taper,
            more.get("depth", 0.0), swing, more.get("shade", 1.0),
        )  # fmt: skip
        self.limbs.append(limb)
        return len(self.limbs) - 1

    def chain(
        self, parent: int, at: float, angles: list[float], shape: tuple[float, float, float], **more: float
    ) -> int:
        """Hang a chain of limbs, each thinner than the one before, and return the first one's index."""
        length, width, taper = shape
        phase, first = more.get("phase", 0.0), -1
        for step, angle in enumerate(angles):
            link = {**more, "phase": phase - 0.9 * step}
            if step:
                link["aside"] = 0.0
            new = self.add(parent, at if step == 0 else 0.96, angle, (length, width, taper), **link)
            first = new if step == 0 else first
            parent, width, length = new, width * taper, length * self.rng.uniform(0.8, 1.05)
        return first


def quadruped(body: Body, size: float) -> None:
    """Build a four-legged animal seen from the side, `size` pixels long."""
    rng = body.rng
    legs, thick = size * rng.uniform(0.2, 0.36), size * rng.uniform(0.05, 0.12)
    swing = rng.uniform(0.2, 0.6)
    torso = body.add(-1, 0, 0, (size * 0.62, size * rng.uniform(0.24, 0.36), 0.9), amplitude=0.04)
    for at, lag in ((0.08, 0.0), (0.9, 1.7)):
        bend = [np.pi / 2 + rng.uniform(-0.2, 0.2), rng.uniform(-0.5, 0.5), rng.uniform(-0.4, 0.4)]
        shape = (legs * 0.42, thick, rng.uniform(0.6, 0.85))
        body.chain(torso, at, bend, shape, aside=0.25, depth=-1, amplitude=swing, phase=lag + 3.1, shade=0.75)
        body.chain(torso, at, bend, shape, aside=0.28, depth=2, amplitude=swing, phase=lag)
    neck = body.add(
        torso, 0.97, -rng.uniform(0.1, 1.1), (size * rng.uniform(0.1, 0.32), thick * 2, 0.8), depth=1
    )
    head = body.add(
        neck, 0.95, rng.uniform(0.2, 0.9), (size * 0.22, thick * 1.9, 0.55), depth=3, amplitude=0.15
    )
    body.add(head, 0.15, -rng.uniform(1.4, 2.4), (size * 0.08, thick * 0.7, 0.4), aside=-0.3, depth=4)
    tail = [np.pi + rng.uniform(-0.8, 0.4)] + [rng.uniform(-0.3, 0.3)] * int(rng.integers(1, 4))
    body.chain(torso, 0.03, tail, (size * 0.13, thick * 0.7, 0.75), depth=0.5, amplitude=0.3)


def rodent(body: Body, size: float) -> None:
    """Build a bending body with a thin tail seen from above: mouse, fish, worm."""
    rng = body.rng
    wide = size * rng.uniform(0.14, 0.3)
    rear = body.add(-1, 0, 0, (size * 0.26, wide, 1.0), amplitude=0.05)
    mid = body.add(rear, 0.85, 0, (size * 0.26, wide * 0.95, 0.85), amplitude=0.25, depth=0.1)
    head = body.add(mid, 0.85, 0, (size * 0.2, wide * 0.75, 0.4), amplitude=0.3, phase=-1, depth=0.2)
    for side in (-1, 1):
        body.add(head, 0.1, side * 1.8, (wide * 0.4, wide * 0.35, 0.8), aside=side * 0.35, depth=0.3)
        for limb, at in ((rear, 0.3), (mid, 0.7)):
            shape = (wide * 0.5, wide * 0.25, 0.6)
            turn, lag = side * rng.uniform(0.6, 1.6), rng.uniform(0, 6)
            body.add(limb, at, turn, shape, aside=side * 0.4, depth=-1, amplitude=0.4, phase=lag)
    tail = [np.pi] + [rng.uniform(-0.25, 0.25)] * int(rng.integers(2, 5))
    body.chain(
        rear, 0.02, tail, (size * 0.15, wide * rng.uniform(0.12, 0.5), 0.8), depth=-0.5, amplitude=0.35
    )


def insect(body: Body, size: float) -> None:
    """Build a six- or eight-legged animal with thin legs, wings and feelers, seen from above."""
    rng = body.rng
    wide = size * rng.uniform(0.14, 0.24)
    abdomen = body.add(-1, 0, 0, (size * 0.4, wide * 1.1, 0.9), amplitude=0.05)
    thorax = body.add(abdomen, 0.9, 0, (size * 0.25, wide, 0.9), depth=0.2)
    head = body.add(thorax, 0.92, 0, (size * 0.14, wide * 0.8, 0.8), depth=0.4, amplitude=0.1)
    count, thin = int(rng.choice([3, 3, 4])), max(size * rng.uniform(0.018, 0.05), 1.6)
    for side in (-1, 1):
        for pair in range(count):
            spread = side * (2.5 - 1.9 * pair / (count - 1)) + rng.normal(0, 0.15)
            bend = [spread, -side * rng.uniform(0.2, 1.2), side * rng.uniform(-0.3, 0.8)]
            shape = (size * rng.uniform(0.14, 0.24), thin, 0.8)
            lag = np.pi * ((pair + (side > 0)) % 2)
            more = {"aside": side * 0.35, "depth": -1.0, "amplitude": rng.uniform(0.1, 0.35), "phase": lag}
            body.chain(thorax, 0.15 + 0.7 * pair / (count - 1), bend, shape, **more)
        if rng.random() < 0.6:
            turn = np.pi - side * rng.uniform(0.1, 0.7)
            shape = (size * 0.5, wide * 0.6, 1.2)
            body.add(thorax, 0.5, turn, shape, aside=side * 0.2, depth=0.6, amplitude=0.1, shade=1.2)
        body.chain(
            head, 0.8, [side * 0.5, side * 0.2], (size * 0.08, thin * 0.8, 0.8), depth=-0.5, amplitude=0.3
        )


def biped(body: Body, size: float) -> None:
    """Build a bird or a walking person seen from the side."""
    rng = body.rng
    upright = rng.uniform(0.1, 1.5)
    torso = body.add(-1, 0, -upright, (size * 0.42, size * rng.uniform(0.16, 0.3), 0.8), amplitude=0.05)
    thick = size * rng.uniform(0.04, 0.09)
    for lag, depth, shade in ((0.0, 2.0, 1.0), (np.pi, -1.0, 0.75)):
        bend = [np.pi / 2 + upright, rng.uniform(0.1, 0.6), rng.uniform(-1.2, -0.2)]
        shape = (size * 0.2, thick, 0.8)
        body.chain(torso, 0.15, bend, shape, aside=0.1, depth=depth, amplitude=0.45, phase=lag, shade=shade)
        turn = [np.pi + rng.uniform(-0.9, 0.9), rng.uniform(-0.6, 0.6)]
        more = {"depth": depth + 0.5, "amplitude": rng.uniform(0.2, 0.7), "phase": lag + 2, "shade": shade}
        body.chain(torso, 0.85, turn, (size * 0.17, thick * rng.uniform(0.8, 2.5), 0.8), **more)
    neck = body.add(torso, 0.96, rng.uniform(-0.4, 0.3), (size * 0.1, thick * 1.5, 0.8), depth=1)
    head = body.add(neck, 0.9, rng.uniform(0, 0.8), (size * 0.16, thick * 2.2, 0.6), depth=3, amplitude=0.15)
    body.add(head, 0.9, 0.1, (size * 0.08, thick * 0.8, 0.3), depth=2.9)


SPECIES = (quadruped, quadruped, rodent, insect, biped)


def limb_opacity(limb: Limb, margin: int) -> NDArray[np.float32]:
    """Draw a limb's outline: two round ends and the hull between them, antialiased, 0..1."""
    reach = max(limb.width, limb.width * limb.taper) / 2
    height = int(np.ceil(2 * reach)) + 2 * margin
    width = int(np.ceil(limb.length + limb.width / 2 + limb.width * limb.taper / 2)) + 2 * margin
    ys, xs = np.mgrid[0:height, 0:width].astype(np.float32)
    along = np.clip((xs - margin - limb.width / 2) / max(limb.length, 1e-3), 0, 1)
    center_x = margin + limb.width / 2 + along * limb.length
    radius = limb.width / 2 * (1 + (limb.taper - 1) * along)
    distance = np.hypot(xs - center_x, ys - (height - 1) / 2) - radius
    return np.clip(0.5 - distance, 0, 1).astype(np.float32)


def limb_patch(rng: Rng, limb: Limb, coat: NDArray[np.float32], relief: float) -> NDArray[np.float32]:
    """Cut a limb's patch out of the animal's coat and shade it as a rounded body.

    Returns:
        Premultiplied patch, shape (h, w, 4); the joint lies at column 2 + width / 2, middle row.
    """
    opacity = limb_opacity(limb, 2)
    h, w = opacity.shape
    top = int(rng.integers(0, max(1, coat.shape[0] - h)))
    left = int(rng.integers(0, max(1, coat.shape[1] - w)))
    color = coat[top : top + h, left : left + w]
    if color.shape[:2] != (h, w):
        color = cv2.resize(coat, (w, h)).astype(np.float32)
    across = (np.arange(h, dtype=np.float32) / max(h - 1, 1) - 0.5) * 2
    shading = limb.shade * (1 - relief * (0.6 * across**2 + 0.4 * across))
    shaded = np.clip(color * shading[:, None, None], 0, 255)
    tip = rng.uniform(0.5, 1.3) if rng.random() < 0.3 else 1.0
    fade = np.linspace(1.0, tip, w, dtype=np.float32)[None, :, None]
    return make_patch(np.clip(shaded * fade, 0, 255).astype(np.float32), opacity)


def pose_limbs(body: Body) -> list[Transforms]:
    """Give each limb's plane-to-animal transform, joint at the origin, one (n_frames, 3, 3) a limb."""
    n = body.n_frames
    poses: list[Transforms] = []
    for limb in body.limbs:
        turn = rotation(limb.angle + limb.swing, n)
        if limb.parent < 0:
            poses.append(turn)
            continue
        parent = body.limbs[limb.parent]
        joint = translation(parent.length * limb.at, parent.width * limb.aside, n)
        poses.append(poses[limb.parent] @ joint @ turn)
    return poses


def animal_parts(rng: Rng, body: Body, coat: NDArray[np.float32], root: Transforms) -> list[Part]:
    """Turn a body into parts, farthest first.

    Args:
        rng: Source of randomness.
        body: The limbs.
        coat: Texture the limbs are cut from, (h, w, 3), 0..255.
        root: Animal-to-screen transform, (n_frames, 3, 3).
    """
    relief = rng.uniform(0.05, 0.5)
    poses = pose_limbs(body)
    order = sorted(range(len(poses)), key=lambda i: body.limbs[i].depth)
    parts: list[Part] = []
    for index in order:
        limb = body.limbs[index]
        patch = limb_patch(rng, limb, coat, relief)
        to_joint = translation(-(2 + limb.width / 2), -(patch.shape[0] - 1) / 2, body.n_frames)
        parts.append(Part(patch, root @ poses[index] @ to_joint))
    return parts


def random_body(rng: Rng, n_frames: int, size: float, species: int) -> Body:
    """Build one animal of the given species index, `size` pixels long."""
    body = Body(rng, n_frames, stride=rng.uniform(0.1, 0.7) * rng.choice([-1, 1]))
    SPECIES[species % len(SPECIES)](body, size)
    return body
