"""The page's files: right types, nothing outside the folder."""

import pytest
from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.testclient import TestClient

from talpose_app.server.static import page_files


@pytest.fixture
def client(tmp_path):
    web = tmp_path / "web"
    (web / "net").mkdir(parents=True)
    (web / "index.html").write_text("<p>page</p>")
    (web / "net" / "connection.js").write_text("export {};")
    (web / "page.css").write_text("p {}")
    (tmp_path / "secret.txt").write_text("secret")
    (web / "out.txt").symlink_to(tmp_path / "secret.txt")
    return TestClient(Starlette(routes=[Mount("/", page_files(web))]))


@pytest.mark.parametrize(
    ("path", "media_type"),
    [("/", "text/html"), ("/net/connection.js", "text/javascript"), ("/page.css", "text/css")],
)
def test_files_have_their_types(client, path, media_type):
    answer = client.get(path)
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith(media_type)


@pytest.mark.parametrize(
    "path",
    [
        "/../secret.txt",
        "/net/../../secret.txt",
        "/%2e%2e/secret.txt",
        "/..%2fsecret.txt",
        "/out.txt",
        "/none",
    ],
)
def test_nothing_outside_is_served(client, path):
    answer = client.get(path)
    assert answer.status_code == 404
    assert "secret" not in answer.text


def test_files_cannot_be_changed(client):
    assert client.put("/index.html").status_code == 405
