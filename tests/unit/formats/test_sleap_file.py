import sys

import h5py
import numpy as np
import pytest
import sleap_io as sio

from talpose_app.formats.sleap import SleapExporter
from talpose_app.formats.sleap_file import SlpPoint, load_slp
from tests.fixtures.slp_files import placed, predicted, save_slp, slp_skeleton, slp_video

SKELETON = slp_skeleton("eye_l", "eye_r", "tail")


def load(path):
    return load_slp(str(path))


def test_instances_of_persons_are_told_and_predicted_ones_counted(tmp_path):
    fox, hen, track = slp_video(), slp_video("C:\\films\\hen.avi", None), sio.Track("vixen")
    found = predicted(SKELETON, (1.0, 2.0), (3.0, 4.0), (5.0, 6.0), track=track)
    user = placed(SKELETON, (1.5, 2.5, True), (3.5, 4.5, False), (np.nan, np.nan, False), track=track)
    user.from_predicted = found
    other = placed(SKELETON, (0.0, 0.0, True), (0.0, 0.0, True), (0.0, 0.0, True))
    file = load(save_slp(tmp_path / "a.slp", [(fox, 3, [user, found]), (hen, 7, [other])]))
    assert [(v.name, v.size, v.n_frames, v.is_cropped) for v in file.videos] == [
        ("fox.mp4", (320, 240), 20, False), ("hen.avi", None, None, False)
    ]  # fmt: skip
    first, second = file.instances
    assert (first.video_idx, first.frame_idx, first.track_idx, first.is_corrected) == (0, 3, 0, True)
    assert first.points[:2] == [
        SlpPoint("eye_l", 1.5, 2.5, True, False), SlpPoint("eye_r", 3.5, 4.5, False, False)
    ]  # fmt: skip
    assert np.isnan(first.points[2].x)
    assert (second.video_idx, second.frame_idx, second.track_idx, second.is_corrected) == (1, 7, None, False)
    assert (file.tracks, file.keypoints) == (["vixen"], ["eye_l", "eye_r", "tail"])
    assert (file.edges, file.symmetries) == ([("eye_l", "eye_r")], [("eye_l", "eye_r")])
    assert (file.n_predicted, file.is_ours, file.is_mixed_up) == ({0: 1}, False, False)


def test_positions_of_files_before_1_1_are_moved_by_half_a_pixel(tmp_path):
    """There, (0, 0) was the corner of the first pixel; sleap-io moves them."""
    user = placed(SKELETON, (0.5, 2.5, True), (3.5, 4.5, True), (np.nan, np.nan, False))
    path = save_slp(tmp_path / "a.slp", [(slp_video(), 3, [user])])
    with h5py.File(path, "a") as file:
        old = file["instances"][()]
        file["metadata"].attrs["format_id"] = 1.0
        del file["instances"]
        file["instances"] = old[[name for name in old.dtype.names if name != "tracking_score"]]
    (old_user,) = load(path).instances
    assert [(p.x, p.y) for p in old_user.points[:2]] == [(0.0, 2.0), (3.0, 4.0)]
    assert np.isnan(old_user.points[2].x)


def test_a_row_of_pictures_has_its_folders_name(tmp_path):
    pictures = [f"/data/walk/{idx}.png" for idx in range(3)]
    video = sio.Video(
        pictures,
        backend_metadata={
            "type": "ImageVideo",
            "filename": pictures[0],
            "filenames": pictures,
            "shape": [3, 9, 8, 1],
        },
        open_backend=False,
    )
    file = load(save_slp(tmp_path / "a.slp", [], [video]))
    assert [(v.name, v.size, v.n_frames) for v in file.videos] == [("walk", (8, 9), 3)]


@pytest.fixture
def walk_video(walk_clip):
    return walk_clip.path


@pytest.fixture
def package(walk_video, tmp_path):
    """A ``.pkg.slp``: the pictures of frames 2 and 5 are in the file."""
    video = sio.load_video(str(walk_video))
    users = [placed(SKELETON, (1.0, 2.0, True), (3.0, 4.0, True), (5.0, 6.0, True)) for _ in range(2)]
    labels = sio.Labels([sio.LabeledFrame(video, i, [user]) for i, user in zip((2, 5), users, strict=True)])
    path = tmp_path / "a.pkg.slp"
    sio.save_slp(labels, str(path), embed="user", verbose=False)
    return path


def test_pictures_in_the_file_belong_to_the_video_they_are_of(package, walk_video):
    file = load(package)
    assert [(v.name, v.size, v.n_frames) for v in file.videos] == [(walk_video.name, (96, 64), 20)]
    assert [one.frame_idx for one in file.instances] == [2, 5]
    assert not file.is_mixed_up


def test_pictures_of_videos_numbered_with_gaps_are_noticed(package):
    with h5py.File(package, "a") as file:
        file.move("video0", "video1")
        text = bytes(file["videos_json"][0]).replace(b"video0/", b"video1/")
        del file["videos_json"]
        file["videos_json"] = [text]
    assert load(package).is_mixed_up


def test_a_crop_is_noticed(tmp_path):
    video = slp_video()
    video.backend_metadata |= {"crop": [10, 10, 50, 50], "source_shape": [20, 240, 320, 1]}
    assert load(save_slp(tmp_path / "a.slp", [], [video])).videos[0].is_cropped


def test_files_of_this_program_are_known(labeled_project, tmp_path):
    path = tmp_path / "a.slp"
    SleapExporter().export(labeled_project, path)
    assert load(path).is_ours


def test_no_video_is_opened(walk_video, tmp_path):
    before = set(sys.modules)
    load(
        save_slp(tmp_path / "a.slp", [], [slp_video(str(walk_video)), slp_video("https://example.org/a.mp4")])
    )
    assert not {"aiohttp", "imageio_ffmpeg"} & (set(sys.modules) - before)
