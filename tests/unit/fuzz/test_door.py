"""The mutations that libFuzzer is given; libFuzzer itself runs by command only."""

import json
import random

import pytest

from benchmarks.reliability.fuzz import DOORS
from fuzz.__main__ import DOORS as FUZZED
from fuzz.__main__ import last_words, main
from fuzz.door import knowing


def _blind(data, max_size):
    return b"blind"[:max_size]


def _upper(data, rng):
    return data.upper()


def test_both_kinds_of_mutation_are_used_and_repeat_with_their_seed():
    change = knowing(_upper, _blind)
    found = [change(b"said", 100, seed) for seed in range(50)]
    assert set(found) == {b"SAID", b"blind"}
    assert found == [change(b"said", 100, seed) for seed in range(50)]


def test_what_comes_out_is_never_longer_than_allowed():
    change = knowing(lambda data, rng: data * 100, _blind)
    assert max(len(change(b"said", 7, seed)) for seed in range(20)) == 7


@pytest.mark.parametrize("name", FUZZED)
def test_bytes_of_no_format_are_changed_blindly(name):
    change = knowing(DOORS[name][1], _blind)
    for seed in range(60):
        assert isinstance(change(random.Random(seed).randbytes(30), 4096, seed), bytes)
        assert isinstance(change(b"", 4096, seed), bytes)


def test_a_project_changed_as_what_it_says_is_json_again():
    change = knowing(DOORS["projects"][1], _blind)
    sound = json.dumps({"sha256": "00", "video": {"width": 96}, "labels": [1, 2]}).encode()
    changed = [change(sound, 4096, seed) for seed in range(200)]
    assert sum(_is_json(data) for data in changed) > 40


def _is_json(data):
    try:
        json.loads(data)
    except ValueError:
        return False
    return True


def test_an_unknown_door_is_refused(capsys):
    with pytest.raises(SystemExit):
        main(["windows"])
    assert "no such door: windows" in capsys.readouterr().err


def test_of_a_crash_the_trace_is_kept_however_long_its_message():
    trace = ["=== Uncaught Python exception: ===", "OSError: " + "a" * 9000, "Traceback:", "  File store.py"]
    kept = last_words("\n".join(["#12 NEW cov: 5"] * 500 + trace)).splitlines()
    assert [kept[0], *kept[2:]] == [trace[0], *trace[2:]]
    assert len(kept[1]) < 300


def test_of_an_end_without_a_trace_the_last_lines_are_kept():
    assert last_words("\n".join(map(str, range(500)))).splitlines()[-1] == "499"
