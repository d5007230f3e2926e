import numpy as np
import pytest

from talpose_app.cli.demo.canvas import Canvas, mixed, rgb

BLACK, RED = "#000000", "#ff0000"


def red_center(canvas):
    """Mean position of the red, weighted."""
    weight = canvas.pixels[..., 0].astype(float)
    rows, cols = np.indices(weight.shape)
    return (cols * weight).sum() / weight.sum(), (rows * weight).sum() / weight.sum()


def test_colors_are_read_and_mixed():
    assert rgb("#102030") == (16, 32, 48)
    assert mixed("#000000", "#ffffff", 0.5) == "#808080"


@pytest.mark.parametrize("center", [(20.0, 15.0), (20.5, 15.25), (10.25, 8.75)])
def test_discs_and_diamonds_are_centered_to_a_fraction_of_a_pixel(center):
    for shape in ("disc", "diamond"):
        canvas = Canvas.blank(40, 30, BLACK)
        getattr(canvas, shape)(center, 5, RED)
        assert red_center(canvas) == pytest.approx(center, abs=0.3)


def test_lines_break_where_a_point_is_missing():
    canvas = Canvas.blank(40, 30, BLACK)
    canvas.polyline(np.array([[2, 5], [10, 5], [np.nan, 5], [30, 5], [38, 5]], float), RED)
    row = canvas.pixels[5, :, 0]
    assert row[6] > 200
    assert row[20] == 0
    assert row[34] > 200
    canvas.polyline(np.full((3, 2), np.nan), RED)


def test_text_advances_and_can_end_at_the_right():
    canvas = Canvas.blank(200, 40, BLACK)
    assert canvas.text("frame 7", 10, 30, RED, 16) > 40
    assert canvas.pixels[..., 0].max() > 128
    right = Canvas.blank(200, 40, BLACK)
    right.text_right("frame 7", 190, 30, RED, 16)
    columns = np.flatnonzero(right.pixels[..., 0].max(axis=0) > 64)
    assert 180 <= columns.max() <= 192


def test_png_is_a_png_with_red_as_red():
    cv2 = pytest.importorskip("cv2")
    canvas = Canvas.blank(8, 4, RED)
    decoded = cv2.imdecode(np.frombuffer(canvas.png(), np.uint8), cv2.IMREAD_COLOR)
    assert decoded.shape == (4, 8, 3)
    assert decoded[0, 0].tolist() == [0, 0, 255]


def test_a_copy_is_apart_and_blends_back():
    canvas = Canvas.blank(4, 4, BLACK)
    layer = canvas.copy()
    layer.box(-1, -1, 5, 5, RED)
    assert canvas.pixels.max() == 0
    canvas.blend(layer, 0.5)
    assert canvas.pixels[2, 2].tolist() == [128, 0, 0]
