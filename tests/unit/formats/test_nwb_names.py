from hypothesis import given
from hypothesis import strategies as st

from talpose_app.formats.nwb_names import POSE_FIELDS, describe_renamed, nwb_names

NAMES = st.lists(st.text(alphabet="a/:. ()2_", min_size=1, max_size=6), unique=True, max_size=12)


def test_names_that_nwb_takes_stay():
    names = ["nose", "tail, tip", "Ohr (links)", "..", "耳", "a.b"]
    assert nwb_names(names) == names
    assert describe_renamed(names, names) == []


def test_slashes_colons_and_a_lone_dot_become_lines():
    assert nwb_names(["a/b", "a:b", "a_b", "."]) == ["a_b", "a_b (2)", "a_b (3)", "_"]
    assert describe_renamed(["a/b", "c"], ["a_b", "c"]) == ["Names that NWB does not take: 'a/b' is 'a_b'."]


def test_names_that_are_taken_get_a_number():
    assert nwb_names(["skeleton", "nose"], POSE_FIELDS) == ["skeleton (2)", "nose"]


@given(names=NAMES)
def test_no_two_are_equal(names):
    fit = nwb_names(names, {"a"})
    assert len({*fit, "a"}) == len(names) + 1
    assert not any("/" in name or ":" in name or name == "." for name in fit)
