from pathlib import Path

import pytest

from talpose_app.errors import FormatError
from talpose_app.formats.pictures import (
    picture_folder,
    picture_frame,
    picture_name,
    pictures_of_video,
    video_folder,
)
from tests.fixtures.projects import video_info

FILE = Path("labels.csv")


@pytest.mark.parametrize(
    ("n_frames", "name"), [(1, "img7.png"), (10, "img7.png"), (11, "img07.png"), (1000, "img007.png")]
)
def test_pictures_are_numbered_as_deeplabcut_does(n_frames, name):
    assert picture_name(video_info(n_frames), 7) == name
    assert picture_frame(name) == 7


@pytest.mark.parametrize("place", ["7", "labeled-data/img/7.png", "img.png", "img7", "xim7.png", "img-7.png"])
def test_other_names_tell_no_frame(place):
    assert picture_frame(place) is None


def test_the_folder_of_a_picture_is_its_video():
    assert picture_folder("labeled-data/m4s1/img01.png") == "m4s1"
    assert (picture_folder("m4s1/img01.png"), picture_folder("img01.png")) == ("m4s1", "")


def choose(*places):
    return pictures_of_video(FILE, places, video_info())


def test_the_videos_own_pictures_are_chosen():
    assert video_folder(video_info()) == "fox"
    assert choose("a/fox/img1.png", "a/hen/img1.png", "a/fox/img2.png") == (
        [0, 2], ["1 picture of other videos not read."]
    )  # fmt: skip
    assert choose("fox/img1.png") == ([0], [])
    assert choose("img1.png") == ([0], [])
    assert choose() == ([], [])


def test_pictures_of_one_other_video_are_taken_and_told():
    chosen, (note,) = choose("hen/img1.png", "hen/img2.png")
    assert chosen == [0, 1]
    assert "of a video hen, this one is fox" in note


def test_pictures_of_several_other_videos_are_refused():
    with pytest.raises(FormatError, match="fox is none of them"):
        choose("hen/img1.png", "elk/img1.png")
