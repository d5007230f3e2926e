"""Hostile bytes at every door; ``python -m benchmarks reliability fuzz`` is the long version."""

from benchmarks.reliability.fuzz import fuzz


def test_nothing_but_words_comes_of_hostile_bytes(tmp_path):
    figures = fuzz(tmp_path, 20251, 12)
    assert figures.losses == []
    assert figures.tried["commands"] == 600
    assert min(figures.tried.values()) >= 12
    assert 0 < figures.taken["commands"] < 600
