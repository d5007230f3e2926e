"""The log file."""

import logging

import pytest

from talpose_app.server import logs


@pytest.fixture(autouse=True)
def root_logger():
    """The root logger as it was, after the test."""
    root, own = logging.getLogger(), logging.getLogger("talpose_app")
    before = root.handlers[:], root.level, own.level
    yield
    for handler in root.handlers:
        if handler not in before[0]:
            handler.close()
    root.handlers[:], root.level, own.level = before[0], before[1], before[2]
    logging.getLogger("talpose_app").setLevel(before[2])
    root.setLevel(before[1])


def test_own_messages_and_warnings_of_others_are_kept(talpose_home, capsys):
    path = logs.start_logging(debug=False)
    assert path.is_relative_to(talpose_home)
    logging.getLogger("talpose_app.server").info("opened")
    logging.getLogger("talpose_app.server").debug("detail")
    logging.getLogger("uvicorn").info("noise")
    logging.getLogger("uvicorn").warning("trouble")
    text = path.read_text()
    assert "opened" in text
    assert "trouble" in text
    assert "noise" not in text
    assert "detail" not in text
    assert capsys.readouterr() == ("", "")


def test_debug_tells_everything_on_stderr_too(capsys):
    path = logs.start_logging(debug=True)
    logging.getLogger("talpose_app.server").debug("detail")
    assert "detail" in path.read_text()
    assert "detail" in capsys.readouterr().err


def test_the_log_stays_small(monkeypatch):
    monkeypatch.setattr(logs, "_MAX_BYTES", 1000)
    path = logs.start_logging(debug=False)
    for number in range(200):
        logging.getLogger("talpose_app.server").info("line %d", number)
    files = sorted(file.name for file in path.parent.iterdir())
    assert files == ["talpose.log", "talpose.log.1", "talpose.log.2", "talpose.log.3"]
    assert all(file.stat().st_size <= 1000 for file in path.parent.iterdir())
