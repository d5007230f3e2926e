import numpy as np
import pytest
import simplejpeg

from talpose_app.video.encode import decode_jpeg, encode_jpeg, shrink_jpeg
from tests.fixtures.videos import barcode, read_barcode


@pytest.mark.parametrize("size", [(96, 64), (97, 65), (1, 1)])
def test_a_jpeg_has_the_size_and_the_picture(size):
    rgb = barcode(1234, *size)
    jpeg = encode_jpeg(rgb, 90)
    height, width, _, subsampling = simplejpeg.decode_jpeg_header(jpeg)
    assert (width, height, subsampling) == (*size, "420")
    assert np.abs(decode_jpeg(jpeg).astype(int) - rgb).mean() < 4


def test_a_lower_quality_takes_fewer_bytes(rng):
    rgb = rng.integers(0, 255, (64, 96, 3), dtype=np.uint8)
    assert len(encode_jpeg(rgb, 30)) < len(encode_jpeg(rgb, 90))


def test_shrinking_keeps_the_picture():
    small = decode_jpeg(shrink_jpeg(encode_jpeg(barcode(77, 960, 640), 90), (96, 64), 85))
    assert small.shape == (64, 96, 3)
    assert read_barcode(small) == 77
