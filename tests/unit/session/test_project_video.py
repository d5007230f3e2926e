import pytest

from talpose_app.errors import VideoError
from talpose_app.model.edits import ChangeLabels, LabelChange
from talpose_app.model.label import Label
from talpose_app.session.project_video import notice_of_replaced_video, open_project_video
from talpose_app.session.session import Session
from tests.fixtures.projects import NOSE
from tests.fixtures.videos import Recipe, encode


def stamped(session, frame_idx):
    time_s = session.reader.index.time_s(frame_idx)
    label = Label(NOSE, frame_idx, 3.0, 4.0, time_s=time_s)
    return ChangeLabels((LabelChange(NOSE, frame_idx, label),))


@pytest.fixture
def reopened(session, shared_engine, open_sessions):
    """Gives the project opened again after the video was made anew."""

    def reopen(video, recipe):
        session.apply("Set label", stamped(session, 30))
        session.apply("Set label", stamped(session, 0))
        session.close()
        encode(video, recipe)
        return open_sessions(Session.open(session.path, shared_engine))

    return reopen


def test_the_labels_own_video_needs_no_word(session):
    session.apply("Set label", stamped(session, 30))
    assert notice_of_replaced_video(session.project, session.reader) is None


def test_a_video_encoded_anew_with_the_same_times_is_a_warning(reopened, video):
    again = reopened(video, Recipe(n_frames=40, gop=5))
    notice = notice_of_replaced_video(again.project, again.reader)
    assert notice.level == "warning"
    assert "All 2 labels lie on frames of the same times" in notice.message


def test_a_video_whose_frames_lie_at_other_times_is_an_error_that_names_the_first(reopened, video):
    again = reopened(video, Recipe(n_frames=40, pts=lambda idx: idx + (idx > 20)))
    notice = notice_of_replaced_video(again.project, again.reader)
    assert notice.level == "error"
    assert "1 of 2 labels" in notice.message
    assert "Frame 30 was at 1.200 s and is now at 1.240 s" in notice.message


def test_a_video_of_another_length_is_refused(reopened, video):
    again = reopened(video, Recipe(n_frames=30))
    with pytest.raises(VideoError, match="30 frames"):
        open_project_video(again.project.video)
