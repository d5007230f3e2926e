"""What a failed window is explained with."""

import signal

import pytest

from talpose_app.window import probe as module
from talpose_app.window.probe import Probe, ProbeResult, explain, probe_window


@pytest.fixture(autouse=True)
def hint(monkeypatch):
    monkeypatch.setattr(module, "install_hint", lambda: "Install it: apt")


def test_success():
    assert explain(0, "noise") == ProbeResult(is_ok=True)


@pytest.mark.parametrize(
    ("code", "noise", "words"),
    [
        (11, "libEGL.so.1: cannot open shared object file\n\n", "libEGL.so.1"),
        (11, "", "library is missing"),
        (12, "", "does not draw"),
        (-signal.SIGABRT, "From 6.5.0, xcb-cursor0 is needed", "refuses"),
        (1, "Running as root without --no-sandbox is not supported", "refuses"),
        (None, "", "within"),
    ],
)
def test_failures_say_why_and_what_to_do(code, noise, words):
    result = explain(code, noise)
    assert not result.is_ok
    assert words in result.reason
    assert result.hint == "Install it: apt"


def test_a_dead_display_needs_no_packages(monkeypatch):
    monkeypatch.setenv("DISPLAY", ":7")
    result = explain(-signal.SIGABRT, "qt.qpa.xcb: could not connect to display :7")
    assert "display" in result.reason
    assert result.hint == ""


def test_without_a_display_nothing_is_started(monkeypatch):
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("sys.platform", "linux")
    assert probe_window() == ProbeResult(is_ok=False, reason="There is no display.")


def test_a_display_nobody_listens_at_is_named(monkeypatch):
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    monkeypatch.setenv("DISPLAY", ":4711")
    monkeypatch.setattr("sys.platform", "linux")
    assert probe_window() == ProbeResult(is_ok=False, reason="The display :4711 does not answer.")


class _Scripted(Probe):
    """Answers from a list instead of a child process."""

    answers: list[ProbeResult] = []  # noqa: RUF012  set by the test

    def start(self):
        pass

    def result(self):
        return self.answers.pop(0)


@pytest.fixture
def scripted(monkeypatch):
    monkeypatch.setattr(module, "Probe", _Scripted)
    monkeypatch.setattr(module, "display_answers", lambda environ: True)
    monkeypatch.delenv("QTWEBENGINE_DISABLE_SANDBOX", raising=False)
    return _Scripted


def test_a_forbidden_sandbox_is_done_without(scripted, monkeypatch):
    scripted.answers = [ProbeResult(is_ok=False, reason="refused"), ProbeResult(is_ok=True)]
    monkeypatch.setenv("QTWEBENGINE_DISABLE_SANDBOX", "")
    monkeypatch.delenv("QTWEBENGINE_DISABLE_SANDBOX")
    assert probe_window().is_ok
    assert module.os.environ.pop("QTWEBENGINE_DISABLE_SANDBOX") == "1"


def test_missing_libraries_are_not_tried_again(scripted):
    scripted.answers = [ProbeResult(is_ok=False, reason="missing", hint="install")]
    assert not probe_window().is_ok
    assert "QTWEBENGINE_DISABLE_SANDBOX" not in module.os.environ
