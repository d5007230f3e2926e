from dataclasses import replace

import numpy as np

from talpose_app.formats.cells import label_cells, predicted_cells
from talpose_app.model.label import Label, absent_label
from tests.fixtures.projects import NOSE, straight_track


def test_labels_are_exact():
    x, y = label_cells(Label(NOSE, 0, 100.1 + 1 / 3, -0.0))
    assert (float(x).hex(), float(y).hex()) == ((100.1 + 1 / 3).hex(), (-0.0).hex())
    assert label_cells(absent_label(NOSE, 0)) == ("", "")


def test_predictions_are_rounded_and_only_where_there_are_some():
    track = straight_track(20, 1, 3)
    seen = np.zeros(20, bool)
    seen[2] = True
    cells = predicted_cells(replace(track, visibility=seen))
    assert cells == {1: ("11.500", "20.250", "0.7500", False), 2: ("13.000", "20.500", "0.7500", True)}
    assert predicted_cells(None) == {}
