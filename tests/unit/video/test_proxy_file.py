import pytest

from talpose_app.video.proxy_file import ProxyFile


def test_pictures_come_back_as_they_were_in_any_order(tmp_path):
    path = tmp_path / "a.mjpeg"
    file = ProxyFile.create(path, 5, (1280, 720))
    for frame_idx in (3, 4, 0):
        file.append(frame_idx, bytes([frame_idx]) * (10 + frame_idx))
    assert file.read(3) == bytes([3]) * 13
    assert file.read(1) is None
    assert (3 in file, 1 in file, file.n_ready) == (True, False, 3)
    file.append(1, b"one")
    file.append(2, b"two")
    file.finish()
    file.close()

    again = ProxyFile.open(path, 5)
    assert again is not None
    assert again.size == (1280, 720)
    assert [again.read(i) for i in range(5)] == [bytes(10), b"one", b"two", bytes([3]) * 13, bytes([4]) * 14]
    again.close()
    assert again.read(0) is None


def test_the_nearest_picture_is_found(tmp_path):
    file = ProxyFile.create(tmp_path / "a.mjpeg", 10, (8, 8))
    assert file.nearest_ready(5) is None
    for frame_idx in (2, 7):
        file.append(frame_idx, b"x")
    assert [file.nearest_ready(i) for i in (0, 2, 4, 5, 9)] == [2, 2, 2, 7, 7]
    file.close()


@pytest.mark.parametrize("n_bytes_lost", [1, 20, 60])
def test_a_file_that_is_not_whole_is_not_opened(tmp_path, n_bytes_lost: int):
    path = tmp_path / "a.mjpeg"
    file = ProxyFile.create(path, 2, (8, 8))
    file.append(0, bytes(40))
    file.append(1, bytes(40))
    file.finish()
    file.close()
    whole = path.read_bytes()
    path.write_bytes(whole[:-n_bytes_lost])
    assert ProxyFile.open(path, 2) is None
    path.write_bytes(whole)
    assert ProxyFile.open(path, 3) is None
    assert ProxyFile.open(tmp_path / "none.mjpeg", 2) is None
