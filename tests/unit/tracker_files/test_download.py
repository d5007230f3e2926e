"""Downloads over a real connection, with the faults of real ones."""

import hashlib
import json

import pytest

from talpose_app import paths
from talpose_app.errors import TrackerError
from talpose_app.tracker_files import download as module
from talpose_app.tracker_files.download import Download, DownloadCancelled, n_bytes_begun
from talpose_app.tracker_files.receipts import read_receipt
from talpose_app.tracking.checkpoints import KNOWN_CHECKPOINTS
from tests.unit.tracker_files.conftest import Asked

pytestmark = pytest.mark.engine


def left_over():
    """What lies in the checkpoint folder."""
    return sorted(path.name for path in paths.user_checkpoints_dir().iterdir())


def test_a_file_arrives_with_its_receipt(asked, server):
    path = asked.run()
    assert path.read_bytes() == server.content
    assert asked.reports[-1] == (len(server.content), len(server.content))
    receipt = read_receipt(path)
    assert receipt.sha256 == hashlib.sha256(server.content).hexdigest()
    assert (receipt.origin, receipt.license) == (server.url, "CC-BY-NC 4.0")
    assert receipt.announced_sha256 is None
    assert receipt.accepted_at
    assert left_over() == ["scaled_offline.pth", "scaled_offline.pth.receipt.json"]


def test_a_broken_connection_is_taken_up_where_it_broke(asked, server):
    server.cuts = [50_000, 60_000, None]
    assert asked.run().read_bytes() == server.content
    assert server.ranges == ["", "bytes=50000-", "bytes=110000-"]


def test_what_never_moves_on_is_given_up_and_kept(asked, server):
    server.cuts = [30_000, *[0] * 9]
    with pytest.raises(TrackerError, match=r"broke off.*What came so far is kept") as caught:
        asked.run()
    assert asked.known.source.page in caught.value.hint
    assert n_bytes_begun(asked.known) == 30_000
    server.cuts = []
    again = Asked(asked.known)
    assert again.run().read_bytes() == server.content
    assert server.ranges[-1] == "bytes=30000-"


def test_cancelled_it_keeps_what_came_and_goes_on_later(asked, server, known):
    stopped = Asked(known)

    def stop(n_done, n_bytes):
        stopped.control.cancelled.set()

    stopped.report = stop
    stopped.control = type(stopped.control)(stop, stopped.control.cancelled)
    with pytest.raises(DownloadCancelled):
        stopped.run()
    begun = n_bytes_begun(known)
    assert 0 < begun < len(server.content)
    assert asked.run().read_bytes() == server.content
    assert server.ranges == ["", f"bytes={begun}-"]


def test_cancelled_after_the_last_byte_it_is_not_fetched_again(asked, server, known):
    server.announced_sha256 = hashlib.sha256(server.content).hexdigest()
    stopped = Asked(known)

    def stop(n_done, n_bytes):
        if n_done == n_bytes:
            stopped.control.cancelled.set()

    stopped.control = type(stopped.control)(stop, stopped.control.cancelled)
    with pytest.raises(DownloadCancelled):
        stopped.run()
    assert n_bytes_begun(known) == len(server.content)
    path = asked.run()
    assert (path.read_bytes(), server.ranges) == (server.content, [""])
    assert read_receipt(path).announced_sha256 == server.announced_sha256


def test_a_whole_part_that_is_damaged_is_not_kept(asked, server, known):
    test_cancelled_after_the_last_byte_it_is_not_fetched_again(asked, server, known)
    path = paths.user_checkpoints_dir() / known.filename
    part = path.replace(path.with_name(path.name + ".part"))
    note = {"url": server.url, "identity": "x", "n_bytes": len(server.content), "sha256": "0" * 64}
    part.with_name(part.name + ".json").write_text(json.dumps(note))
    with pytest.raises(TrackerError, match="damaged"):
        asked.run()
    assert n_bytes_begun(known) == 0


def test_cancelling_does_not_wait_for_the_next_try(asked, server):
    server.cuts = [0] * 9
    asked.control.cancelled.set()
    with pytest.raises(DownloadCancelled):
        Download(asked.known, asked.control, pause_s=3600).run()


def test_another_version_on_the_server_is_not_mixed_in(asked, server):
    server.cuts = [40_000, *[0] * 9]
    with pytest.raises(TrackerError):
        asked.run()
    server.cuts, server.etag = [], '"two"'
    assert asked.run().read_bytes() == server.content
    assert server.ranges[-1] == ""


def test_a_server_without_ranges_begins_anew(asked, server):
    server.knows_ranges = False
    server.cuts = [40_000, None]
    assert asked.run().read_bytes() == server.content


def test_a_part_longer_than_the_file_is_thrown_away(asked, server):
    server.cuts = [40_000, *[0] * 9]
    with pytest.raises(TrackerError):
        asked.run()
    part = paths.user_checkpoints_dir() / "scaled_offline.pth.part"
    part.write_bytes(bytes(len(server.content) + 5))
    server.cuts = []
    assert asked.run().read_bytes() == server.content


def test_a_part_of_another_origin_is_not_used(asked, server, file_server):
    server.cuts = [40_000, *[0] * 9]
    with pytest.raises(TrackerError):
        asked.run()
    other = file_server(server.content)
    assert asked.run(url=other.url).read_bytes() == server.content
    assert other.ranges == [""]


@pytest.mark.parametrize("size", [1234, 10**9])
def test_a_size_that_cannot_be_is_refused_before_the_download(asked, server, size):
    server.announced_size = size
    with pytest.raises(TrackerError, match="offers"):
        asked.run()
    assert asked.reports == []


def test_a_size_too_large_by_a_little_is_a_broken_connection(asked, server):
    server.announced_size = len(server.content) + 100
    with pytest.raises(TrackerError, match="broke off"):
        asked.run()
    assert "scaled_offline.pth" not in left_over()


def test_a_size_too_small_by_a_little_is_a_damaged_file(asked, server):
    server.announced_size = len(server.content) - 100
    with pytest.raises(TrackerError, match="only part of one"):
        asked.run()
    assert left_over() == []


def test_the_announced_hash_is_held_against_what_came(asked, server):
    server.announced_sha256 = hashlib.sha256(server.content).hexdigest()
    assert read_receipt(asked.run()).announced_sha256 == server.announced_sha256


def test_a_wrong_hash_leaves_nothing(asked, server):
    server.announced_sha256 = "0" * 64
    with pytest.raises(TrackerError, match=r"arrived damaged.*try again"):
        asked.run()
    assert left_over() == []


def test_a_hash_known_beforehand_counts(asked, server, monkeypatch):
    from dataclasses import replace

    source = replace(asked.known.source, sha256="1" * 64)
    asked.known = replace(asked.known, source=source)
    with pytest.raises(TrackerError, match="its publisher states"):
        asked.run()
    assert left_over() == []


def test_the_hash_of_a_redirect_counts(asked, server, file_server, known):
    front = file_server(b"")
    front.redirect_to, front.announced_sha256 = server.url, "0" * 64
    with pytest.raises(TrackerError, match="arrived damaged"):
        asked.run(url=front.url)


def test_a_flipped_bit_is_found_without_any_hash(asked, server):
    content = bytearray(server.content)
    content[len(content) // 2] ^= 1
    server.content = bytes(content)
    with pytest.raises(TrackerError, match=r"scaled_offline\.pth.*damaged"):
        asked.run()
    assert left_over() == []


def test_no_room_is_told_before_the_download(asked, monkeypatch):
    usage = type("Usage", (), {"free": 1_000_000})
    monkeypatch.setattr(module.shutil, "disk_usage", lambda folder: usage)
    with pytest.raises(TrackerError, match="are needed in"):
        asked.run()
    assert asked.reports == []


def test_a_place_that_cannot_be_written_is_told(asked):
    folder = paths.user_checkpoints_dir()
    blocked = folder / "scaled_offline.pth.part"
    blocked.mkdir()
    with pytest.raises(TrackerError, match="cannot be written to"):
        asked.run()


def test_what_comes_with_the_program_is_not_downloaded(asked):
    with pytest.raises(TrackerError, match="comes with TALPose"):
        Download(KNOWN_CHECKPOINTS[-1], asked.control)
