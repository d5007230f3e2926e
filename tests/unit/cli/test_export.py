import csv
import json

import pytest

from talpose_app.cli.export import FORMATS
from talpose_app.formats.registry import EXPORTERS


def test_the_formats_are_the_registrys():
    assert [exporter.name for exporter in EXPORTERS] == list(FORMATS)


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_is_written(talpose, small_project, tmp_path, name):
    target = tmp_path / "out.file"
    (said,) = talpose("export", small_project, "--format", name, "-o", target, "--json").done().lines
    # NWB has to say when the video was recorded, which a made one does not know.
    told = [sentence for sentence in said.pop("report") if "session_start_time" not in sentence]
    assert (said, told) == ({"path": str(target), "format": name}, [])
    assert target.stat().st_size > 0


def test_labels_come_back_bit_for_bit(talpose, small_project, small_truth, tmp_path):
    target = tmp_path / "out.csv"
    talpose("export", small_project, "--format", "csv", "-o", target).done()
    truth = json.loads(small_truth.read_text())["frames"]
    with target.open(newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert len(rows) == 6
    for row in rows:
        x, y, _ = truth[row["frame"]][row["keypoint"]]
        assert (float(row["x"]).hex(), float(row["y"]).hex()) == (x.hex(), y.hex())


def test_project_and_video_are_never_written_over(talpose, small_project, small_clip, tmp_path):
    link = tmp_path / "link.csv"
    link.symlink_to(small_project)
    for target in (
        small_project,
        small_clip,
        link,
        small_project.with_suffix("").with_suffix(".talpose.journal"),
    ):
        before = target.read_bytes() if target.exists() else None
        ran = talpose("export", small_project, "--format", "csv", "-o", target)
        assert ran.code == 1
        assert (target.read_bytes() if target.exists() else None) == before
    assert small_clip.is_file()


def test_what_the_format_cannot_hold_is_told(talpose, small_project, tmp_path):
    talpose("label", small_project, "--keypoint", "left", "--frame", 1, "--absent").done()
    ran = talpose("export", small_project, "--format", "talpose-labels", "-o", tmp_path / "out.json").done()
    assert "absent" in ran.err


def test_a_project_open_elsewhere_can_be_exported(talpose, small_project, tmp_path):
    from talpose_app.cli.projects import open_project

    with open_project(small_project):
        talpose("export", small_project, "--format", "csv", "-o", tmp_path / "out.csv").done()
        ran = talpose("label", small_project, "--keypoint", "left", "--frame", 1, "--at", 1, 2)
    assert ran.code == 1
