"""Videos dropped on the page in the browser."""

import errno

import pytest
from starlette.applications import Starlette
from starlette.routing import Route
from starlette.testclient import TestClient

from talpose_app import paths
from talpose_app.errors import UsageError
from talpose_app.server import uploads as module
from talpose_app.server.entries import Entries
from talpose_app.server.uploads import Uploads, safe_name
from talpose_app.tracker_files.placing import place_checkpoint
from talpose_app.tracking.checkpoints import find_checkpoint


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ("walk.mp4", "walk.mp4"),
        ("Walk 1 (cut).MOV", "Walk 1 (cut).mov"),
        ("../../etc/passwd.mp4", "passwd.mp4"),
        ("C:\\videos\\walk.avi", "walk.avi"),
        ("a\x00b\n.mp4", "a_b_.mp4"),
        (".mp4", "video.mp4"),
        ("....mp4", "video.mp4"),
        ("čumák.mkv", "čumák.mkv"),
        ("x" * 300 + ".webm", "x" * 80 + ".webm"),
    ],
)
def test_names_are_made_safe(given, name):
    assert safe_name(given) == name


@pytest.mark.parametrize("given", ["", "walk", "walk.exe", "walk.mp4.sh", "walk.talpose.json", "mp4"])
def test_what_is_no_video_is_refused(given):
    with pytest.raises(UsageError):
        safe_name(given)


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "videos"


@pytest.fixture
def entries():
    return Entries()


def _made(folder):
    def make():
        folder.mkdir(exist_ok=True)
        return folder

    return make


@pytest.fixture
def client(folder, entries):
    return TestClient(
        Starlette(
            routes=[
                Route("/upload", Uploads(_made(folder), entries, place_checkpoint).respond, methods=["PUT"])
            ]
        )
    )


def _put(client, name, content):
    return client.put("/upload", params={"name": name}, content=content)


def test_an_upload_can_be_opened_by_its_entry(client, folder, entries):
    answer = _put(client, "walk.mp4", b"v" * 3_000_000)
    assert entries.resolve(answer.json()["entry_id"]) == folder / "walk.mp4"
    assert (folder / "walk.mp4").read_bytes() == b"v" * 3_000_000
    assert [path.name for path in folder.iterdir()] == ["walk.mp4"]


def test_nothing_is_overwritten(client, folder, entries):
    paths = [
        entries.resolve(_put(client, "walk.mp4", text).json()["entry_id"]) for text in (b"1", b"2", b"33")
    ]
    assert [path.name for path in paths] == ["walk.mp4", "walk-2.mp4", "walk-3.mp4"]
    assert [path.read_bytes() for path in paths] == [b"1", b"2", b"33"]


def test_the_same_video_again_is_the_same_file(client, folder):
    first = _put(client, "walk.mp4", b"same").json()
    assert _put(client, "walk.mp4", b"same").json() == first
    assert len(list(folder.iterdir())) == 1


def test_where_links_are_unknown_it_is_renamed(client, folder, monkeypatch):
    def refuse(source, target):
        raise OSError(errno.EPERM, "no links")

    monkeypatch.setattr(module.os, "link", refuse)
    assert _put(client, "walk.mp4", b"1").status_code == 200
    assert _put(client, "walk.mp4", b"2").status_code == 200
    assert sorted(path.name for path in folder.iterdir()) == ["walk-2.mp4", "walk.mp4"]


def test_refusals_have_the_one_shape(client, folder):
    answer = _put(client, "virus.exe", b"x")
    assert answer.status_code == 400
    assert set(answer.json()) == {"code", "message", "hint"}
    assert not folder.exists()


def test_a_disk_that_refuses_leaves_nothing_behind(client, folder):
    folder.write_text("a file in the way")
    answer = _put(client, "walk.mp4", b"x")
    assert answer.status_code == 400
    assert answer.json()["code"] == "project"


def test_a_trackers_file_becomes_a_tracker(client, folder):
    content = find_checkpoint("talpose-small").path.read_bytes()
    assert _put(client, "my lab.safetensors", content).json() == {"tracker": "my lab"}
    assert find_checkpoint("my lab").path.read_bytes() == content
    assert not folder.exists()


def test_a_damaged_trackers_file_is_refused_and_nothing_stays(client):
    answer = _put(client, "mine.safetensors", b"no weights")
    assert answer.status_code == 400
    assert answer.json()["code"] == "tracker"
    assert list(paths.user_checkpoints_dir().iterdir()) == []
