import pytest

from talpose_app.cli import diagnosis
from talpose_app.cli.diagnosis import Finding


@pytest.fixture
def findings(monkeypatch):
    found = [Finding("talpose", "ok", "0.1.0"), Finding("disk", "problem", "It is full.", "Make room.")]
    monkeypatch.setattr(diagnosis, "examine", lambda: found)
    return found


def test_a_problem_is_told_with_its_way_out(talpose, findings):
    ran = talpose("doctor")
    assert ran.code == 1
    assert "PROBLEM" in ran.out
    assert "Make room." in ran.out
    assert ran.out.rstrip().endswith("1 problem.")


def test_json_has_all_findings(talpose, findings):
    ran = talpose("doctor", "--json")
    assert ran.code == 1
    (said,) = ran.lines
    assert said["problems"] == 1
    assert said["findings"][1] == {
        "topic": "disk", "state": "problem", "text": "It is full.", "hint": "Make room.",
    }  # fmt: skip


def test_all_well_ends_with_zero(talpose, findings):
    del findings[1]
    assert "Everything needed is there." in talpose("doctor").done().out
