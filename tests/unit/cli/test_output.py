import json
import math

import pytest

from talpose_app.cli.output import Progress, print_json, rounded, table, warn


def test_json_is_one_line_and_valid(capsys):
    print_json({"loss": math.nan, "name": "zwei\nZeilen", "n": [1, 2.5]})
    out = capsys.readouterr().out
    assert out.count("\n") == 1
    assert json.loads(out) == {"loss": None, "name": "zwei\nZeilen", "n": [1, 2.5]}


def test_numbers_are_rounded_and_the_rest_is_null():
    assert rounded(0.123456) == 0.1235
    assert rounded(math.inf) is None
    assert rounded(None) is None


def test_warnings_go_to_stderr(capsys):
    warn("careful.")
    captured = capsys.readouterr()
    assert (captured.out, captured.err) == ("", "talpose: careful.\n")


def test_tables_align_numbers_to_the_right():
    lines = table(["name", "n"], [["nose", "10"], ["tail", "9"]]).splitlines()
    assert lines == ["name   n", "----  --", "nose  10", "tail   9"]


def test_progress_is_silent_in_pipes(capsys):
    with Progress("Tracking") as progress:
        progress.show(1, 2, "half")
    captured = capsys.readouterr()
    assert (captured.out, captured.err) == ("", "")


def test_progress_draws_on_a_terminal(monkeypatch, capsys):
    monkeypatch.setattr("sys.stderr.isatty", lambda: True, raising=False)
    with Progress("Tracking") as progress:
        progress.show(1, 2, "half")
    assert "Tracking" in capsys.readouterr().err
    with Progress("Tracking", enabled=False) as progress:
        progress.show(1, 2)
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("value", [[], {}, "text", None, True])
def test_any_plain_value_prints(value, capsys):
    print_json(value)
    assert json.loads(capsys.readouterr().out) == value
