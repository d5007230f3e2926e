"""What is said when the network fails."""

import socket
import ssl
import urllib.error

import pytest

from talpose_app.errors import TrackerError
from talpose_app.tracker_files.web import ask, explain

PAGE = "https://example.org/weights"


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch):
    for name in ("http_proxy", "https_proxy", "no_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


def fault_of(url):
    with pytest.raises(Exception) as caught:  # noqa: PT011  whatever it is, it must be put into words
        ask(url)
    return explain(caught.value, url, PAGE)


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (403, "does not give the file out"),
        (404, "does not have the file any more"),
        (407, "asks for a name and a password"),
        (429, "too many requests"),
        (503, "answers with an error"),
    ],
)
def test_a_status_is_put_into_words(file_server, status, words):
    server = file_server(b"x")
    server.status = status
    error = fault_of(server.url)
    assert words in error.message
    assert PAGE in error.hint


def test_nobody_listening_is_put_into_words():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        error = fault_of(f"http://127.0.0.1:{taken.getsockname()[1]}/x")
    assert "cannot be reached: the connection is refused" in error.message


def test_a_dead_proxy_is_named_without_its_password(monkeypatch):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        monkeypatch.setenv("http_proxy", f"http://me:secret@127.0.0.1:{port}")
        error = fault_of("http://weights.invalid/x")
    assert f"through the proxy 127.0.0.1:{port}" in error.message
    assert "secret" not in str(error)
    assert "HTTPS_PROXY" in error.hint


def test_offline_is_put_into_words():
    error = explain(urllib.error.URLError(socket.gaierror(-2, "Name")), "https://weights.invalid/x", PAGE)
    assert "this computer seems to be offline" in error.message
    assert "drop it on TALPose's window" in error.hint


def test_an_unknown_certificate_is_put_into_words():
    cause = ssl.SSLCertVerificationError("bad")
    cause.verify_message = "self-signed certificate"
    error = explain(urllib.error.URLError(cause), "https://weights.invalid/x", PAGE)
    assert "certificate" in error.message
    assert "install its certificate" in error.hint


def test_a_part_that_does_not_say_which_is_refused(file_server):
    server = file_server(bytes(10))
    server.status = 206
    with pytest.raises(TrackerError, match="does not say which"):
        ask(server.url, 5)


def test_from_a_safe_address_no_redirect_leads_to_an_unsafe_one():
    import urllib.request
    from email.message import Message

    from talpose_app.tracker_files.web import _Redirects

    request = urllib.request.Request("https://weights.invalid/x")
    with pytest.raises(TrackerError, match="without encryption"):
        _Redirects().redirect_request(request, None, 302, "", Message(), "http://weights.invalid/x")
