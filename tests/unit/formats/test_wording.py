from talpose_app.formats.wording import counted


def test_one_is_singular():
    assert [counted(n, "label") for n in (0, 1, 2)] == ["0 labels", "1 label", "2 labels"]
