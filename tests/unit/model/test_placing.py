import pytest

from talpose_app.errors import EditError
from talpose_app.model.edits import Batch, ChangeIndividuals, ChangeLabels, LabelChange
from talpose_app.model.label import Label, absent_label
from talpose_app.model.placing import check_placed
from tests.fixtures.projects import NOSE, TAIL, video_info

VIDEO = video_info(width=320, height=240)


def labels(*at):
    placed = [LabelChange(NOSE, i, Label(NOSE, i, *position)) for i, position in enumerate(at)]
    return ChangeLabels((LabelChange(TAIL, 0, None), LabelChange(TAIL, 1, absent_label(TAIL, 1)), *placed))


def test_labels_in_and_somewhat_beside_the_picture_are_taken():
    check_placed(Batch((labels((0, 0), (-30.5, 260), (3520, -2400)), ChangeIndividuals(()))), VIDEO)


@pytest.mark.parametrize("at", [(1e39, 0), (0, -1e39), (3521, 0), (0, -2401), (1e308, 1e308)])
def test_absurd_positions_are_refused(at):
    with pytest.raises(EditError, match="too far from the 320x240 picture"):
        check_placed(labels((1, 1), at), VIDEO)
    with pytest.raises(EditError, match="frame 1"):
        check_placed(Batch((Batch((labels((1, 1), at),)),)), VIDEO)
