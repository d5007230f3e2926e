"""Much labeling in a short time; ``python -m benchmarks reliability load`` is the long version."""

from benchmarks.reliability.load import load


def test_a_project_is_the_same_after_every_closing_and_its_files_stay_small(tmp_path):
    figures = load(tmp_path, 20251, 3, n_edits=300)
    assert figures.losses == []
    assert (figures.n_edits, figures.n_reopened) == (900, 3)
    assert figures.n_runs >= 12
    assert len(figures.p95_ms) == 3
    assert max(figures.journal_mb) < 5
