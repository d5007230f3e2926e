"""The routes, all behind the gate."""

import pytest
from starlette.testclient import TestClient

from talpose_app.server.app import create_app
from talpose_app.server.dialogs import BrowserDialogs
from talpose_app.server.security import Security
from talpose_app.server.service import Service
from talpose_app.session.workspace import Workspace
from tests.fixtures.clients import ScriptedEngine


@pytest.fixture
def security():
    return Security(8765)


@pytest.fixture
def client(security):
    workspace = Workspace(ScriptedEngine())
    service = Service(workspace, BrowserDialogs())
    yield TestClient(create_app(service, security), base_url="http://127.0.0.1:8765")
    service.close()
    workspace.close()


ROUTES = [("GET", "/"), ("GET", "/main.js"), ("GET", "/download/x"), ("PUT", "/upload?name=a.mp4")]


@pytest.mark.parametrize(("method", "path"), ROUTES)
def test_every_route_is_closed_without_the_token(client, method, path):
    assert client.request(method, path).status_code == 403


def test_the_address_leads_to_the_page(client, security):
    answer = client.get(security.address)
    assert answer.status_code == 200
    assert "<html" in answer.text.lower()
    assert "token" not in str(answer.url)
    script = client.get("/main.js")
    assert script.headers["content-type"].startswith("text/javascript")
    assert "default-src 'none'" in script.headers["content-security-policy"]


def test_the_page_has_nothing_inline(client, security):
    """What the policy forbids must not be in the page, or it would silently not work."""
    text = client.get(security.address).text
    assert "<style" not in text
    assert " style=" not in text
    assert "javascript:" not in text
    assert all("src=" in part.split(">")[0] for part in text.split("<script")[1:])
