"""Who may talk to the server: the page it was started for, and nobody else on this machine.

The token travels once, in the address the app opens; the answer puts it into a
cookie that scripts cannot read and other sites cannot send. Every other request
needs the cookie, the right Host (against DNS rebinding) and no foreign Origin
(against other pages in the same browser).
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from http.cookies import CookieError, SimpleCookie
from urllib.parse import parse_qs

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from starlette.websockets import WebSocketClose

#: Random bytes of the token; 256 bits cannot be guessed.
TOKEN_BYTES = 32
#: WebSocket close code for "not allowed" (RFC 6455, 7.4.1: policy violation).
CLOSE_FORBIDDEN = 1008


def _new_token() -> str:
    return secrets.token_urlsafe(TOKEN_BYTES)


@dataclass(frozen=True, slots=True)
class Security:
    """The secret of one server and the address it belongs to.

    Attributes:
        port: Where the server listens.
        token: Random, new for every start.
    """

    port: int
    token: str = field(default_factory=_new_token, repr=False)

    @property
    def cookie(self) -> str:
        """Name of the cookie. Cookies are shared by all ports of a host, so each server has its own name."""
        return f"talpose_{self.port}"

    @property
    def hosts(self) -> tuple[str, str]:
        """The Host headers a page of ours can send."""
        return f"127.0.0.1:{self.port}", f"localhost:{self.port}"

    @property
    def address(self) -> str:
        """The address that lets a browser in."""
        return f"http://{self.hosts[0]}/?token={self.token}"

    def is_token(self, given: str) -> bool:
        """Compare in constant time."""
        return secrets.compare_digest(given.encode(), self.token.encode())

    def is_own_address(self, headers: Headers) -> bool:
        """Whether the request names this server as its host, and comes from no foreign page."""
        host, origin = headers.get("host"), headers.get("origin")
        is_own_host = host in self.hosts and len(headers.getlist("host")) == 1
        return is_own_host and (origin is None or origin == f"http://{host}")

    def has_cookie(self, headers: Headers) -> bool:
        """Whether the request carries the token in the cookie."""
        try:
            cookies = SimpleCookie(headers.get("cookie", ""))
        except CookieError:
            return False
        found = cookies.get(self.cookie)
        return found is not None and self.is_token(found.value)

    def page_headers(self) -> dict[str, str]:
        """The headers of every answer: no inline script, nothing from elsewhere, nothing kept."""
        sockets = " ".join(f"ws://{host}" for host in self.hosts)
        policy = (
            "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; "
            f"img-src 'self' blob: data:; connect-src 'self' {sockets}; "
            "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
        )
        return {
            "Content-Security-Policy": policy,
            "X-Content-Type-Options": "nosniff",
            "X-Frame-Options": "DENY",
            "Referrer-Policy": "no-referrer",
            "Cross-Origin-Resource-Policy": "same-origin",
            "Cross-Origin-Opener-Policy": "same-origin",
            "Cache-Control": "no-store",
        }


class Guard:
    """The gate in front of the application: lets in who has the token, turns away the rest with 403."""

    def __init__(self, app: ASGIApp, security: Security) -> None:
        self._app = app
        self._security = security

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or answer it at the gate."""
        headers = Headers(scope=scope)
        if not self._security.is_own_address(headers):
            await self._refuse(scope, receive, send)
        elif scope["type"] == "http" and self._asks_to_enter(scope):
            await self._welcome()(scope, receive, self._sealed(send))
        elif self._security.has_cookie(headers):
            await self._app(scope, receive, self._sealed(send))
        else:
            await self._refuse(scope, receive, send)

    def _asks_to_enter(self, scope: Scope) -> bool:
        given = parse_qs(scope["query_string"].decode("latin-1")).get("token", [])
        is_front_door = scope["method"] == "GET" and scope["path"] == "/"
        return is_front_door and len(given) == 1 and self._security.is_token(given[0])

    def _welcome(self) -> Response:
        """Put the token into the cookie and take it out of the address bar."""
        response = RedirectResponse("/", status_code=303)
        response.set_cookie(self._security.cookie, self._security.token, httponly=True, samesite="strict")
        return response

    async def _refuse(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await WebSocketClose(CLOSE_FORBIDDEN)(scope, receive, send)
            return
        text = (
            "This page belongs to a running TALPose. Open it with the address printed when TALPose started."
        )
        await PlainTextResponse(text, status_code=403)(scope, receive, self._sealed(send))

    def _sealed(self, send: Send) -> Send:
        """Add the security headers to what is sent."""

        async def send_sealed(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self._security.page_headers().items():
                    headers.setdefault(name, value)
            await send(message)

        return send_sealed
