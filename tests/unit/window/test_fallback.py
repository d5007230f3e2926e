"""Browsers in place of the window."""

import os
import stat
import webbrowser

import pytest

from talpose_app.window import fallback
from talpose_app.window.fallback import AppBrowser, app_command, find_app_browser, open_default_browser


def test_command_line(tmp_path):
    command = app_command("/usr/bin/chromium", "http://127.0.0.1:1/?token=t", tmp_path, is_superuser=False)
    assert command[:2] == ["/usr/bin/chromium", "--app=http://127.0.0.1:1/?token=t"]
    assert f"--user-data-dir={tmp_path}" in command
    assert "--no-sandbox" not in command
    assert "--no-sandbox" in app_command("chromium", "u", tmp_path, is_superuser=True)


@pytest.fixture
def programs(tmp_path, monkeypatch):
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}/usr/bin{os.pathsep}/bin")
    monkeypatch.setattr(fallback, "has_display", lambda environ: True)
    return folder


def _program(folder, name, script):
    path = folder / name
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return str(path)


def test_the_first_known_browser_is_taken(programs, monkeypatch):
    monkeypatch.setenv("PATH", str(programs))
    assert find_app_browser() is None
    chrome = _program(programs, "google-chrome", "")
    assert find_app_browser() == chrome
    chromium = _program(programs, "chromium", "")
    assert find_app_browser() == chromium
    monkeypatch.setattr(fallback, "has_display", lambda environ: False)
    assert find_app_browser() is None


def test_an_app_browser_is_waited_for(programs, tmp_path):
    told = tmp_path / "told"
    browser = AppBrowser(_program(programs, "chromium", f'echo "$1" > {told}'), "http://page")
    browser.wait()
    browser.close()
    assert told.read_text() == "--app=http://page\n"


def test_an_app_browser_is_ended_with_its_profile(programs, monkeypatch):
    browser = AppBrowser(_program(programs, "chromium", "exec sleep 600"), "http://page")
    profile = browser._profile.name
    browser.close()
    browser.wait()
    assert not os.path.exists(profile)  # noqa: PTH110


def test_the_default_browser_is_asked_in_a_thread(monkeypatch):
    import threading

    asked = threading.Event()
    monkeypatch.setattr(webbrowser, "open", lambda url: asked.set())
    open_default_browser("http://page")
    assert asked.wait(10)
