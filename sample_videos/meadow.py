"""The place the fox walks through: forest edge, grass, a fence and leaves in front."""

import cv2  # noqa: TID253 (a script, never imported by the app)
import numpy as np
from fox import GROUND_Y
from numpy.typing import NDArray
from paint import SCALE, Floats, Points, mix, noise, smooth_steps

#: Row of the horizon in the frame, and how far the camera's travel shifts the forest behind it (paws: 1).
HORIZON_Y, FAR_SHIFT = 176.0, 0.25

#: Width of the world that is painted, frame pixels.
WORLD = 1000

#: Places of the fence posts at the start, frame columns, and how fast they pass (paws: 1).
POSTS, POST_SHIFT, POST_HALF_WIDTH = (452.0, 900.0), 1.45, 13.0

#: Id of the fence and of the leaves in front, in the id buffer.
FENCE_ID, LEAVES_ID = 100, 101


def shift_of_row(y: NDArray[np.float64]) -> NDArray[np.float64]:
    """Give how many times the camera's travel a row of the ground moves: 1 at the paws, less behind."""
    slope = (1 - FAR_SHIFT) / (GROUND_Y - HORIZON_Y)
    return np.where(y < HORIZON_Y, FAR_SHIFT, FAR_SHIFT + slope * (y - HORIZON_Y))


class Meadow:
    """Painted once; `background` and `foreground` show it for a camera travel.

    Args:
        size: (width, height) of the frame.
    """

    def __init__(self, size: tuple[int, int]) -> None:
        self._size = size
        rng = np.random.default_rng(21)
        self._world = paint_world(rng, (size[1] * SCALE, WORLD * SCALE))
        self._post = paint_post(rng, size[1])
        self._leaves = paint_leaves(rng, size[1])

    def background(self, travel: float) -> Floats:
        """Give the scene without the fox, (height * SCALE, width * SCALE, 3), 0..255."""
        width, height = self._size[0] * SCALE, self._size[1] * SCALE
        rows = (np.arange(height) - (SCALE - 1) / 2) / SCALE
        shift = (travel * shift_of_row(rows) * SCALE).astype(np.float32)
        map_x = np.arange(width, dtype=np.float32)[None] + shift[:, None]
        map_y = np.broadcast_to(np.arange(height, dtype=np.float32)[:, None], map_x.shape).copy()
        return np.asarray(cv2.remap(self._world, map_x, map_y, cv2.INTER_LINEAR), np.float32)

    def shadow(self, canvas: Floats, feet: list[Points], middle: float) -> None:
        """Darken the ground under the fox and around its paws, in place."""
        small = np.zeros((self._size[1], self._size[0]), np.float32)
        center = (round((middle + 6) * 16), round((GROUND_Y + 3) * 16))
        cv2.ellipse(small, center, (112 * 16, 9 * 16), 0, 0, 360, 0.55, -1, cv2.LINE_AA, 4)
        small = cv2.GaussianBlur(small, (0, 0), 9)
        for foot in feet:
            spot = np.zeros_like(small)
            height = max(0.0, GROUND_Y - foot[1] - 6)
            at = (round((foot[0] + 3) * 16), round((GROUND_Y + 2) * 16))
            cv2.ellipse(spot, at, (15 * 16, 4 * 16), 0, 0, 360, 0.5 / (1 + 0.12 * height), -1, cv2.LINE_AA, 4)
            small = np.maximum(small, cv2.GaussianBlur(spot, (0, 0), 3))
        dark = cv2.resize(small, (canvas.shape[1], canvas.shape[0]), interpolation=cv2.INTER_LINEAR)
        canvas *= 1 - dark[..., None] * np.array([0.95, 0.9, 0.8], np.float32)

    def foreground(self, canvas: Floats, ids: NDArray[np.int16], travel: float) -> None:
        """Draw the fence posts and the leaves in front of the fox, in place."""
        for place in POSTS:
            lay(canvas, ids, self._post, place - POST_SHIFT * travel, FENCE_ID)
        for place, shift in ((60.0, 1.7), (705.0, 1.6)):
            lay(canvas, ids, self._leaves, place - shift * travel, LEAVES_ID)


def lay(canvas: Floats, ids: NDArray[np.int16], patch: Floats, center: float, part_id: int) -> None:
    """Lay a patch of the frame's height over the canvas, its middle at a frame column."""
    left = center * SCALE + (SCALE - 1) / 2 - patch.shape[1] / 2
    pose = np.array([[1.0, 0.0, left], [0.0, 1.0, 0.0]])
    if left > canvas.shape[1] or left + patch.shape[1] < 0:
        return
    layer = cv2.warpAffine(patch, pose, (canvas.shape[1], canvas.shape[0]), flags=cv2.INTER_LINEAR)
    opacity = layer[..., 3:]
    canvas *= 1 - opacity
    canvas += layer[..., :3]
    ids[opacity[..., 0] > 0.5] = part_id


def paint_world(rng: np.random.Generator, size: tuple[int, int]) -> Floats:
    """Paint forest, meadow and grass, (height, width, 3) on the canvas scale."""
    height = size[0]
    world = paint_forest(rng, size)
    ys = np.broadcast_to((np.arange(height, dtype=np.float32) / SCALE)[:, None], size)
    near = smooth_steps(ys, HORIZON_Y, 480)
    ground = np.broadcast_to(np.array([126, 146, 74], np.float32), (*size, 3)).copy()
    ground = mix(ground, (92, 112, 48), near)
    patches = smooth_steps(noise(rng, size, (30.0 * SCALE, 110.0 * SCALE)), -0.2, 0.9)
    ground = mix(ground, (158, 150, 88), 0.5 * patches * (1 - 0.5 * near))
    path = np.exp(-(((ys - GROUND_Y - 6) / 30) ** 2)) * (0.75 + 0.35 * noise(rng, size, (8.0, 90.0)))
    ground = mix(ground, (150, 128, 92), np.clip(0.72 * path, 0, 1).astype(np.float32))
    grain = noise(rng, size, (3.0, 5.0)) + 0.7 * noise(rng, size, (10.0, 24.0))
    ground *= (1 + 0.10 * grain * (0.35 + 0.65 * near))[..., None]
    edge = smooth_steps(ys + 2.5 * noise(rng, size, (8.0, 8.0)), HORIZON_Y - 1, HORIZON_Y + 3)
    world = world * (1 - edge[..., None]) + ground * edge[..., None]
    world = cv2.GaussianBlur(world, (0, 0), 1.2).astype(np.float32)
    paint_stones(rng, world)
    paint_grass(rng, world)
    return np.clip(world, 0, 255).astype(np.float32)


def paint_forest(rng: np.random.Generator, size: tuple[int, int]) -> Floats:
    """Paint an out-of-focus forest edge with light between the trunks."""
    height, width = size
    ys = np.broadcast_to((np.arange(height, dtype=np.float32) / SCALE)[:, None], size)
    forest = np.broadcast_to(np.array([206, 214, 178], np.float32), (*size, 3)).copy()
    forest = mix(forest, (122, 142, 92), smooth_steps(ys, 20, HORIZON_Y))
    for layer, tone in enumerate(((136, 152, 112), (98, 118, 74), (62, 82, 50))):
        crowns = noise(rng, size, ((34.0 - 6 * layer) * SCALE, (30.0 - 5 * layer) * SCALE))
        cover = smooth_steps(crowns + (ys - 105 + 12 * layer) / 70, 0.0, 0.35)
        forest = mix(forest, tone, 0.75 * cover)
        for _ in range(16):
            x, w = int(rng.integers(0, width)), int(rng.integers(3, 9) * SCALE * (0.5 + 0.35 * layer))
            dark = tuple(0.75 * c for c in tone)
            cv2.line(forest, (x, 0), (x + int(rng.integers(-14, 14)), int(HORIZON_Y * SCALE)), dark, w)
        forest = cv2.GaussianBlur(forest, (0, 0), 7.0 - 1.5 * layer).astype(np.float32)
    glow = forest.copy()
    for _ in range(130):
        at = (int(rng.integers(0, width)), int(rng.integers(0, int(HORIZON_Y * SCALE * 0.8))))
        cv2.circle(glow, at, int(rng.integers(4, 13)), (236.0, 232.0, 186.0), -1, cv2.LINE_AA)
    return (0.8 * forest + 0.2 * cv2.GaussianBlur(glow, (0, 0), 2.0)).astype(np.float32)


def paint_stones(rng: np.random.Generator, world: Floats) -> None:
    """Scatter pebbles along the path, in place."""
    for _ in range(170):
        y = GROUND_Y + 6 + rng.normal(0, 22)
        x, reach = rng.uniform(0, WORLD), rng.uniform(1.0, 4.2)
        at = (int(x * SCALE), int(y * SCALE))
        tone = rng.uniform(0.6, 1.15) * np.array([158.0, 148.0, 134.0])
        axes = (int(reach * SCALE), max(1, int(0.6 * reach * SCALE)))
        below = (at[0] + 1, at[1] + max(1, axes[1] // 2))
        cv2.ellipse(world, below, axes, 0, 0, 360, (66.0, 62.0, 44.0), -1, cv2.LINE_AA)
        cv2.ellipse(world, at, axes, 0, 0, 360, tuple(tone.tolist()), -1, cv2.LINE_AA)
        lit = (at[0] - axes[0] // 3, at[1] - axes[1] // 3)
        shine = tuple(np.minimum(tone * 1.3, 255).tolist())
        cv2.ellipse(
            world, lit, (max(1, axes[0] // 2), max(1, axes[1] // 2)), 0, 0, 360, shine, -1, cv2.LINE_AA
        )


def paint_grass(rng: np.random.Generator, world: Floats) -> None:
    """Draw blades from the horizon to the front, in place; fewer on the path, flowers among them."""
    count = 15000
    ys = np.sort(HORIZON_Y + (480 + 30 - HORIZON_Y) * rng.random(count) ** 0.8)
    for y in ys:
        near = (y - HORIZON_Y) / (480 - HORIZON_Y)
        if rng.random() < 0.94 * np.exp(-(((y - GROUND_Y - 6) / 26) ** 2)):
            continue
        x, length = rng.uniform(0, WORLD), (3 + 19 * near) * rng.uniform(0.5, 1.2)
        lean = rng.normal(0.12, 0.35) * length
        tone = np.array([104, 128, 56]) * rng.uniform(0.55, 1.35) + np.array([36, 22, 4]) * rng.random() ** 2
        blade = np.array([[x, y], [x + 0.35 * lean, y - 0.6 * length], [x + lean, y - length]]) * SCALE
        color = tuple(np.clip(tone, 0, 255).tolist())
        thick = 1 if near < 0.55 else 2
        points = [np.round(blade * 16).astype(np.int32)]
        cv2.polylines(world, points, False, color, thick, cv2.LINE_AA, 4)  # noqa: FBT003 (positional in OpenCV)
        if rng.random() < 0.012:
            petal = ((250.0, 246.0, 236.0), (244.0, 208.0, 74.0), (196.0, 148.0, 214.0))[int(rng.integers(3))]
            tip = tuple(np.round(blade[2]).astype(int).tolist())
            cv2.circle(world, tip, max(1, round(1.3 * near * SCALE)), petal, -1, cv2.LINE_AA)


def paint_post(rng: np.random.Generator, frame_height: int) -> Floats:
    """Paint a weathered fence post as high as the frame, premultiplied, on the canvas scale."""
    half = POST_HALF_WIDTH
    height, width = frame_height * SCALE, int(2 * half + 16) * SCALE
    x = np.broadcast_to((np.arange(width, dtype=np.float32) - width / 2) / SCALE, (height, width))
    y = np.broadcast_to((np.arange(height, dtype=np.float32) / SCALE)[:, None], (height, width))
    lean = 0.6 * noise(rng, (height, width), (120.0, 60.0))
    inside = np.minimum(half - np.abs(x + lean), (y - 92 + 0.25 * x))
    inside = np.minimum(inside, 462 - y + 3 * noise(rng, (height, width), (30.0, 5.0)))
    grain = noise(rng, (height, width), (70.0, 3.0)) + 0.6 * noise(rng, (height, width), (24.0, 2.0))
    round_light = 1.12 - 0.5 * ((x + 4) / half) ** 2 * 0.75
    color = np.array([140, 120, 98], np.float32) * (round_light * (1 + 0.2 * grain))[..., None]
    moss = smooth_steps(noise(rng, (height, width), (40.0, 20.0)) + (y - 380) / 120, 0.1, 0.9)
    color = mix(color.astype(np.float32), (86, 98, 50), 0.7 * moss)
    top = smooth_steps(-(y - 92 + 0.25 * x), -5, -3)
    color = np.clip(mix(color, (176, 158, 132), 0.8 * top), 0, 255)
    opacity = np.clip(0.5 + inside, 0, 1)
    return np.concatenate([color * opacity[..., None], opacity[..., None]], -1).astype(np.float32)


def paint_leaves(rng: np.random.Generator, frame_height: int) -> Floats:
    """Paint a clump of broad blades at the lower edge, slightly out of focus, premultiplied."""
    height, width = frame_height * SCALE, 190 * SCALE
    patch = np.zeros((height, width, 4), np.float32)
    for _ in range(64):
        root = np.array([width / 2 + rng.normal(0, 26) * SCALE, height + 8])
        length, lean = rng.uniform(45, 128) * SCALE, rng.normal(0, 0.42)
        tip = (
            root + length * np.array([np.sin(lean), -np.cos(lean)]) + np.array([0, 0.25 * length * abs(lean)])
        )
        bow = (root + tip) / 2 + np.array([-0.22 * lean * length, -0.1 * length])
        u = np.linspace(0, 1, 20)[:, None]
        spine = (1 - u) ** 2 * root + 2 * u * (1 - u) * bow + u**2 * tip
        across = np.gradient(spine, axis=0)[:, ::-1] * np.array([-1, 1])
        across /= np.hypot(*across.T)[:, None]
        reach = rng.uniform(2.4, 4.4) * SCALE * (1 - u) ** 0.7
        outline = np.concatenate([spine + across * reach, (spine - across * reach)[::-1]])
        tone = np.array([58, 84, 30]) * rng.uniform(0.6, 1.5)
        cv2.fillPoly(patch, [np.round(outline * 16).astype(np.int32)], (*tone.tolist(), 1.0), cv2.LINE_AA, 4)
    return cv2.GaussianBlur(patch, (0, 0), 1.6).astype(np.float32)
