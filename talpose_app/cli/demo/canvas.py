"""Drawing on a picture: points, lines, words, at fractions of a pixel. OpenCV is loaded on use."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from talpose_app.model.arrays import Frame

#: Fractional bits of OpenCV's coordinates: a sixteenth of a pixel.
_SHIFT = 4

Color = tuple[int, int, int]


def rgb(color: str) -> Color:
    """Turn ``#RRGGBB`` into (red, green, blue)."""
    return int(color[1:3], 16), int(color[3:5], 16), int(color[5:7], 16)


def mixed(color: str, other: str, share: float) -> str:
    """Mix two colors; ``share`` of the second, in [0, 1]."""
    pairs = zip(rgb(color), rgb(other), strict=True)
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in pairs)


class Canvas:
    """A picture one can draw on.

    Attributes:
        pixels: Shape (height, width, 3), uint8, RGB.
    """

    def __init__(self, pixels: Frame) -> None:
        self.pixels: Frame = np.ascontiguousarray(pixels)

    @classmethod
    def blank(cls, width: int, height: int, color: str) -> Canvas:
        """A picture of one color."""
        return cls(np.full((height, width, 3), rgb(color), np.uint8))

    @property
    def width(self) -> int:
        """Pixels from left to right."""
        return int(self.pixels.shape[1])

    @property
    def height(self) -> int:
        """Pixels from top to bottom."""
        return int(self.pixels.shape[0])

    def line(self, start: Sequence[float], end: Sequence[float], color: str, thickness: int = 1) -> None:
        """Draw a line."""
        self.polyline(np.array([start, end], np.float64), color, thickness)

    def polyline(self, points: NDArray[np.float64], color: str, thickness: int = 1) -> None:
        """Join points by lines; the line is broken where a point is not finite.

        Args:
            points: Shape (n, 2), (x, y), pixels.
            color: ``#RRGGBB``.
            thickness: Pixels.
        """
        import cv2

        for piece in _finite_pieces(points):
            fixed = np.round(piece * (1 << _SHIFT)).astype(np.int32)
            cv2.polylines(self.pixels, [fixed[:, None]], False, rgb(color), thickness, cv2.LINE_AA, _SHIFT)  # noqa: FBT003  OpenCV's

    def polygon(self, points: NDArray[np.float64], color: str) -> None:
        """Fill a polygon; points of shape (n, 2), pixels."""
        import cv2

        fixed = np.round(points * (1 << _SHIFT)).astype(np.int32)
        cv2.fillPoly(self.pixels, [fixed[:, None]], rgb(color), cv2.LINE_AA, _SHIFT)

    def disc(self, center: Sequence[float], radius: float, color: str, thickness: int = -1) -> None:
        """Draw a disc, or a ring if there is a thickness."""
        import cv2

        x, y = (round(float(value) * (1 << _SHIFT)) for value in center)
        at_scale = round(radius * (1 << _SHIFT))
        cv2.circle(self.pixels, (x, y), at_scale, rgb(color), thickness, cv2.LINE_AA, _SHIFT)

    def diamond(self, center: Sequence[float], radius: float, color: str) -> None:
        """Fill a square that stands on a corner."""
        x, y = center[0], center[1]
        corners = [(x, y - radius), (x + radius, y), (x, y + radius), (x - radius, y)]
        self.polygon(np.array(corners, np.float64), color)

    def box(
        self, left: float, top: float, right: float, bottom: float, color: str, radius: float = 0
    ) -> None:
        """Fill a rectangle with rounded corners."""
        r = min(radius, (right - left) / 2, (bottom - top) / 2)
        turn = np.linspace(0, np.pi / 2, 12)
        corner = np.stack([np.cos(turn), np.sin(turn)], axis=1) * r
        quarter = np.array([[0.0, 1.0], [-1.0, 0.0]])
        centers = [(right - r, bottom - r), (left + r, bottom - r), (left + r, top + r), (right - r, top + r)]
        outline: list[NDArray[np.float64]] = []
        for center in centers:
            outline.append(corner + np.array(center))
            corner = corner @ quarter
        self.polygon(np.concatenate(outline), color)

    def paste(self, picture: Frame, left: int, top: int) -> None:
        """Put a picture on this one; it must fit."""
        self.pixels[top : top + picture.shape[0], left : left + picture.shape[1]] = picture

    def blend(self, other: Canvas, share: float) -> None:
        """Mix in another picture of the same size; ``share`` of it in [0, 1]."""
        import cv2

        self.pixels = np.asarray(cv2.addWeighted(self.pixels, 1 - share, other.pixels, share, 0), np.uint8)

    def copy(self) -> Canvas:
        """A second picture that can be drawn on by itself."""
        return Canvas(self.pixels.copy())

    def text(
        self, words: str, left: float, baseline: float, color: str, size: int = 16, *, is_bold: bool = False
    ) -> float:
        """Write a line.

        Args:
            words: What to write.
            left: Where it starts, pixels.
            baseline: Where the letters stand, pixels.
            color: ``#RRGGBB``.
            size: Height of the font, pixels.
            is_bold: Heavier.

        Returns:
            Where it ends, pixels.
        """
        import cv2

        origin = (round(left), round(baseline))
        if hasattr(cv2, "FontFace"):
            # OpenCV 5 draws TrueType; the older one knows stroke fonts only.
            face, weight = cv2.FontFace("sans"), 700 if is_bold else 400
            end, drawn = cv2.putText(self.pixels, words, origin, rgb(color), face, size, weight)
            self.pixels = np.asarray(drawn, np.uint8)
            return float(end[0])
        scale = cv2.getFontScaleFromHeight(cv2.FONT_HERSHEY_DUPLEX, round(size * 0.68))
        thickness = 2 if is_bold else 1
        cv2.putText(
            self.pixels, words, origin, cv2.FONT_HERSHEY_DUPLEX, scale, rgb(color), thickness, cv2.LINE_AA
        )
        return left + cv2.getTextSize(words, cv2.FONT_HERSHEY_DUPLEX, scale, thickness)[0][0]

    def text_right(
        self, words: str, right: float, baseline: float, color: str, size: int = 16, **style: bool
    ) -> None:
        """Write a line that ends at ``right``."""
        ruler = Canvas(np.zeros((4, 4, 3), np.uint8))
        self.text(
            words, right - ruler.text(words, 0, 0, color, size, **style), baseline, color, size, **style
        )

    def scaled(self, width: int, height: int) -> Frame:
        """The picture at another size."""
        import cv2

        how = cv2.INTER_AREA if width < self.width else cv2.INTER_CUBIC
        return np.asarray(cv2.resize(self.pixels, (width, height), interpolation=how), np.uint8)

    def png(self) -> bytes:
        """The picture as a PNG file."""
        import cv2

        _, data = cv2.imencode(".png", self.pixels[..., ::-1])
        return data.tobytes()


def _finite_pieces(points: NDArray[np.float64]) -> list[NDArray[np.float64]]:
    """The stretches of at least two finite points."""
    is_finite = np.isfinite(points).all(axis=1)
    breaks = np.flatnonzero(np.diff(is_finite.astype(np.int8))) + 1
    return [piece for piece in np.split(points, breaks) if len(piece) > 1 and np.isfinite(piece).all()]
