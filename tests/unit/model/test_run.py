"""The kinds of runs are what files and messages call them."""

from talpose_app.model.run import RunKind


def test_kinds_are_their_names():
    assert [kind.value for kind in RunKind] == ["track", "refine", "filter"]
    assert RunKind("refine") is RunKind.REFINE
