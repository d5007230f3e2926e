import av
import numpy as np
import pytest
from av.video.reformatter import ColorRange, Colorspace

from talpose_app.video.encode import decode_jpeg, encode_jpeg
from talpose_app.video.orientation import Orientation
from talpose_app.video.pixels import FrameConverter, fit_size

#: Rounding to 8 bits in YUV and swscale's fast tables.
_TOLERANCE = 4


def color_chart(width: int, height: int) -> np.ndarray:
    """Saturated fields, large against chroma subsampling: (height, width, 3) uint8."""
    colors = np.array(
        [[200, 40, 40], [40, 200, 40], [40, 40, 200], [220, 220, 60], [30, 30, 30], [225, 225, 225]]
    )
    fields = colors.reshape(2, 3, 3)
    return fields[np.arange(height)[:, None] * 2 // height, np.arange(width)[None] * 3 // width].astype(
        np.uint8
    )


def yuv_frame(
    rgb: np.ndarray, matrix: Colorspace, tag: int, color_range: ColorRange, pix_fmt: str
) -> av.VideoFrame:
    frame = av.VideoFrame.from_ndarray(rgb, format="rgb24").reformat(
        format=pix_fmt, dst_colorspace=matrix, dst_color_range=color_range
    )
    frame.colorspace, frame.color_range = tag, int(color_range)
    return frame


def field_centers(rgb: np.ndarray) -> np.ndarray:
    height, width = rgb.shape[:2]
    rows, cols = [height // 4, height * 3 // 4], [width // 6, width // 2, width * 5 // 6]
    return rgb[np.ix_(rows, cols)].astype(int)


@pytest.mark.parametrize(
    ("matrix", "tag"), [(Colorspace.ITU601, 5), (Colorspace.ITU601, 6), (Colorspace.ITU709, 1)]
)
@pytest.mark.parametrize("color_range", [ColorRange.MPEG, ColorRange.JPEG])
@pytest.mark.parametrize("pix_fmt", ["yuv420p", "yuv444p", "yuv420p10le", "nv12"])
@pytest.mark.parametrize("size", [(192, 128), (97, 65)])
def test_colors_survive_each_matrix_range_and_format(matrix, tag, color_range, pix_fmt, size):
    rgb = color_chart(192, 128)
    frame = yuv_frame(rgb, matrix, tag, color_range, pix_fmt)
    back = FrameConverter(Orientation()).rgb(frame, size)
    assert back.shape == (size[1], size[0], 3)
    assert np.abs(field_centers(back) - field_centers(rgb)).max() <= _TOLERANCE
    through_jpeg = decode_jpeg(encode_jpeg(back, 95))
    assert np.abs(field_centers(through_jpeg) - field_centers(rgb)).max() <= _TOLERANCE + 3


def test_untagged_video_is_taken_for_hd_by_its_height():
    hd, sd = color_chart(1280, 720), color_chart(640, 480)
    for rgb, matrix in ((hd, Colorspace.ITU709), (sd, Colorspace.ITU601)):
        frame = yuv_frame(rgb, matrix, 2, ColorRange.MPEG, "yuv420p")
        back = FrameConverter(Orientation()).rgb(frame, rgb.shape[1::-1])
        assert np.abs(field_centers(back) - field_centers(rgb)).max() <= _TOLERANCE


def test_gray_stays_gray():
    gray = np.tile(np.arange(192, dtype=np.uint8), (128, 1))
    frame = av.VideoFrame.from_ndarray(gray, format="gray")
    back = FrameConverter(Orientation()).rgb(frame, (192, 128))
    np.testing.assert_array_equal(back, np.repeat(gray[:, :, None], 3, axis=2))


def test_a_turned_picture_has_the_size_asked_for():
    frame = av.VideoFrame.from_ndarray(color_chart(192, 128), format="rgb24")
    turned = FrameConverter(Orientation(transpose=True, flip_x=True)).rgb(frame, (64, 96))
    assert turned.shape == (96, 64, 3)


@pytest.mark.parametrize(
    ("size", "box", "expected"),
    [
        ((1920, 1080), None, (1920, 1080)),
        ((1920, 1080), (1280, 720), (1280, 720)),
        ((1920, 1080), (1280, 1280), (1280, 720)),
        ((1080, 1920), (1280, 720), (405, 720)),
        ((640, 480), (1280, 720), (640, 480)),
        ((5000, 2), (100, 100), (100, 1)),
    ],
)
def test_sizes_shrink_into_the_box_and_never_grow(size, box, expected):
    assert fit_size(size, box) == expected
