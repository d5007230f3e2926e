"""Exports for a page in the browser."""

import pytest
from starlette.applications import Starlette
from starlette.routing import Route
from starlette.testclient import TestClient

from talpose_app.server import downloads as module
from talpose_app.server.downloads import Downloads


@pytest.fixture
def downloads():
    offered = Downloads()
    yield offered
    offered.close()


@pytest.fixture
def client(downloads):
    return TestClient(Starlette(routes=[Route("/download/{download_id}", downloads.respond)]))


def _offer(downloads, name="walk.csv", text="frame,x"):
    path = downloads.place(name)
    path.write_text(text)
    return downloads.offer(path)


def test_an_export_is_fetched_as_a_file(downloads, client):
    answer = client.get(_offer(downloads, "walk é.csv"))
    assert answer.text == "frame,x"
    assert answer.headers["content-disposition"].startswith("attachment")
    assert "walk%20%C3%A9.csv" in answer.headers["content-disposition"]


def test_equal_names_do_not_meet(downloads, client):
    first, second = _offer(downloads, text="1"), _offer(downloads, text="2")
    assert (client.get(first).text, client.get(second).text) == ("1", "2")


@pytest.mark.parametrize("download_id", ["unknown", "..%2f..%2fetc%2fpasswd", "walk.csv"])
def test_only_what_was_offered(downloads, client, download_id):
    _offer(downloads)
    assert client.get(f"/download/{download_id}").status_code == 404


def test_a_name_cannot_leave_the_folder(downloads):
    assert downloads.place("../../evil.csv").name == "evil.csv"
    assert downloads.place("a/b.csv").parent.parent == downloads.place("c.csv").parent.parent


def test_old_exports_are_removed(downloads, client, monkeypatch):
    monkeypatch.setattr(module, "_N_KEPT", 2)
    urls = [_offer(downloads, text=str(i)) for i in range(3)]
    assert [client.get(url).status_code for url in urls] == [404, 200, 200]


def test_nothing_is_left_at_the_end(downloads):
    path = downloads.place("walk.csv")
    downloads.close()
    assert not path.parent.exists()
