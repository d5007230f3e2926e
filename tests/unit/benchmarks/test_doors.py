"""The doors: sound bytes go in, hostile ones are refused in words, and a fault in the app is seen."""

import random

import msgpack
import pytest

from benchmarks.reliability.doors import make_doors, sealed, unsealed
from talpose_app.server.edit_commands import EditCommands
from talpose_app.store.journal import Damage, read_lines


@pytest.fixture
def doors(tmp_path, talpose_home):
    return make_doors(tmp_path, random.Random(1))


def test_every_door_takes_its_sound_bytes(doors):
    for name, door in doors.items():
        if name != "answers":
            assert [door.enter(seed) for seed in door.seeds] == [True] * len(door.seeds), name
    assert any(doors["answers"].enter(seed) for seed in doors["answers"].seeds)


def test_a_message_that_changes_the_project_is_carried_out(doors):
    enter = doors["answers"].enter
    assert enter(msgpack.packb({"type": "add_keypoint", "id": 1, "name": "<b>nose</b>"}))
    assert not enter(msgpack.packb({"type": "delete_keypoint", "id": 2, "keypoint_id": 99}))
    assert not enter(b"\xc1")


def test_a_fault_that_the_app_would_only_log_is_found(tmp_path, talpose_home, monkeypatch):
    def fail(self, command):
        raise KeyError("nobody foresaw this")

    monkeypatch.setattr(EditCommands, "add_individual", fail)
    enter = make_doors(tmp_path, random.Random(1))["answers"].enter
    with pytest.raises(AssertionError, match="nobody foresaw this"):
        enter(msgpack.packb({"type": "add_individual", "id": 1}))


def test_records_sealed_again_are_the_journal(doors):
    (journal,) = doors["journals"].seeds
    assert sealed(unsealed(journal)) == journal


def test_a_changed_record_gets_a_sound_seal(doors):
    (records,) = doors["records"].seeds
    changed = records.replace(b'"title":"Edit"', b'"title":"evil"', 1)
    assert changed != records
    lines = read_lines(sealed(changed))
    assert not [line for line in lines if isinstance(line, Damage)]
    assert any(b"evil" in line.data for line in lines)
