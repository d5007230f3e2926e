import numpy as np
import pytest

from talpose_app.cli.demo.canvas import rgb
from talpose_app.cli.demo.overlay import Drawing
from talpose_app.cli.demo.picture import HEIGHT, WIDTH, Method, Story, compose, most_improved_frame
from talpose_app.tracking.scoring import score


@pytest.fixture
def story(labeled_project):
    n_frames = labeled_project.video.n_frames
    truth = np.zeros((n_frames, 1, 2)) + 60.0
    mask = np.ones((n_frames, 1), bool)
    mask[2] = False
    off = np.zeros((n_frames, 1, 1))
    off[12] = 30.0
    methods = tuple(
        Method(title, color, truth + off * share, score(truth + off * share, truth, mask, (320, 240)))
        for title, color, share in (
            ("Straight", "#94a1ad", 2),
            ("Track", "#56b4e9", 1),
            ("Refine", "#e69f00", 0),
        )
    )
    drawing = Drawing.of(labeled_project)
    return Story("Fox", "twenty frames", methods, drawing, drawing, truth, mask, (2, 5), (1.0, 0.5, 0.4))


def test_the_frame_that_gained_most_is_shown(story):
    assert most_improved_frame(*story.methods[-2:], story.truth, story.mask) == 12


def test_the_picture_has_its_size_and_the_methods_colors(story, rng):
    frame = rng.integers(0, 255, (240, 320, 3), np.uint8)
    canvas = compose(story, frame, 12)
    assert canvas.pixels.shape == (HEIGHT, WIDTH, 3)
    for method in story.methods:
        assert (canvas.pixels == rgb(method.color)).all(axis=-1).sum() > 500


def test_a_story_without_losses_or_scores_is_still_drawn(story, rng):
    from dataclasses import replace

    frame = rng.integers(0, 255, (48, 64, 3), np.uint8)
    empty = replace(story, losses=(), mask=np.zeros_like(story.mask))
    assert compose(empty, frame, 0).width == WIDTH
