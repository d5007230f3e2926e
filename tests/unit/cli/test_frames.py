import click
import pytest

from talpose_app.cli.frames import read_frames
from talpose_app.errors import TalposeError

OPTION = click.Option(["--frames"])


def frames(text):
    return read_frames(click.Context(click.Command("test")), OPTION, text)


def test_frames_are_numbers_and_ranges():
    assert {i for i in range(100) if i in frames("3, 0:2,10:30:10")} == {0, 1, 3, 10, 20}
    assert frames(None) is None


def test_a_range_of_any_length_takes_no_memory():
    assert 299_999_999 in frames("0:300000000")


@pytest.mark.parametrize(
    "text", ["", "a", "1:2:3:4", "1:9:0", "-1", "1,,2", "5:2", "5:5", "1:", "9" * 5000, "\udc80"]
)
def test_what_is_no_frames_is_a_usage_error(text):
    with pytest.raises(click.BadParameter):
        frames(text)


def test_every_piece_must_reach_into_the_video():
    frames("0:100,23").check_within(24)
    with pytest.raises(TalposeError, match="frame 24, the video ends at frame 23"):
        frames("0,24:30").check_within(24)
