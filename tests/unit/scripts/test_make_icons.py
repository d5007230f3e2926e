"""The icons are those the script makes of the mark."""

import io

import pytest
from PIL import Image, ImageChops, ImageStat

from bundle.systems import MACOS, WINDOWS
from scripts import make_icons


def _opened(path):
    return Image.open(io.BytesIO(path.read_bytes()))


def _apart(one, other):
    """How far two pictures differ, on average, of 255."""
    return max(ImageStat.Stat(ImageChops.difference(one.convert("RGBA"), other.convert("RGBA"))).mean)


def test_the_windows_icon_is_the_mark():
    assert _apart(_opened(make_icons.WINDOW), make_icons.draw(256)) < 2


@pytest.mark.parametrize("side", [16, 32, 48, 256])
def test_every_size_of_windows_is_drawn_for_itself(side):
    icon = _opened(make_icons.WINDOWS)
    icon.size = (side, side)
    assert _apart(icon, make_icons.draw(side)) < 2


def test_the_mac_has_its_margin():
    drawn = make_icons.draw(1024, 824 / 1024)
    icon = _opened(make_icons.MACOS)
    assert _apart(icon, drawn) < 2
    assert drawn.getbbox() == (100, 100, 924, 924)


def test_the_program_takes_these_files():
    assert make_icons.MACOS.name == MACOS.icon
    assert make_icons.WINDOWS.name == WINDOWS.icon
    assert make_icons.WINDOWS.parent.name == "bundle"


def test_a_drawing_has_color_and_clear_corners():
    drawn = make_icons.draw(64)
    assert drawn.getpixel((0, 0))[3] == 0
    assert drawn.getpixel((32, 4)) == (14, 143, 129, 255)
