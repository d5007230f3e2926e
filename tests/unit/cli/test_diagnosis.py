import pytest

from talpose_app import paths
from talpose_app.cli import diagnosis
from talpose_app.cli.diagnosis import Finding


def states(findings):
    return {finding.topic: finding.state for finding in findings}


def test_versions_codecs_machine_and_folders_are_found():
    checks = (
        diagnosis.check_versions,
        diagnosis.check_codecs,
        diagnosis.check_machine,
        diagnosis.check_folders,
    )
    findings = [finding for check in checks for finding in check()]
    assert {"talpose", "packages", "codecs", "machine", "folders"} <= set(states(findings))
    assert all(finding.text for finding in findings)
    assert all(finding.hint for finding in findings if finding.state != "ok")


def test_a_folder_that_cannot_be_written_is_a_problem_with_a_way_out(monkeypatch, tmp_path):
    blocked = tmp_path / "file"
    blocked.write_text("")
    monkeypatch.setattr(paths, "user_cache_dir", lambda: blocked)
    problems = [f for f in diagnosis.check_folders() if f.state == "problem"]
    assert len(problems) == 1
    assert "TALPOSE_HOME" in problems[0].hint


def test_without_a_display_the_browser_is_named(monkeypatch):
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    finding = diagnosis.check_display()[0]
    assert finding.state == "warning"
    assert "--browser" in finding.hint


def test_a_missing_sample_is_a_problem(monkeypatch, tmp_path):
    monkeypatch.setattr(paths, "sample_videos_dir", lambda: tmp_path)
    assert states(diagnosis.check_sample()) == {"sample": "problem"}


def test_a_damaged_tracker_is_a_problem():
    (paths.user_checkpoints_dir() / "talpose-small.safetensors").write_bytes(b"\0" * 16)
    problems = [f for f in diagnosis.check_trackers() if f.state == "problem"]
    assert problems
    assert problems[0].hint


def test_a_missing_package_is_a_problem(monkeypatch):
    monkeypatch.setattr(diagnosis, "_PACKAGES", ("numpy", "no-such-package"))
    problem = next(f for f in diagnosis.check_versions() if f.state == "problem")
    assert problem.hint == "pip install no-such-package"


def test_a_check_that_fails_becomes_a_finding(monkeypatch):
    def fail():
        raise OSError("disk on fire")

    monkeypatch.setattr(
        diagnosis, "_CHECKS", {"disk": fail, "sample": lambda: [Finding("sample", "ok", "here")]}
    )
    findings = diagnosis.examine()
    assert states(findings) == {"disk": "problem", "sample": "ok"}
    assert "disk on fire" in findings[0].text


@pytest.mark.engine
def test_the_engine_starts():
    engine, hardware = diagnosis.check_engine()
    assert (engine.state, hardware.state) == ("ok", "ok")
    assert "torch" in engine.text
    assert "rackers run on" in hardware.text
