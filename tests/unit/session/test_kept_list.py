import logging

import msgspec
import pytest

from talpose_app.session.kept_list import KeptList


@pytest.fixture
def kept(tmp_path):
    return KeptList(tmp_path / "words.json", msgspec.json.Decoder(list[str]), "the list of words")


def test_what_was_written_is_read(kept, tmp_path):
    assert kept.read() == []
    kept.write(["b", "a"])
    assert kept.read() == ["b", "a"]
    assert [path.name for path in tmp_path.iterdir()] == ["words.json"]


@pytest.mark.parametrize("damaged", [b'["a', b"[1]", b"\xff", b"[" * 100_000])
def test_a_damaged_file_is_as_good_as_none(kept, tmp_path, damaged):
    (tmp_path / "words.json").write_bytes(damaged)
    assert kept.read() == []


def test_what_cannot_be_written_is_logged_and_the_old_list_stays(kept, tmp_path, caplog):
    kept.write(["a"])
    with caplog.at_level(logging.WARNING):
        kept.write(["\udcff"])
        KeptList(tmp_path / "gone" / "words.json", msgspec.json.Decoder(list[str]), "it").write(["a"])
    assert kept.read() == ["a"]
    assert "the list of words cannot be written" in caplog.text
    assert "it cannot be written" in caplog.text
