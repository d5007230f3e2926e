import pytest

from talpose_app.errors import TrackerError
from talpose_app.tracker_files.receipts import (
    Receipt,
    check_receipt,
    now,
    read_receipt,
    receipt_path,
    write_receipt,
)
from talpose_app.tracking.checkpoints import weights_sha256


@pytest.fixture
def stored(tmp_path):
    path = tmp_path / "w.pth"
    path.write_bytes(b"weights")
    digest = weights_sha256(path)
    write_receipt(path, Receipt(sha256=digest, n_bytes=7, origin="here", license="mine", stored_at=now()))
    return path


def test_a_receipt_comes_back(stored):
    receipt = read_receipt(stored)
    assert (receipt.n_bytes, receipt.origin, receipt.accepted_at) == (7, "here", None)
    check_receipt(stored)


def test_a_change_is_noticed(stored):
    stored.write_bytes(b"weighty")
    with pytest.raises(TrackerError, match="not as it was"):
        check_receipt(stored)


def test_without_a_receipt_there_is_nothing_to_check(stored):
    receipt_path(stored).unlink()
    assert read_receipt(stored) is None
    check_receipt(stored)


def test_a_damaged_receipt_is_none(stored):
    receipt_path(stored).write_text("{")
    assert read_receipt(stored) is None
