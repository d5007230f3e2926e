"""Make the icons of windows and of other systems' programs from the one mark.

    python scripts/make_icons.py

Drawn by Qt, which the window needs anyway; packed by Pillow.
"""

from __future__ import annotations

import io
from pathlib import Path

from PIL import Image
from PySide6 import QtCore, QtGui, QtSvg

_TOP = Path(__file__).resolve().parent.parent
MARK = _TOP / "talpose_app" / "web" / "icons" / "mark.svg"
WINDOW = MARK.with_name("mark.png")
WINDOWS = _TOP / "bundle" / "talpose.ico"
MACOS = _TOP / "bundle" / "talpose.icns"

#: Sides in pixels, of windows and task bars on Linux and in Windows' file.
_WINDOW_SIDE = 256
_WINDOWS_SIDES = (16, 24, 32, 48, 64, 128, 256)
_MACOS_SIDES = (16, 32, 64, 128, 256, 512, 1024)

#: macOS draws icons in a square of 824 pixels out of 1024; larger ones look swollen in the Dock.
_MACOS_SHARE = 824 / 1024


def main() -> None:
    """Write the three files."""
    draw(_WINDOW_SIDE).save(WINDOW, optimize=True)
    largest, *others = [draw(side) for side in reversed(_WINDOWS_SIDES)]
    largest.save(WINDOWS, sizes=[(side, side) for side in _WINDOWS_SIDES], append_images=others)
    largest, *others = [draw(side, _MACOS_SHARE) for side in reversed(_MACOS_SIDES)]
    largest.save(MACOS, append_images=others)


def draw(side: int, share: float = 1.0) -> Image.Image:
    """Draw the mark.

    Args:
        side: Of the picture, in pixels.
        share: How much of the side the mark takes; it stands in the middle.
    """
    canvas = QtGui.QImage(side, side, QtGui.QImage.Format.Format_ARGB32)
    canvas.fill(QtCore.Qt.GlobalColor.transparent)
    margin = side * (1 - share) / 2
    painter = QtGui.QPainter(canvas)
    painter.setRenderHint(QtGui.QPainter.RenderHint.Antialiasing)
    area = QtCore.QRectF(margin, margin, side - 2 * margin, side - 2 * margin)
    QtSvg.QSvgRenderer(str(MARK)).render(painter, area)
    painter.end()
    packed = QtCore.QBuffer()
    packed.open(QtCore.QIODevice.OpenModeFlag.WriteOnly)
    canvas.save(packed, "PNG")  # type: ignore[call-overload]
    return Image.open(io.BytesIO(bytes(packed.data().data()))).convert("RGBA")


if __name__ == "__main__":
    main()
