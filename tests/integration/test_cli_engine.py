"""The whole job by command line on the real engine."""

import csv

import pytest

from talpose_app.errors import TrackerError
from talpose_app.tracking.checkpoints import find_checkpoint
from tests.fixtures.command_line import spawn_talpose

pytestmark = [pytest.mark.engine, pytest.mark.slow]


@pytest.fixture(autouse=True)
def built_in_tracker():
    try:
        find_checkpoint("talpose-small")
    except TrackerError as error:
        pytest.skip(str(error))


def test_new_import_track_refine_export_evaluate(small_clip, small_truth, tmp_path):
    project, table = small_clip.with_name("squares.talpose.json"), tmp_path / "out.csv"
    spawn_talpose("new", small_clip, worker=None).done()
    words = ("--format", "talpose-labels", "--project", project, "--frames", "0,23")
    spawn_talpose("import", small_truth, *words, worker=None).done()
    (tracked,) = spawn_talpose("track", project, "--json", worker=None).done().lines
    assert (tracked["points"], tracked["frames"], tracked["tracker"]) == (2, 24, "talpose-small")
    steps = spawn_talpose("refine", project, "--steps", 4, "--json", worker=None).done().lines
    assert [step["step"] for step in steps] == [1, 2, 3, 4]
    spawn_talpose("export", project, "--format", "csv", "-o", table, worker=None).done()
    with table.open(newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert len(rows) == 48
    assert sum(row["source"] == "label" for row in rows) == 4
    (score,) = spawn_talpose("evaluate", project, "--truth", small_truth, "--json", worker=None).done().lines
    assert score["n"] == 44
    assert score["median_px"] < 2
