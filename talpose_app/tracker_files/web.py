"""Asking a server for a file or its rest, and what to say when that fails.

The system's own certificates decide whom to trust (``truststore``), so that a workplace's proxy that the
system trusts is trusted here. Proxies come from the usual variables (``HTTPS_PROXY``, ``NO_PROXY``) or the
system's
settings.
"""

from __future__ import annotations

import http.client
import re
import socket
import ssl
import urllib.error
import urllib.request
from dataclasses import dataclass
from email.message import Message
from typing import IO
from urllib.parse import urlsplit

import truststore

from talpose_app import __version__
from talpose_app.errors import TrackerError

#: How long a server may keep silent.
TIMEOUT_S = 30.0

_SHA256 = re.compile(r"[0-9a-f]{64}")
_RANGE = re.compile(r"bytes (\d+)-\d+/(\d+)")


@dataclass(frozen=True, slots=True)
class Answer:
    """A server's answer, its body still to be read.

    Attributes:
        body: Read from it, then close it.
        start: Position of the body's first byte in the file.
        n_bytes: Size of the whole file; None if the server does not say.
        identity: Tells one version of the file from another; empty if the server does not say.
        sha256: The file's hash as the server announces it; None if it does not.
    """

    body: http.client.HTTPResponse
    start: int
    n_bytes: int | None
    identity: str
    sha256: str | None


class _Redirects(urllib.request.HTTPRedirectHandler):
    """Follows redirects, never from a safe address to an unsafe one, and keeps what they announce.

    The file store that publishes CoTracker3 sends its own hash with the redirect, not with the file.
    """

    def __init__(self) -> None:
        self.announced: str | None = None

    def redirect_request(
        self, req: urllib.request.Request, fp: IO[bytes], code: int, msg: str, headers: Message, newurl: str
    ) -> urllib.request.Request | None:
        """See urllib."""
        self.announced = self.announced or headers.get("X-Linked-ETag")
        if urlsplit(req.full_url).scheme == "https" and urlsplit(newurl).scheme != "https":
            raise TrackerError("The server leads to an address without encryption; nothing was downloaded.")
        return super().redirect_request(req, fp, code, msg, headers, newurl)  # pyright: ignore[reportArgumentType]


def ask(url: str, start: int = 0) -> Answer:
    """Ask for a file from a position on; the server may begin at its first byte all the same.

    Raises:
        urllib.error.URLError, OSError, http.client.HTTPException: The network's or server's fault; see
        ``explain``.
        TrackerError: The server's answer makes no sense.
    """
    redirects = _Redirects()
    context = truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    opener = urllib.request.build_opener(redirects, urllib.request.HTTPSHandler(context=context))
    headers = {"User-Agent": f"TALPose/{__version__}", "Accept-Encoding": "identity"}
    if start:
        headers["Range"] = f"bytes={start}-"
    request = urllib.request.Request(url, headers=headers)  # noqa: S310  checked by its caller
    body: http.client.HTTPResponse = opener.open(request, timeout=TIMEOUT_S)
    announced = redirects.announced or body.headers.get("X-Linked-ETag") or ""
    etag = body.headers.get("ETag") or ""
    found = _SHA256.search(announced) or _SHA256.fullmatch(etag.strip('"'))
    first, total = _extent(body)
    return Answer(body, first, total, announced or etag, found.group() if found else None)


def _extent(body: http.client.HTTPResponse) -> tuple[int, int | None]:
    """Where the body starts, and how large the whole file is."""
    if body.status == http.HTTPStatus.PARTIAL_CONTENT:
        found = _RANGE.match(body.headers.get("Content-Range") or "")
        if found is None:
            body.close()
            raise TrackerError("The server sends a part of the file and does not say which.")
        return int(found[1]), int(found[2])
    length = body.headers.get("Content-Length") or ""
    return 0, int(length) if length.isdecimal() else None


def explain(error: Exception, url: str, page: str) -> TrackerError:
    """Put a failure of the network into words, with a way out.

    Args:
        error: What was raised.
        url: Of the file.
        page: Where a person can get the file by hand.
    """
    host = urlsplit(url).hostname or url
    by_hand = f"Or get the file from {page} on another computer and drop it on TALPose's window."
    if isinstance(error, urllib.error.HTTPError):
        error.close()
        return _explain_status(error.code, host, by_hand)
    cause = error.reason if isinstance(error, urllib.error.URLError) else error
    proxy = urllib.request.getproxies().get(urlsplit(url).scheme)
    if proxy is not None and not urllib.request.proxy_bypass(host):
        text = f"{host} cannot be reached through the proxy {_without_password(proxy)}: {_words(cause)}."
        return TrackerError(text, hint=f"Check HTTPS_PROXY and the network. {by_hand}")
    if isinstance(cause, ssl.SSLCertVerificationError):
        text = f"{host} does not show a certificate that this system trusts ({cause.verify_message})."
        hint = "A proxy may look into the traffic: install its certificate in the system."
        return TrackerError(text, hint=f"{hint} {by_hand}")
    if isinstance(cause, socket.gaierror):
        return TrackerError(
            f"{host} is not found: this computer seems to be offline.",
            hint=f"Connect it and try again; a proxy is taken from HTTPS_PROXY. {by_hand}",
        )
    return TrackerError(f"{host} cannot be reached: {_words(cause)}.", hint=f"Try again later. {by_hand}")


def _explain_status(code: int, host: str, by_hand: str) -> TrackerError:
    match code:
        case 407:
            text = "The proxy asks for a name and a password."
            hint = "Put them into HTTPS_PROXY: http://NAME:PASSWORD@HOST:PORT."
        case 401 | 403:
            text, hint = f"{host} does not give the file out ({code}).", "Its publisher may have closed it."
        case 404 | 410:
            text, hint = f"{host} does not have the file any more ({code}).", "Look for a newer TALPose."
        case 429:
            text, hint = (
                f"{host} has had too many requests from this address.",
                "Wait some minutes and try again.",
            )
        case _:
            text, hint = f"{host} answers with an error ({code}).", "Try again later."
    return TrackerError(text, hint=f"{hint} {by_hand}")


def _words(cause: object) -> str:
    if isinstance(cause, TimeoutError):
        return "no answer in time"
    if isinstance(cause, ConnectionRefusedError):
        return "the connection is refused"
    if isinstance(cause, http.client.HTTPException):
        return "it broke off"
    if isinstance(cause, OSError) and cause.strerror:
        return cause.strerror[0].lower() + cause.strerror[1:]
    return str(cause) or type(cause).__name__


def _without_password(proxy: str) -> str:
    parts = urlsplit(proxy if "//" in proxy else f"//{proxy}")
    return f"{parts.hostname}:{parts.port}" if parts.port else str(parts.hostname)
