"""The benchmark of long videos: its video moves as it says, its runs track, its lines fit."""

import json

import numpy as np
import pytest

from benchmarks.accuracy.clips import read_grays
from benchmarks.long.command import fits, main
from benchmarks.long.run import Cost
from benchmarks.made_video import SIZE, positions, write_video

pytestmark = pytest.mark.engine


def test_the_video_moves_as_it_says(tmp_path):
    write_video(tmp_path / "a.mp4", 12)
    grays = read_grays(tmp_path / "a.mp4")
    assert grays[0].shape[::-1] == SIZE
    places = positions(np.array([0, 11]), 9).round().astype(int)

    def looks(frame, place):
        x, y = place
        patch = grays[frame][y - 9 : y + 10, x - 9 : x + 10].astype(float)
        return (patch - patch.mean()) / patch.std()

    moved = [(looks(0, a) * looks(11, b)).mean() for a, b in zip(*places, strict=True)]
    stayed = [(looks(0, a) * looks(11, a)).mean() for a in places[0]]
    assert min(moved) > 0.8
    assert np.mean(stayed) < 0.5


def test_points_stay_on_the_picture():
    places = positions(np.arange(500), 20)
    assert places.shape == (500, 20, 2)
    assert (places > 20).all()
    assert (places < np.array(SIZE) - 20).all()


def test_lines_are_found_and_what_bends_is_told():
    def cost(frames, points, cpu):
        return Cost(frames, points, cpu, cpu, 1.0, 0.5, 0.1)

    straight = [cost(frames, 10, 2 + 0.05 * frames) for frames in (100, 200, 400)]
    (line,) = fits(straight)
    assert line.startswith("10 points: 2.0 s + 50 ms for each of the frames")
    assert "more than 0.0%" in line
    (bent,) = fits([cost(frames, 10, frames**2) for frames in (100, 200, 400)])
    assert "more than 0.0%" not in bent


def test_a_run_measures_every_size_in_a_process_of_its_own(tmp_path, capsys):
    file = tmp_path / "long.json"
    main(["--frames", "4", "8", "--points", "1", "2", "--json", str(file)])
    rows = json.loads(file.read_text())
    assert [(row["frames"], row["points"]) for row in rows] == [(4, 2), (8, 2), (8, 1)]
    assert all(row["peak_gb"] >= row["idle_gb"] > 0.1 and row["median_px"] < 2 for row in rows)
    assert "| 8 | 1 |" in capsys.readouterr().out
