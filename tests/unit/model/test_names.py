import pytest

from talpose_app.errors import EditError
from talpose_app.model.names import MAX_NAME, check_name


@pytest.mark.parametrize("name", ["nose", "čumák", "left ear", "鼻", "n" * MAX_NAME])
def test_a_name_people_use_is_taken(name):
    check_name(name, "A keypoint")


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("  ", "A keypoint needs a name"),
        ("n" * (MAX_NAME + 1), "121 characters is too long"),
        ("two\nlines", "line breaks"),
        ("bell\a", "control characters"),
        ("half \udc80", "no text"),
    ],
)
def test_a_name_that_cannot_be_kept_is_refused(name, says):
    with pytest.raises(EditError, match=says) as refused:
        check_name(name, "A keypoint")
    # The sentence itself must be printable anywhere, and fit a line.
    assert len(str(refused.value).encode()) < 300
