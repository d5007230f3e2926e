"""What is read when files are missing, damaged, old or new."""

import json
import random

import pytest

from talpose_app.errors import ProjectError, SchemaError
from talpose_app.store.migrations import MIGRATIONS, NewerSchemaError
from talpose_app.store.recovery import RecoveryReport, load
from talpose_app.store.store import ProjectStore
from tests.fixtures.disks import FaultyDisk
from tests.unit.store.test_store import Model, bits


@pytest.fixture
def model(tmp_path):
    made = Model(tmp_path / "fox.talpose.json", FaultyDisk(), random.Random(3))
    made.create()
    for operation in ["label", "fold", "label", "fold", "label"]:
        made.do(operation)
    made.store.close()
    return made


def loaded(model):
    return load(model.store.files, model.disk)


def test_sound_files_give_no_findings(model):
    found = loaded(model)
    assert found.findings == []
    assert not found.needs_rewrite
    assert bits(found.replayed.project) == bits(model.project)
    assert found.replayed.n_applied == 1


@pytest.mark.parametrize("n_damaged", [1, 2])
def test_older_generations_lead_to_the_present(model, n_damaged):
    files = model.store.files
    for path in (files.snapshot, *files.backups)[:n_damaged]:
        model.disk.flip(path, 500, 4)
    found = loaded(model)
    assert bits(found.replayed.project) == bits(model.project)
    assert found.is_snapshot_damaged
    assert f"backup-{n_damaged}" in found.findings[1]
    assert found.replayed.lost == []


def test_a_missing_snapshot_is_recovered(model):
    model.disk.remove(model.path)
    found = loaded(model)
    assert "is missing" in found.findings[0]
    assert bits(found.replayed.project) == bits(model.project)


def test_without_generations_a_readable_file_is_used_and_said(model):
    files = model.store.files
    for path in files.backups:
        model.disk.remove(path)
    data = model.disk.read(files.snapshot).replace(b'"revision":2', b'"revision": 2')
    model.disk.overwrite(files.snapshot, data)
    found = loaded(model)
    assert "Check the labels" in found.findings[1]
    assert bits(found.replayed.project) == bits(model.project)


def test_nothing_readable_is_an_error_and_nothing_is_changed(model):
    before = {}
    for path in model.disk.paths():
        model.disk.overwrite(path, b"noise")
        before[path] = b"noise"
    with pytest.raises(SchemaError, match="not a TALPose project"):
        ProjectStore.open(model.path, disk=model.disk)
    assert {path: model.disk.read(path) for path in model.disk.paths()} == before


def test_no_project_at_all_is_told(tmp_path):
    with pytest.raises(ProjectError, match="There is no project"):
        ProjectStore.open(tmp_path / "none.talpose.json", disk=FaultyDisk())


@pytest.mark.parametrize("is_sealed", [True, False])
def test_a_newer_schema_is_refused_although_older_generations_exist(model, is_sealed):
    plain = json.loads(model.disk.read(model.path)) | {"schema": 2, "new_field": 1}
    if is_sealed:
        plain["sha256"] = "sealed in a way of its own"
    else:
        del plain["sha256"]
    data = json.dumps(plain).encode()
    model.disk.overwrite(model.path, data)
    with pytest.raises(NewerSchemaError):
        ProjectStore.open(model.path, disk=model.disk)
    assert model.disk.read(model.path) == data


def test_an_older_schema_is_migrated_and_the_old_file_kept(model, monkeypatch):
    monkeypatch.setitem(MIGRATIONS, 0, lambda plain: {k: v for k, v in plain.items() if k != "old_field"})
    plain = json.loads(model.disk.read(model.path)) | {"schema": 0, "old_field": 1}
    del plain["sha256"]
    data = json.dumps(plain).encode()
    model.disk.overwrite(model.path, data)
    opened = ProjectStore.open(model.path, disk=model.disk)
    opened.store.close()
    assert bits(opened.project) == bits(model.project)
    assert [path.name for path in opened.recovery.kept_files] == ["fox.talpose.schema-0-1.json"]
    assert model.disk.read(opened.recovery.kept_files[0]) == data
    assert json.loads(model.disk.read(model.path))["schema"] == 1
    assert len(opened.history.done) == 3


def test_the_report_reads_as_sentences(tmp_path):
    report = RecoveryReport(0, ("A was damaged.",), ("Edit 3 could not be read.",), (tmp_path / "kept.json",))
    assert report.text() == "A was damaged. Edit 3 could not be read. Kept for you: kept.json."
    assert not report.is_clean
    assert RecoveryReport(5).is_clean
    assert RecoveryReport(5).text() == ""
