from dataclasses import replace

import av
import numpy as np
import pytest

from talpose_app.cli.demo.canvas import Canvas, rgb
from talpose_app.cli.demo.overlay import Drawing, draw, enlargement, frame_canvas, write_video
from talpose_app.model.skeleton import PALETTE
from tests.fixtures.projects import NOSE, TAIL, straight_track


@pytest.fixture
def tracked_project(labeled_project):
    return replace(labeled_project, made={**labeled_project.made, TAIL: straight_track(20, 0, 20)})


@pytest.fixture
def drawing(tracked_project):
    return Drawing.of(tracked_project)


def test_labels_stand_over_tracks(drawing, tracked_project):
    assert drawing.positions[2, 0].tolist() == [100.1 + 1 / 3, 50.0]
    assert drawing.positions[3, 0].tolist() == tracked_project.tracks[NOSE].positions[3].tolist()
    assert np.isnan(drawing.positions[9, 0]).all()
    assert np.flatnonzero(drawing.is_labeled[:, 0]).tolist() == [2, 5, 9]
    assert not drawing.is_seen[5, 0]
    assert drawing.edges == ((0, 1),)


def test_a_point_is_drawn_in_its_color_where_it_is(drawing):
    canvas = Canvas.blank(640, 480, "#000000")
    draw(canvas, drawing, 4, scale=2.0, trails=False)
    x, y = (drawing.positions[4, 0] + 0.5) * 2 - 0.5
    assert tuple(canvas.pixels[round(y), round(x)]) in (rgb(PALETTE[0]), rgb(PALETTE[1]))


def test_frames_without_points_are_drawn_too(drawing):
    for frame_idx in range(20):
        draw(Canvas.blank(64, 48, "#000000"), drawing, frame_idx, scale=0.2)


def test_videos_have_even_sides_and_all_frames(tmp_path):
    frames = [np.full((33, 47, 3), 10 * i, np.uint8) for i in range(5)]
    path = tmp_path / "overlay.mp4"
    write_video(path, (frame_canvas(frame, 1.0).pixels for frame in frames), fps=29.97)
    with av.open(str(path)) as video:
        shown = [frame.to_ndarray(format="gray").mean() for frame in video.decode(video=0)]
        assert (video.streams.video[0].width % 2, video.streams.video[0].height % 2) == (0, 0)
    assert len(shown) == 5
    assert shown == sorted(shown)


def test_small_videos_are_enlarged_and_large_ones_left():
    assert enlargement(320, 240) == 3.0
    assert enlargement(1920, 1080) == 1.0
