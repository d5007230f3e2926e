import cv2
import numpy as np
import pytest
import torch

from talpose_app.engine.footage import Footage
from talpose_app.engine.frames import FrameSource
from talpose_app.engine.offsets import OffsetGrid
from talpose_app.engine.patches import Patches
from talpose_app.engine.templates import sample_templates
from talpose_app.engine.turned import N_TURNS, TurnedLooks
from talpose_app.engine.workers import Workers
from talpose_app.tracking.anchors import NO_LABEL, Anchors
from talpose_app.video.write import VideoWriter
from tests.fixtures.moving import N_FRAMES, POINTS, label, table

pytestmark = pytest.mark.engine

STEP = 2 * np.pi / N_TURNS
SIDE = 160


@pytest.fixture
def anchors():
    labels = [label(0, 0), label(0, 12), label(1, 4)]
    return Anchors.from_labels(table(labels, POINTS[:2]), (0, N_FRAMES))


@pytest.fixture
def asked(monkeypatch):
    """Labels that were asked for in turned frames."""
    wanted, windows = [], TurnedLooks.windows

    def noted(self, labels, each_part):
        wanted.extend(labels)
        return windows(self, labels, each_part)

    monkeypatch.setattr(TurnedLooks, "windows", noted)
    return wanted


def patches_of(footage, network, anchors, orientation):
    templates = sample_templates(network, footage, anchors)
    return Patches(footage, anchors, templates, orientation, lambda _: None)


def test_what_turns_less_than_half_a_step_is_taken_as_it_is(footage, tiny_network, anchors, asked):
    still = patches_of(footage, tiny_network, anchors, np.zeros((N_FRAMES, 2)))
    turning = np.linspace(0.0, 0.49 * STEP, N_FRAMES)[:, None] + np.zeros(2)
    nearly = patches_of(footage, tiny_network, anchors, turning)
    assert asked == []
    rows = np.array([0, 1, 2])
    torch.testing.assert_close(nearly.of(9, rows), still.of(9, rows), atol=0, rtol=0)


def test_only_turns_that_are_met_while_a_label_is_looked_for_are_made(footage, tiny_network, anchors, asked):
    orientation = np.zeros((N_FRAMES, 2))
    orientation[2:5, 0] = 2 * STEP
    orientation[15:, 0] = -1.2 * STEP
    patches = patches_of(footage, tiny_network, anchors, orientation)
    # Frames 2 to 4 lie between both labels of the first point, 15 and on after the second one; those from 21
    # on are far enough from it that the first label is looked for as well.
    met = {(one.frame_idx, one.turn) for one in asked}
    assert met == {(0, 2), (12, 2), (12, N_TURNS - 1), (0, N_TURNS - 1)}
    turned, plain = patches.of(3, np.array([0])), patches.of(1, np.array([0]))
    assert (turned - plain).abs().max() > 0.01


def test_no_label_looks_like_nothing(footage, tiny_network, anchors):
    patches = patches_of(footage, tiny_network, anchors, np.zeros((N_FRAMES, 2)))
    found = patches.of(3, np.array([NO_LABEL, 0]))
    assert not found[0].any()
    assert found[1].any()


def test_without_labels_there_are_none(footage, tiny_network):
    empty = Anchors.from_labels(table([], POINTS[:2]), (0, N_FRAMES))
    patches = patches_of(footage, tiny_network, empty, np.zeros((N_FRAMES, 2)))
    assert not patches.of(3, np.array([NO_LABEL, NO_LABEL])).any()


def test_where_turns_are_not_sure_labels_count_as_they_were_too(footage, tiny_network, anchors):
    orientation = np.zeros((N_FRAMES, 2))
    orientation[3, 0] = 2 * STEP
    patches = patches_of(footage, tiny_network, anchors, orientation)
    rows = [np.array([0, 1]), np.array([2])]
    either, counts = patches.of_any(3, rows)
    assert counts == [4, 1]
    for expected in (*patches.of(3, rows[0]), *patches.of(0, rows[0])):
        assert (either[:4] == expected).flatten(1).all(dim=1).any()
    torch.testing.assert_close(either[4:], patches.of(3, rows[1]))
    assert patches.of_any(0, rows)[1] == [2, 1]


@pytest.fixture
def turning_footage(tiny_network, tmp_path):
    """A texture that turns by a step a frame about the middle of the picture."""
    rng = np.random.default_rng(3)
    texture = cv2.GaussianBlur(rng.uniform(0, 255, (SIDE, SIDE, 3)).astype(np.float32), (0, 0), 3)
    texture = cv2.normalize(texture, None, 0, 255, cv2.NORM_MINMAX).astype(np.uint8)
    writer = VideoWriter(tmp_path / "turning.mp4", (SIDE, SIDE), 25.0, crf=12)
    for frame in range(N_TURNS):
        # OpenCV's angles go against the clock as seen, ours from x (right) towards y (down).
        matrix = cv2.getRotationMatrix2D(((SIDE - 1) / 2, (SIDE - 1) / 2), -360.0 / N_TURNS * frame, 1.0)
        writer.write(cv2.warpAffine(texture, matrix, (SIDE, SIDE)))
    writer.close()
    source = FrameSource(str(tmp_path / "turning.mp4"))
    opened = Footage(source, "turning", tiny_network, "0" * 64, Workers(1))
    yield opened
    opened.close()


def test_a_point_that_has_turned_is_found_by_its_turned_looks(turning_footage, appearance_of):
    middle = (SIDE - 1) / 2
    positions = np.full((N_TURNS, 1, 2), np.nan)
    positions[0] = middle
    codes = np.where(np.isfinite(positions[..., 0]), 2, NO_LABEL)
    anchors = Anchors._from_codes(0, positions, codes)
    turning = (np.arange(N_TURNS) * STEP)[:, None]
    center = torch.from_numpy(turning_footage.to_feature_pixels(np.full((1, 2), middle))).float()
    here = OffsetGrid.make(turning_footage.device).places.norm(dim=-1) == 0

    def responses(orientation):
        seen = appearance_of(anchors, orientation, turning_footage)
        return [float(seen.near(at, np.array([0]), center)[0][here]) for at in range(2, N_TURNS - 1)]

    found, unturned, wrongly = (np.mean(responses(turns * turning)) for turns in (1, 0, -1))
    assert found > max(unturned, wrongly) + 0.05
