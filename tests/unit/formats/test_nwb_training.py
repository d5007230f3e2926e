"""What people placed, as arrays; the file itself is read in ``test_nwb``."""

from dataclasses import replace

import numpy as np

from talpose_app.formats.nwb_training import placed
from talpose_app.model.project import Individual


def test_a_label_is_a_position_and_whether_it_is_visible(labeled_project):
    (individual,) = labeled_project.individuals
    positions, is_visible = placed(labeled_project, individual, 2)
    assert positions.dtype == np.float64
    assert positions.tolist() == [[100.1 + 1 / 3, 50.0], [-0.0, 1e-300]]
    assert is_visible.tolist() == [True, True]


def test_occluded_labels_keep_their_position_and_absent_ones_have_none(labeled_project):
    (individual,) = labeled_project.individuals
    positions, is_visible = placed(labeled_project, individual, 5)
    assert positions[0].tolist() == [7.0, 8.25]
    assert np.isnan(positions[1]).all()
    assert is_visible.tolist() == [False, False]
    assert np.isnan(placed(labeled_project, individual, 9)[0]).all()


def test_predictions_fill_nothing_in(labeled_project):
    """The nose is tracked at frame 4, but nobody labeled it there."""
    (individual,) = labeled_project.individuals
    assert np.isnan(placed(labeled_project, individual, 4)[0]).all()
    other = replace(labeled_project, individuals=(Individual(2, "cub"),))
    assert np.isnan(placed(other, other.individuals[0], 2)[0]).all()
