"""The list of recent projects: newest first, and no trouble when it is damaged."""

import pytest

from talpose_app.session.recent import LONGEST, RecentProjects


@pytest.fixture
def recent(tmp_path):
    return RecentProjects(tmp_path / "recent.json")


def project(tmp_path, name):
    path = tmp_path / f"{name}.talpose.json"
    path.touch()
    return path


def test_the_last_one_comes_first_and_once(recent, tmp_path):
    a, b = project(tmp_path, "a"), project(tmp_path, "b")
    for path in (a, b, a):
        recent.add(path)
    assert [(r.name, r.path) for r in recent.all()] == [("a", a), ("b", b)]
    assert recent.all()[0].folder == tmp_path


def test_projects_that_are_gone_are_not_shown_but_remembered(recent, tmp_path):
    a = project(tmp_path, "a")
    recent.add(a)
    a.unlink()
    assert recent.all() == []
    a.touch()
    assert [r.path for r in recent.all()] == [a]


def test_the_list_is_bounded(recent, tmp_path):
    for idx in range(LONGEST + 5):
        recent.add(project(tmp_path, str(idx)))
    assert len(recent.all()) == LONGEST


@pytest.mark.parametrize("data", [b"", b"[{}]", b"\xff", b'{"a":'])
def test_a_damaged_list_is_an_empty_one(recent, tmp_path, data):
    (tmp_path / "recent.json").write_bytes(data)
    assert recent.all() == []
    recent.add(project(tmp_path, "a"))
    assert len(recent.all()) == 1


def test_a_list_that_cannot_be_written_is_no_error(tmp_path, caplog):
    RecentProjects(tmp_path / "gone" / "recent.json").add(project(tmp_path, "a"))
    assert "cannot be written" in caplog.text


def test_a_path_that_cannot_be_looked_at_is_not_shown_and_hides_no_other(recent, tmp_path):
    recent.add(tmp_path / ("a" * 5000))
    kept = project(tmp_path, "kept")
    recent.add(kept)
    assert [r.path for r in recent.all()] == [kept]
