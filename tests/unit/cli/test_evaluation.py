from dataclasses import replace

import numpy as np
import pytest

from talpose_app.cli.evaluation import evaluate, lay_out_truth
from talpose_app.errors import TalposeError
from talpose_app.formats.talpose_labels import TruthFile
from talpose_app.model.label import PointId
from tests.fixtures.projects import NOSE


def truth_for(project, frames, keypoints=("nose", "tail, tip")):
    return TruthFile(
        width=project.video.width, height=project.video.height, keypoints=list(keypoints), frames=frames
    )


def test_labeled_points_are_left_out(labeled_project):
    x, y = map(float, labeled_project.tracks[NOSE].positions[4])  # The nose is labeled at frame 2.
    truth = truth_for(labeled_project, {"2": {"nose": (0.0, 0.0, 1)}, "4": {"nose": (x, y + 3.0, 1)}})
    result = evaluate(labeled_project, truth, individual_id=1)
    assert result.total.n == 1
    assert result.total.median_px == pytest.approx(3.0)


def test_hidden_truth_is_left_out_and_unpredicted_frames_miss(labeled_project):
    truth = truth_for(labeled_project, {"4": {"nose": (16.0, 21.0, 0)}, "15": {"nose": (1.0, 1.0, 1)}})
    total = evaluate(labeled_project, truth, individual_id=1).total
    assert (total.n, total.n_missing, total.delta_avg) == (1, 1, 0.0)


def test_keypoints_without_tracks_are_named(labeled_project):
    truth = truth_for(labeled_project, {"4": {"nose": (16.0, 21.0, 1)}}, ["ear", "nose", "tail, tip"])
    result = evaluate(labeled_project, truth, individual_id=1)
    assert result.untracked == ("ear", "tail, tip")
    assert list(result.by_keypoint) == ["nose"]


def test_nothing_tracked_is_an_error_with_a_way_out(labeled_project):
    bare = replace(labeled_project, made={})
    with pytest.raises(TalposeError, match="talpose track"):
        evaluate(bare, truth_for(bare, {}), individual_id=1)


def test_truth_is_laid_out_over_the_frames(labeled_project):
    truth = truth_for(labeled_project, {"3": {"nose": (1.0, 2.0, 1), "tail, tip": (5.0, 6.0, 1)}})
    table = lay_out_truth(labeled_project, truth, {"nose": NOSE, "tail, tip": PointId(1, 2)})
    assert table.positions.shape == (20, 2, 2)
    np.testing.assert_array_equal(table.positions[3], [[1, 2], [5, 6]])
    assert np.argwhere(table.mask).tolist() == [[3, 0], [3, 1]]
