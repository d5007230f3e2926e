"""The fox: how it walks (exact keypoints, every frame) and how it is drawn."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import cv2  # noqa: TID253 (a script, never imported by the app)
import numpy as np
from numpy.typing import NDArray
from paint import (
    FINE,
    SCALE,
    Cloth,
    Floats,
    Points,
    Ribbon,
    blend,
    furry,
    mix,
    noise,
    smooth_steps,
    spline,
    to_canvas,
)

#: Frames of one stride, pixels of ground it covers, and the share of it a paw stands.
STRIDE_FRAMES, STRIDE_PX, DUTY = 32, 92.0, 0.62

#: Height of the hips over the ground, and of the line through the paws in the frame, pixels.
HIP_HEIGHT, GROUND_Y = 92.0, 392.0

#: When in the stride each leg lands: the lateral sequence of a walk.
LANDING = {"left_hind": 0.0, "left_front": 0.25, "right_hind": 0.5, "right_front": 0.75}

RUST, CREAM, SOOT = (196.0, 98.0, 38.0), (240.0, 226.0, 204.0), (44.0, 33.0, 30.0)

#: Half a leg's width along it, (place, pixels).
FRONT_LEG = [
    (-0.22, -3), (-0.08, 13), (0.1, 16), (0.36, 11), (0.66, 6.6), (0.84, 6.2), (0.98, 6.4), (1.08, -3),
]  # fmt: skip
HIND_LEG = [
    (-0.25, -3), (-0.1, 20), (0.1, 25), (0.28, 17), (0.6, 7.5), (0.85, 6.0), (0.98, 6.2), (1.08, -3),
]  # fmt: skip

#: Part ids, in drawing order; 0 is the ground.
PARTS = (
    "tail", "left_hind", "left_front", "far_ear", "torso", "neck", "right_hind", "right_front", "head",
)  # fmt: skip

#: The parts a keypoint may be seen on.
KEYPOINTS: dict[str, tuple[str, ...]] = {
    "nose": ("head",),
    "eye": ("head",),
    "ear_tip": ("head",),
    "withers": ("torso", "neck"),
    "tail_base": ("tail", "torso"),
    "tail_tip": ("tail",),
    "right_front_elbow": ("right_front", "torso"),
    "right_front_wrist": ("right_front",),
    "right_front_paw": ("right_front",),
    "right_hind_knee": ("right_hind", "torso"),
    "right_hind_hock": ("right_hind",),
    "right_hind_paw": ("right_hind",),
    "left_front_wrist": ("left_front",),
    "left_front_paw": ("left_front",),
    "left_hind_hock": ("left_hind",),
    "left_hind_paw": ("left_hind",),
}


@dataclass(frozen=True, slots=True)
class Pose:
    """One frame's fox: the curve of every ribbon, the head's place and turn, the keypoints."""

    curves: dict[str, Points]
    head: Points
    head_angle: float
    ear_angle: float
    keypoints: dict[str, Points]


def vector(x: float, y: float) -> Points:
    """Make a point or a displacement."""
    return np.array([x, y], np.float64)


def turned(v: Points, angle: float) -> Points:
    """Turn a vector; radians, from +x towards +y (down)."""
    c, s = np.cos(angle), np.sin(angle)
    return vector(c * v[0] - s * v[1], s * v[0] + c * v[1])


def bend(start: Points, end: Points, upper: float, lower: float, side: float) -> Points:
    """Place the joint between two bones; `side` +1 puts it to the right when looking from start to end."""
    gap = end - start
    distance = float(np.clip(np.hypot(*gap), abs(upper - lower) + 1e-6, 0.999 * (upper + lower)))
    along = (upper**2 - lower**2 + distance**2) / (2 * distance)
    out = np.sqrt(max(upper**2 - along**2, 0.0))
    unit = gap / np.hypot(*gap)
    return start + unit * along + side * out * vector(-unit[1], unit[0])


def paw_place(name: str, frame_idx: int) -> tuple[Points, float]:
    """Give a paw relative to the point on the ground below its hip, and how far it is lifted, 0..1."""
    phase = (frame_idx / STRIDE_FRAMES - LANDING[name]) % 1.0
    reach = STRIDE_PX * DUTY / 2
    if phase < DUTY:
        return vector(reach * (1 - 2 * phase / DUTY), 0.0), 0.0
    u = (phase - DUTY) / (1 - DUTY)
    slope = -2 * reach * (1 - DUTY) / DUTY
    # A cubic from the last stance position to the next, leaving and landing at the speed of the ground.
    forward = 2 * u**3 - 3 * u**2 + 1, u**3 - 2 * u**2 + u, -2 * u**3 + 3 * u**2, u**3 - u**2
    x = forward[0] * -reach + forward[1] * slope + forward[2] * reach + forward[3] * slope
    return vector(x, -15.0 * np.sin(np.pi * u) ** 1.3), float(np.sin(np.pi * u))


def leg(name: str, hip: Points, ground: Points, frame_idx: int) -> tuple[Points, dict[str, Points]]:
    """Solve one leg; returns its curve from the hip down and its keypoints."""
    offset, lifted = paw_place(name, frame_idx)
    ankle_place = ground + offset
    toes = ankle_place + turned(vector(9.0, 0.0), 0.7 * lifted)
    front = "front" in name
    if front:
        wrist = ankle_place + turned(vector(-1.5, -21.0), 0.9 * lifted - 0.006 * offset[0])
        elbow = bend(hip, wrist, 36.0, 36.0, 1.0)
        joints = {"elbow": elbow, "wrist": wrist}
    else:
        hock = ankle_place + turned(vector(-9.0, -28.0), 0.7 * lifted - 0.008 * offset[0])
        knee = bend(hip, hock, 38.0, 39.0, -1.0)
        joints = {"knee": knee, "hock": hock}
    curve = spline(
        np.stack([hip, *joints.values(), ankle_place + vector(1.0, -4.0), toes + vector(0.0, -3.0)])
    )
    paw = ankle_place + vector(1.0, -4.0)
    return curve, {f"{name}_{joint}": at for joint, at in {**joints, "paw": paw}.items()}


def pose_at(frame_idx: int, x: float) -> Pose:
    """Pose the fox.

    Args:
        frame_idx: 0-based frame.
        x: Frame column of the middle of its back.
    """
    beat = 4 * np.pi * frame_idx / STRIDE_FRAMES
    slow = 2 * np.pi * frame_idx / STRIDE_FRAMES
    hip = vector(x - 58, GROUND_Y - HIP_HEIGHT + 1.6 * np.sin(beat + 0.4))
    shoulder = vector(x + 52, GROUND_Y - HIP_HEIGHT + 7 + 1.6 * np.sin(beat + 2.2))
    rump, chest = hip + vector(-20, -12), shoulder + vector(24, -9)
    back = vector(x - 4, GROUND_Y - HIP_HEIGHT - 8 + 1.2 * np.sin(beat + 1.2))
    torso = spline(np.stack([rump, back, chest]))
    nod = 0.07 * np.sin(beat + 0.9) + 0.10 * np.sin(slow / 2.3)
    head = chest + vector(40, -38) + vector(1.5 * np.sin(beat), 2.4 * np.sin(beat + 0.9))
    neck = spline(np.stack([shoulder + vector(-6, -14), chest + vector(12, -17), head + vector(6, 4)]))
    tail = tail_curve(rump + vector(6, -3), frame_idx)
    withers = shoulder + vector(-2, -27)
    curves = {"torso": torso, "neck": neck, "tail": tail}
    keypoints: dict[str, Points] = {"withers": withers, "tail_base": tail[10], "tail_tip": tail[-5]}
    for name in LANDING:
        at = hip if "hind" in name else shoulder + vector(2, 4)
        near = name.startswith("right")
        ground = vector(at[0] + (4 if near else 10), GROUND_Y + (4 if near else -6))
        socket = at + (vector(0, 0) if near else vector(7, -2))
        curves[name], joints = leg(name, socket, ground, frame_idx)
        keypoints |= {key: value for key, value in joints.items() if key in KEYPOINTS}
    ear = 0.5 * np.exp(-(((frame_idx - 47) / 3.0) ** 2)) + 0.35 * np.exp(-(((frame_idx - 92) / 3.5) ** 2))
    angle = 0.18 + nod
    for name, local in {"nose": NOSE, "eye": EYE}.items():
        keypoints[name] = head + turned(local, angle)
    keypoints["ear_tip"] = head + turned(EAR_ROOT + turned(EAR_TIP, -ear), angle)
    return Pose(curves, head, angle, -ear, {name: keypoints[name] for name in KEYPOINTS})


def tail_curve(root: Points, frame_idx: int) -> Points:
    """Let the tail hang and sway like a whip, 132 pixels long."""
    angle, at, knots = np.pi - 0.30, root, [root]
    for joint in range(6):
        sway = 0.15 * np.sin(2 * np.pi * frame_idx / (1.5 * STRIDE_FRAMES) - 0.8 * joint)
        angle = angle - (0.17 if joint < 3 else -0.10) + sway * (0.3 + 0.2 * joint)
        at = at + 22 * vector(np.cos(angle), np.sin(angle))
        knots.append(at)
    return spline(np.stack(knots))


def profile_at(along: Floats, stops: Sequence[tuple[float, float]]) -> Floats:
    """Interpolate a reach along a ribbon from (place, pixels) pairs, smoothly."""
    at, value = np.array(stops).T
    fine = np.linspace(at[0], at[-1], 200)
    kernel = np.hanning(21) / np.hanning(21).sum()
    curve = np.convolve(np.pad(np.interp(fine, at, value), 10, mode="edge"), kernel, "valid")
    return np.interp(along, fine, curve, left=-9, right=-9).astype(np.float32)


def flat(cloth: Cloth, color: tuple[float, float, float]) -> Floats:
    """Fill a cloth with one color."""
    return np.broadcast_to(np.array(color, np.float32), (*cloth.along.shape, 3)).copy()


def paint_torso(cloth: Cloth) -> Floats:
    """Rust back, cream belly and chest."""
    above = profile_at(
        cloth.along, [(-0.2, -4), (-0.1, 14), (0.1, 21), (0.5, 18), (0.8, 21), (1.0, 17), (1.15, -4)]
    )
    below = profile_at(
        cloth.along, [(-0.2, -4), (-0.1, 18), (0.15, 27), (0.45, 24), (0.75, 34), (1.0, 27), (1.18, -4)]
    )
    wave = 5 * noise(cloth.rng, cloth.along.shape, (40.0, 40.0))
    belly = smooth_steps(cloth.across + wave, 13, 25) * smooth_steps(cloth.along, 0.1, 0.4)
    saddle = 0.35 * smooth_steps(-cloth.across + wave, 4, 20)
    color = mix(mix(flat(cloth, RUST), (150, 66, 24), saddle), CREAM, 0.85 * belly)
    return furry(cloth, color, (above, below), roughness=2.2)


def paint_neck(cloth: Cloth) -> Floats:
    """Rust above, cream throat below."""
    above = profile_at(cloth.along, [(-0.45, -4), (-0.1, 12), (0.3, 19), (0.8, 17), (1.1, 13), (1.3, -4)])
    below = profile_at(cloth.along, [(-0.4, -4), (0.0, 14), (0.4, 23), (0.9, 19), (1.1, 14), (1.3, -4)])
    throat = smooth_steps(cloth.across + 3 * noise(cloth.rng, cloth.along.shape, (20.0, 20.0)), 6, 15)
    return furry(cloth, mix(flat(cloth, RUST), CREAM, 0.9 * throat), (above, below), roughness=2.6)


def paint_tail(cloth: Cloth) -> Floats:
    """Bushy, darker towards the white tip."""
    stops = [(-0.1, 2), (0.0, 6), (0.2, 12), (0.55, 21), (0.8, 19), (0.95, 10), (1.06, -3)]
    reach = profile_at(cloth.along, stops)
    wave = cloth.along + 0.05 * noise(cloth.rng, cloth.along.shape, (12.0, 30.0))
    color = mix(flat(cloth, RUST), (92, 52, 34), 0.7 * smooth_steps(wave, 0.3, 0.72))
    return furry(
        cloth, mix(color, CREAM, smooth_steps(wave, 0.74, 0.82)), (reach, reach), roughness=4.2, light=0.36
    )


def paint_leg(cloth: Cloth, *, front: bool, near: bool) -> Floats:
    """Broad at the hip, black stocking, paw; far legs lie in shade, near ones fade into the body."""
    stops = FRONT_LEG if front else HIND_LEG
    reach = profile_at(cloth.along, stops)
    wave = cloth.along + 0.03 * noise(cloth.rng, cloth.along.shape, (10.0, 20.0))
    color = mix(flat(cloth, RUST), SOOT, smooth_steps(wave, 0.42, 0.62) * 0.92)
    painted = furry(cloth, color, (reach, reach), roughness=1.2, light=0.2)
    if near:
        return painted * smooth_steps(cloth.along, -0.2, 0.12)[..., None]
    painted[..., :3] *= 0.62
    return painted


NOSE, EYE = vector(47.0, 10.5), vector(15.0, -3.5)
EAR_ROOT, EAR_TIP = vector(-9.0, -15.0), vector(-5.0, -27.0)


def head_patch() -> Floats:
    """Paint the head, facing right, its origin at the patch's middle; premultiplied, (h, w, 4)."""
    rng = np.random.default_rng(5)
    size = 160 * FINE
    outline = [
        (-27, 8), (-24, -10), (-10, -20), (6, -17), (18, -10), (32, -1), (45, 5.5), (50, 9.5), (47, 14),
        (36, 17.5), (22, 20), (8, 25), (-8, 27), (-22, 20),
    ]  # fmt: skip
    color = np.broadcast_to(np.array(RUST, np.float32), (size, size, 3)).copy()
    cheek = soft_shape(
        size, [(51, 11), (34, 10), (20, 9), (6, 5), (-6, 12), (-14, 26), (8, 30), (40, 22)], 2.0
    )
    dark = soft_shape(size, [(18, -2), (34, 3), (44, 8), (36, 11), (24, 7)], 2.5)
    color = mix(mix(color, CREAM, 0.95 * cheek), (120, 60, 30), 0.45 * dark)
    strands = noise(rng, (size, size), (2.0 * FINE, 6.0 * FINE)) + 0.5 * noise(
        rng, (size, size), (FINE, 3.0 * FINE)
    )
    ys = (np.arange(size, dtype=np.float32) / FINE - 80)[:, None]
    color = np.clip(color * (1.05 - 0.006 * (ys + 10) + 0.11 * strands)[..., None], 0, 255)
    rough = 1.2 * noise(rng, (size, size), (2.0 * FINE, 2.0 * FINE))
    opacity = soft_shape(
        size, outline, 0.5, rough * (smooth_steps(-np.arange(size, dtype=np.float32) / FINE, -98, -84))
    )
    color = mix(
        color, (26, 20, 20), soft_shape(size, [(43, 6), (49, 6.5), (51, 10), (48, 13.5), (44, 11)], 0.6)
    )
    color = mix(color, (30, 22, 18), ellipse(size, EYE + vector(0.4, 0.2), (5.2, 3.7), -18))
    color = mix(color, (190, 120, 40), ellipse(size, EYE, (3.5, 2.9), -15))
    color = mix(color, (12, 10, 10), ellipse(size, EYE + vector(0.4, 0.1), (1.8, 2.5), -8))
    color = mix(color, (255, 250, 240), ellipse(size, EYE + vector(1.2, -1.1), (0.9, 0.8), 0))
    mouth = np.zeros((size, size), np.float32)
    lips = np.round((np.array([[47.0, 14.2], [36.0, 15.6], [26.0, 14.6]]) + 80) * FINE).astype(np.int32)
    cv2.polylines(mouth, [lips], isClosed=False, color=0.7, thickness=2, lineType=cv2.LINE_AA)
    color = mix(color, (70, 45, 38), mouth)
    return np.concatenate([color * opacity[..., None], opacity[..., None]], -1).astype(np.float32)


def ear_patch(*, near: bool) -> Floats:
    """Paint an ear pointing up, its root at the patch's middle."""
    rng = np.random.default_rng(6)
    size = 90 * FINE
    tip = EAR_TIP
    outline = [
        (-11, 6),
        (-10, -8),
        (tip[0] - 2, tip[1] + 2),
        (tip[0] + 2, tip[1] + 1),
        (7, -10),
        (12, 5),
        (2, 11),
    ]
    inner = [(-4, 3), (-5, -9), (tip[0], tip[1] + 8), (3, -9), (7, 3)]
    color = np.broadcast_to(np.array(RUST if near else (120, 58, 26), np.float32), (size, size, 3)).copy()
    color = mix(color, (84, 58, 48), 0.8 * soft_shape(size, inner, 1.8)) if near else color
    ys = np.broadcast_to((np.arange(size, dtype=np.float32) / FINE - 45)[:, None], (size, size))
    color = mix(color, SOOT, 0.9 * smooth_steps(-ys, 16, 25))
    color = color * (1 + 0.13 * noise(rng, (size, size), (5.0 * FINE, 2.0 * FINE)))[..., None]
    opacity = soft_shape(size, outline, 0.5, 0.8 * noise(rng, (size, size), (2.0 * FINE, 2.0 * FINE)))
    opacity = opacity * (1 - smooth_steps(ys, 2, 9))
    return np.concatenate([np.clip(color, 0, 255) * opacity[..., None], opacity[..., None]], -1).astype(
        np.float32
    )


def soft_shape(
    size: int, outline: list[tuple[float, float]], soft: float, rough: Floats | float = 0.0
) -> Floats:
    """Fill a smooth closed outline, in frame pixels about a square patch's middle; 0..1."""
    knots = np.array([*outline, *outline[:2]], np.float64)
    curve = spline(knots)[: 24 * len(outline)]
    mask = np.zeros((size, size), np.uint8)
    cv2.fillPoly(mask, [np.round((curve * FINE + size / 2) * 16).astype(np.int32)], 255, cv2.LINE_8, 4)
    inside = cv2.distanceTransform(mask, cv2.DIST_L2, 5) - cv2.distanceTransform(255 - mask, cv2.DIST_L2, 5)
    return np.clip(0.5 + (inside / FINE + rough) / (2 * soft), 0, 1).astype(np.float32)


def ellipse(size: int, center: Points, axes: tuple[float, float], degrees: float) -> Floats:
    """Fill an ellipse, antialiased."""
    mask = np.zeros((size, size), np.uint8)
    middle = tuple(np.round((center * FINE + size / 2) * 16).astype(int).tolist())
    reach = tuple(np.round(np.array(axes) * FINE * 16).astype(int).tolist())
    cv2.ellipse(mask, middle, reach, degrees, 0, 360, 255, -1, cv2.LINE_AA, 4)
    return cv2.GaussianBlur(mask, (0, 0), 1.0).astype(np.float32) / 255


class Fox:
    """All painted patches, ready to be posed."""

    def __init__(self) -> None:
        self._ribbons = {
            "torso": Ribbon(1, 165, 52, paint_torso),
            "neck": Ribbon(2, 75, 34, paint_neck),
            "tail": Ribbon(3, 132, 30, paint_tail),
            "left_hind": Ribbon(11, 118, 32, partial(paint_leg, front=False, near=False)),
            "left_front": Ribbon(12, 106, 26, partial(paint_leg, front=True, near=False)),
            "right_hind": Ribbon(13, 118, 32, partial(paint_leg, front=False, near=True)),
            "right_front": Ribbon(14, 106, 26, partial(paint_leg, front=True, near=True)),
        }
        self._head, self._ear, self._far_ear = head_patch(), ear_patch(near=True), ear_patch(near=False)

    def draw(self, canvas: Floats, ids: NDArray[np.int16], pose: Pose) -> None:
        """Draw the fox over a canvas and write part ids, 1 + index in `PARTS`."""
        for index, name in enumerate(PARTS, start=1):
            if name in self._ribbons:
                self._ribbons[name].draw(canvas, ids, index, pose.curves[name])
            elif name == "far_ear":
                root = pose.head + turned(EAR_ROOT + vector(11, -1), pose.head_angle)
                stamp(canvas, ids, self._far_ear, (root, pose.head_angle + 0.18), index)
            else:
                stamp(canvas, ids, self._head, (pose.head, pose.head_angle), index)
                root = pose.head + turned(EAR_ROOT, pose.head_angle)
                stamp(canvas, ids, self._ear, (root, pose.head_angle + pose.ear_angle), index)


def stamp(
    canvas: Floats, ids: NDArray[np.int16], patch: Floats, place: tuple[Points, float], part_id: int
) -> None:
    """Lay a square patch over the canvas, its middle at a frame position, turned by an angle."""
    at, angle = place
    scale = SCALE / FINE
    c, s = np.cos(angle) * scale, np.sin(angle) * scale
    middle = patch.shape[0] / 2
    x, y = to_canvas(at)
    pose = np.array([[c, -s, x - c * middle + s * middle], [s, c, y - s * middle - c * middle]])
    layer = cv2.warpAffine(patch, pose, (canvas.shape[1], canvas.shape[0]), flags=cv2.INTER_AREA)
    blend(canvas, ids, layer, part_id)
