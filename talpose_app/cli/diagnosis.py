"""What ``talpose doctor`` looks at: one function a matter, each giving findings in words with a way out."""

from __future__ import annotations

import importlib.metadata
import os
import platform
import shutil
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from talpose_app import __version__, paths
from talpose_app.errors import TalposeError

#: Packages whose versions a bug report needs.
_PACKAGES = (
    "av",
    "numpy",
    "opencv-python-headless",
    "torch",
    "pywebview",
    "PySide6_WebEngine",
    "starlette",
    "uvicorn",
)

#: Decoders of the codecs TALPose promises, by FFmpeg's names.
_DECODERS = {"H.264": "h264", "HEVC": "hevc", "VP9": "vp9", "AV1": "libdav1d", "MJPEG": "mjpeg"}

#: Below this the cache of feature maps and proxies soon finds no room.
_LITTLE_SPACE = 2 << 30

#: A cold start of torch on a slow, busy machine.
_ENGINE_TIMEOUT_S = 90.0

State = Literal["ok", "warning", "problem"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at.

    Attributes:
        topic: What it is about.
        state: ``ok``, ``warning`` (works, with a limit), or ``problem``.
        text: What was found.
        hint: What to do about it; empty if nothing.
    """

    topic: str
    state: State
    text: str
    hint: str = ""


def examine() -> list[Finding]:
    """Look at everything; a check that itself fails becomes a finding."""
    findings: list[Finding] = []
    for topic, check in _CHECKS.items():
        try:
            findings += check()
        except (TalposeError, OSError, ImportError, RuntimeError) as error:
            findings.append(Finding(topic, "problem", f"The check failed: {error}"))
    return findings


def check_versions() -> list[Finding]:
    """TALPose, Python, system and packages."""
    findings = [
        Finding("talpose", "ok", f"{__version__}, Python {platform.python_version()}, {platform.platform()}"),
    ]
    found, missing = dict[str, str](), list[str]()
    for name in _PACKAGES:
        try:
            found[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            if not (name == "PySide6_WebEngine" and sys.platform != "linux"):
                missing.append(name)
    listed = ", ".join(f"{name} {version}" for name, version in found.items())
    findings.append(Finding("packages", "ok", listed))
    if missing and not paths.is_frozen():
        names = " ".join(missing)
        findings.append(Finding("packages", "problem", f"Not installed: {names}.", f"pip install {names}"))
    return findings


def check_machine() -> list[Finding]:
    """Processor cores and memory."""
    import psutil

    memory = psutil.virtual_memory()
    total, free = memory.total / 2**30, memory.available / 2**30
    text = f"{os.cpu_count()} cores, {total:.1f} GB of memory, {free:.1f} GB free"
    if free < 2:
        return [
            Finding("machine", "warning", text, "Close other programs before tracking: it takes up to 2 GB.")
        ]
    return [Finding("machine", "ok", text)]


def check_engine() -> list[Finding]:
    """Whether the engine process starts and loads torch, and what it runs on."""
    from talpose_app.engine_client.client import EngineClient
    from talpose_app.engine_client.hardware import look_at_hardware

    client = EngineClient()
    try:
        client.start()
        ready, deadline = None, time.monotonic() + _ENGINE_TIMEOUT_S
        while ready is None and client.pid is not None and time.monotonic() < deadline:
            ready = client.wait_until_ready(0.5)
    finally:
        client.close()
    if ready is None:
        hint = "Reinstall torch: pip install --force-reinstall torch"
        return [Finding("engine", "problem", "The engine does not start: torch cannot be loaded.", hint)]
    hardware = look_at_hardware()
    return [
        Finding("engine", "ok", f"torch {ready.torch_version}, runs on {ready.device}"),
        Finding("engine", "ok", hardware.summary, hardware.advice),
    ]


def check_trackers() -> list[Finding]:
    """Which trackers are installed, and whether their files are whole."""
    from talpose_app.tracking.checkpoints import (
        KNOWN_CHECKPOINTS,
        find_checkpoint,
        installed_path,
        verify_checkpoint,
    )

    findings: list[Finding] = []
    for known in KNOWN_CHECKPOINTS:
        path = installed_path(known)
        if path is None:
            continue
        try:
            verify_checkpoint(path)
            findings.append(Finding("trackers", "ok", f"{known.name} ({known.license})"))
        except TalposeError as error:
            findings.append(Finding("trackers", "problem", error.message, error.hint))
    if not findings:
        return [Finding("trackers", "problem", "No tracker is installed.", "Reinstall TALPose.")]
    findings.append(Finding("trackers", "ok", f"auto takes {find_checkpoint('auto').name}"))
    return findings


def check_codecs() -> list[Finding]:
    """Which promised codecs can be decoded."""
    import av
    from av.codec import codecs_available

    missing = [name for name, decoder in _DECODERS.items() if decoder not in codecs_available]
    text = f"PyAV {av.__version__}; decodes {', '.join(name for name in _DECODERS if name not in missing)}"
    if missing:
        hint = "Reinstall PyAV from its wheel: pip install --force-reinstall av"
        return [Finding("codecs", "warning", f"{text}; not {', '.join(missing)}", hint)]
    return [Finding("codecs", "ok", text)]


def check_display() -> list[Finding]:
    """Whether a window can be shown."""
    from talpose_app.window.environment import has_display
    from talpose_app.window.requirements import install_hint, missing_libraries

    findings: list[Finding] = []
    if has_display(os.environ):
        from talpose_app.window.probe import probe_window

        probe = probe_window()
        state: State = "ok" if probe.is_ok else "warning"
        text = "A window can be opened." if probe.is_ok else f"No window can be opened: {probe.reason}"
        fallback = "talpose opens in the browser instead."
        findings.append(
            Finding("window", state, text, "" if probe.is_ok else f"{probe.hint} {fallback}".strip())
        )
    else:
        hint = "talpose serves to a browser instead (--browser, --no-window); talpose demo needs no screen."
        findings.append(Finding("window", "warning", "There is no display.", hint))
    missing = missing_libraries()
    if missing:
        text = f"The window's libraries lack {', '.join(missing)}."
        findings.append(Finding("window", "warning", text, install_hint()))
    return findings


def check_folders() -> list[Finding]:
    """Whether the user's folders can be written to, and have room."""
    findings: list[Finding] = []
    places: dict[str, Callable[[], Path]] = {
        "checkpoints": paths.user_checkpoints_dir,
        "cache": paths.user_cache_dir,
        "state": paths.user_state_dir,
    }
    for name, place in places.items():
        try:
            folder = place()
            _try_writing(folder)
        except OSError as error:
            hint = "Make the folder writable, or set TALPOSE_HOME to one that is."
            text = f"The {name} folder cannot be written to: {error.strerror or error} ({error.filename})."
            findings.append(Finding("folders", "problem", text, hint))
            continue
        free = shutil.disk_usage(folder).free
        text = f"{name}: {folder} ({free / 2**30:.1f} GB free)"
        little = free < _LITTLE_SPACE
        hint = "Make room on this disk; caches are kept there." if little else ""
        findings.append(Finding("folders", "warning" if little else "ok", text, hint))
    return findings


def _try_writing(folder: Path) -> None:
    trial = folder / f".trial-{os.getpid()}"
    trial.write_bytes(b"trial")
    trial.unlink()


def check_sample() -> list[Finding]:
    """Whether what travels with the program is there."""
    sample = paths.sample_videos_dir() / "walking_fox.mp4"
    if sample.is_file():
        return [Finding("sample", "ok", str(sample))]
    return [Finding("sample", "problem", f"The sample {sample} is missing.", "Reinstall TALPose.")]


_CHECKS: dict[str, Callable[[], list[Finding]]] = {
    "versions": check_versions,
    "machine": check_machine,
    "engine": check_engine,
    "trackers": check_trackers,
    "codecs": check_codecs,
    "window": check_display,
    "folders": check_folders,
    "sample": check_sample,
}
