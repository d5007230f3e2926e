"""The gate: what gets in and what is turned away."""

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse
from starlette.routing import Route, WebSocketRoute
from starlette.testclient import TestClient
from starlette.websockets import WebSocket, WebSocketDisconnect

from talpose_app.server.security import Guard, Security

SECURITY = Security(8765, "right-token")
HOST = "127.0.0.1:8765"


async def _hello(request):
    return PlainTextResponse("inside")


async def _socket(websocket: WebSocket):
    await websocket.accept()
    await websocket.close()


@pytest.fixture
def client():
    routes = [Route("/", _hello), Route("/page.js", _hello), WebSocketRoute("/socket", _socket)]
    app = Starlette(routes=routes, middleware=[Middleware(Guard, security=SECURITY)])
    return TestClient(app, base_url=f"http://{HOST}", follow_redirects=False)


@pytest.fixture
def member(client):
    client.cookies.set(SECURITY.cookie, SECURITY.token)
    return client


def test_token_in_the_address_becomes_a_cookie(client):
    answer = client.get("/?token=right-token")
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=strict" in cookie
    assert client.get("/").text == "inside"


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/?token=wrong",
        "/?token=",
        "/?token=right-token&token=right-token",
        "/page.js",
        "/page.js?token=right-token",
        "/missing",
    ],
)
def test_without_the_cookie_nothing_is_answered(client, path):
    answer = client.get(path)
    assert answer.status_code == 403
    assert "inside" not in answer.text
    assert "right-token" not in answer.text


def test_token_opens_only_by_get(client):
    assert client.post("/?token=right-token").status_code == 403


@pytest.mark.parametrize("value", ["wrong", "", "right-token-and-more", "right-toke", '"; talpose_8765="x'])
def test_wrong_cookie(client, value):
    assert client.get("/", headers={"cookie": f"{SECURITY.cookie}={value}"}).status_code == 403


def test_cookie_of_another_server_on_this_host_does_not_count(client):
    assert client.get("/", headers={"cookie": "talpose_1234=right-token"}).status_code == 403


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:8765", "127.0.0.1", "127.0.0.1:1", "[::1]:8765", ""]
)
def test_foreign_host_is_refused_even_with_the_cookie(member, host):
    assert member.get("/", headers={"host": host}).status_code == 403
    assert member.get("/?token=right-token", headers={"host": host}).status_code == 403


def test_localhost_is_this_host_too(client):
    headers = {"host": "localhost:8765", "cookie": f"{SECURITY.cookie}={SECURITY.token}"}
    assert client.get("/", headers=headers).status_code == 200


@pytest.mark.parametrize(
    "origin", ["http://evil.example", "null", f"https://{HOST}", "http://127.0.0.1:9", ""]
)
def test_foreign_origin_is_refused_even_with_the_cookie(member, origin):
    assert member.get("/", headers={"origin": origin}).status_code == 403
    assert member.get("/", headers={"origin": f"http://{HOST}"}).status_code == 200


def _connect(client, **headers):
    with client.websocket_connect(f"ws://{HOST}/socket", headers=headers) as socket:
        socket.receive()


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"cookie": f"{SECURITY.cookie}=wrong"},
        {"cookie": f"{SECURITY.cookie}=right-token", "origin": "http://evil.example"},
        {"cookie": f"{SECURITY.cookie}=right-token", "host": "evil.example"},
    ],
)
def test_socket_is_refused(client, headers):
    with pytest.raises(WebSocketDisconnect) as caught:
        _connect(client, **headers)
    assert caught.value.code == 1008


def test_socket_is_accepted_from_the_own_page(client):
    _connect(client, cookie=f"{SECURITY.cookie}=right-token", origin=f"http://{HOST}")


@pytest.mark.parametrize("path", ["/?token=right-token", "/?token=wrong"])
def test_every_answer_is_sealed(client, path):
    headers = client.get(path).headers
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert "access-control-allow-origin" not in headers


def test_tokens_are_new_each_time_and_not_shown_in_logs():
    first, second = Security(1), Security(1)
    assert first.token != second.token
    assert len(first.token) >= 43
    assert first.token not in repr(first)
    assert first.address == f"http://127.0.0.1:1/?token={first.token}"
