"""The benchmark of waiting runs what it says, and times it."""

import json

import pytest

from benchmarks.waiting.command import main

pytestmark = pytest.mark.engine


def test_every_wait_is_measured(tmp_path, capsys):
    file = tmp_path / "waits.json"
    main(["--frames", "40", "--points", "2", "--rounds", "1", "--threads", "1", "--json", str(file)])
    (waits,) = json.loads(file.read_text())
    assert all(seconds > 0 for seconds in waits.values())
    assert 40 * waits["features_per_frame"] < waits["track"]
    assert waits["track_again"] < waits["track"]
    told = capsys.readouterr().out
    assert told.count("\n|") == 2 + len(waits)
