"""The benchmark of the optimization step: the ways compute the same, and its table says what was measured."""

import json
from dataclasses import replace

import pytest
import torch

from benchmarks.optimization.command import main
from benchmarks.optimization.variants import VARIANTS, make_scene
from talpose_app.engine.cotracker3.config import OFFLINE

pytestmark = pytest.mark.engine

SMALL = replace(
    OFFLINE, hidden_dim=64, n_heads=2, n_virtual=4, corr_hidden=16, corr_out=8, model_resolution=(64, 96)
)


def test_all_ways_give_the_same_loss_and_gradient():
    results = {name: next(steps(make_scene(7, 3, SMALL), 1)) for name, steps in VARIANTS.items()}
    loss, gradient = results.pop("plain")
    assert gradient.abs().max() > 0
    for other_loss, other in results.values():
        assert other_loss == pytest.approx(loss, rel=1e-5)
        torch.testing.assert_close(other, gradient, rtol=1e-3, atol=1e-7)


def test_a_run_compares_the_ways_in_processes_of_their_own(tmp_path, capsys):
    file = tmp_path / "cost.json"
    main(["--frames", "2", "--points", "1", "--steps", "1", "--rounds", "1", "--json", str(file)])
    lines = capsys.readouterr().out.splitlines()
    assert [line.split("|")[1].strip() for line in lines[2:]] == list(VARIANTS)
    rows = json.loads(file.read_text())["variants"]
    assert all(row["peak_gb"] > 0.1 and row["cpu"] > 0 for row in rows.values())
    assert rows["engine"]["loss"] == pytest.approx(rows["plain"]["loss"], rel=1e-4)
