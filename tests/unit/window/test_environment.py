"""What the window's libraries find in the environment."""

import socket
import sys

import pytest

from talpose_app.window import environment
from talpose_app.window.environment import environment_for_programs, has_display, window_environment


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        ({}, False),
        ({"DISPLAY": ""}, False),
        ({"DISPLAY": ":0"}, True),
        ({"WAYLAND_DISPLAY": "wayland-0"}, True),
    ],
)
def test_has_display(environ, expected, monkeypatch):
    monkeypatch.setattr(sys, "platform", "linux")
    assert has_display(environ) is expected


def test_other_systems_always_have_a_display(monkeypatch):
    monkeypatch.setattr(sys, "platform", "darwin")
    assert has_display({})


def test_superuser_without_gpu():
    wanted = window_environment({}, is_root=True, has_gpu=False)
    assert wanted["QTWEBENGINE_DISABLE_SANDBOX"] == "1"
    assert wanted["QT_QUICK_BACKEND"] == "software"
    assert wanted["QT_API"] == "pyside6"


def test_ordinary_user_with_gpu_keeps_the_sandbox_and_the_gpu():
    wanted = window_environment({}, is_root=False, has_gpu=True)
    assert "QTWEBENGINE_DISABLE_SANDBOX" not in wanted
    assert "QT_QUICK_BACKEND" not in wanted


def test_what_the_user_set_stays():
    mine = {"QT_QUICK_BACKEND": "rhi", "QTWEBENGINE_CHROMIUM_FLAGS": "--force-dark-mode"}
    wanted = window_environment(mine, is_root=False, has_gpu=False)
    assert "QT_QUICK_BACKEND" not in wanted
    assert wanted["QTWEBENGINE_CHROMIUM_FLAGS"] == "--force-dark-mode --log-level=3"
    mine["QTWEBENGINE_CHROMIUM_FLAGS"] = "--log-level=0"
    assert "QTWEBENGINE_CHROMIUM_FLAGS" not in window_environment(mine, is_root=False, has_gpu=False)


def test_gpu_is_found_by_its_render_node(tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(environment, "_RENDER_NODES", tmp_path)
    assert not environment.has_gpu()
    (tmp_path / "renderD128").touch()
    assert environment.has_gpu()


def test_a_packaged_executable_lends_its_libraries_to_nobody(monkeypatch):
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    inside = {"LD_LIBRARY_PATH": "/bundle", "LD_LIBRARY_PATH_ORIG": "/usr/local/lib", "HOME": "/h"}
    assert environment_for_programs(inside) == {"LD_LIBRARY_PATH": "/usr/local/lib", "HOME": "/h"}
    del inside["LD_LIBRARY_PATH_ORIG"]
    assert environment_for_programs(inside) == {"HOME": "/h"}


def test_from_source_the_environment_is_passed_on():
    assert environment_for_programs({"LD_LIBRARY_PATH": "/mine"}) == {"LD_LIBRARY_PATH": "/mine"}


@pytest.fixture
def listening(tmp_path):
    """A socket somebody listens at."""
    path = tmp_path / "wayland-0"
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as server:
        server.bind(str(path))
        server.listen()
        yield path


def test_a_wayland_display_answers(listening, monkeypatch):
    monkeypatch.setattr(sys, "platform", "linux")
    environ = {"WAYLAND_DISPLAY": listening.name, "XDG_RUNTIME_DIR": str(listening.parent)}
    assert environment.display_answers(environ)
    assert environment.display_answers({**environ, "DISPLAY": ":4711"})


@pytest.mark.parametrize(
    ("display", "answers"), [(":4711", False), ("unix:4711.0", False), ("far:10.0", True), ("", False)]
)
def test_an_x_display_nobody_listens_at(display, answers, monkeypatch):
    monkeypatch.setattr(sys, "platform", "linux")
    assert environment.display_answers({"DISPLAY": display}) is answers


@pytest.mark.window
def test_a_real_x_display_answers(display):
    assert environment.display_answers({"DISPLAY": display})
    assert environment.display_answers({"DISPLAY": f"{display}.0"})
