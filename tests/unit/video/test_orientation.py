import numpy as np
import pytest

from talpose_app.video.container import open_container
from talpose_app.video.orientation import Orientation, orientation_of
from tests.fixtures.videos import ClipShelf, read_barcode


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("h264_mp4", Orientation()),
        ("h264_turned_90", Orientation(transpose=True, flip_y=True)),
        ("h264_turned_180", Orientation(flip_x=True, flip_y=True)),
        ("h264_turned_270", Orientation(transpose=True, flip_x=True)),
        ("h264_mirrored", Orientation(flip_x=True)),
        ("h264_turned_and_mirrored", Orientation(transpose=True, flip_x=True, flip_y=True)),
    ],
)
def test_the_display_matrix_lays_the_picture_upright(clips: ClipShelf, name: str, expected: Orientation):
    container, stream = open_container(clips.get(name).path)
    with container:
        frame = next(container.decode(stream))
        orientation = orientation_of(frame)
        assert orientation == expected
        upright = orientation.apply(frame.to_ndarray(format="rgb24"))
    assert upright.shape[1::-1] == orientation.size(frame.width, frame.height)
    assert read_barcode(upright) == 0


def test_a_turned_array_is_contiguous_and_an_upright_one_untouched():
    picture = np.arange(24, dtype=np.uint8).reshape(2, 4, 3)
    assert Orientation().apply(picture) is picture
    turned = Orientation(transpose=True, flip_x=True).apply(picture)
    assert turned.flags.c_contiguous
    np.testing.assert_array_equal(turned, np.rot90(picture, -1))
