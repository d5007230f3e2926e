"""Pieces of photographs as textures; `training/README.md` lists the pictures and their licences."""

from functools import lru_cache
from pathlib import Path
from typing import TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

Image: TypeAlias = NDArray[np.float32]
Rng: TypeAlias = np.random.Generator


@lru_cache(maxsize=1)
def read_photos(folder: Path) -> tuple[NDArray[np.uint8], ...]:
    """Read every picture of a folder, in the order of their names; RGB, uint8.

    Raises:
        ValueError: There is none.
    """
    photos: list[NDArray[np.uint8]] = []
    for path in sorted(folder.glob("*.jpg")):
        image = cv2.imread(str(path))
        if image is not None:
            photos.append(np.ascontiguousarray(image[..., ::-1]).astype(np.uint8))
    if not photos:
        raise ValueError(f"no .jpg in {folder}")
    return tuple(photos)


def photo_texture(
    rng: Rng, photos: tuple[NDArray[np.uint8], ...], height: int, width: int, *, contrast: float
) -> Image:
    """Cut a random piece out of a random photograph and change its size, direction, tone and color.

    Args:
        rng: Source of randomness.
        photos: The photographs.
        height: Rows of the result.
        width: Columns of the result.
        contrast: 0..1, of the result over the photograph's.

    Returns:
        Shape (height, width, 3), float32 in 0..255.
    """
    chosen = photos[int(rng.integers(len(photos)))]
    photo: NDArray[np.uint8] = np.transpose(chosen, (1, 0, 2)) if rng.random() < 0.5 else chosen
    rows, columns = int(photo.shape[0]), int(photo.shape[1])
    largest = float(min(rows / height, columns / width))
    scale = min(largest, 0.3 * 5.0 ** rng.random())
    cut_height, cut_width = max(8, int(height * scale)), max(8, int(width * scale))
    top, left = int(rng.integers(rows - cut_height + 1)), int(rng.integers(columns - cut_width + 1))
    piece = photo[top : top + cut_height, left : left + cut_width]
    turned = np.ascontiguousarray(piece[:: int(rng.choice([-1, 1])), :: int(rng.choice([-1, 1]))])
    resized = cv2.resize(turned.astype(np.float32), (width, height), interpolation=cv2.INTER_CUBIC)
    image = np.asarray(resized, np.float32)
    mean = np.array([image[..., channel].mean() for channel in range(3)], np.float32)
    toned = (image - mean) * (0.3 + 0.9 * contrast) + rng.uniform(0.6, 1.1) * mean + rng.normal(0, 12, 3)
    return np.clip(toned, 0, 255).astype(np.float32)
