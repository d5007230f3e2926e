"""The Python packages that TALPose needs at run time, and the licence each one declares."""

from __future__ import annotations

import importlib.metadata
import re
from dataclasses import dataclass
from pathlib import Path

from packaging.requirements import Requirement

_PROJECT = "talpose"

_LICENSE_FILE = re.compile(r"(licen[cs]e|copying|notice|authors)", re.IGNORECASE)

#: Longer texts in the field "License" are the licence itself, not its name.
_LONGEST_NAME = 80


@dataclass(frozen=True, slots=True)
class Package:
    """One installed package.

    Attributes:
        name: As installed.
        version: As installed.
        license: As its metadata names it; ``unknown`` where they do not.
        home: Where its source is; may be empty.
        texts: Its licence files.
    """

    name: str
    version: str
    license: str
    home: str
    texts: tuple[Path, ...]


def runtime_packages(project: str = _PROJECT) -> list[Package]:
    """List what a plain install of the project brings, itself left out, by name."""
    found: dict[str, Package] = {}
    waiting = _requirements(project)
    while waiting:
        name = waiting.pop()
        key = re.sub(r"[-_.]+", "-", name).lower()
        if key in found:
            continue
        distribution = importlib.metadata.distribution(name)
        found[key] = _package(distribution)
        waiting += _requirements(name)
    return sorted(found.values(), key=lambda package: package.name.lower())


def _requirements(name: str) -> list[str]:
    wanted = (Requirement(text) for text in importlib.metadata.requires(name) or [])
    return [each.name for each in wanted if each.marker is None or each.marker.evaluate({"extra": ""})]


def _package(distribution: importlib.metadata.Distribution) -> Package:
    files = [
        Path(str(distribution.locate_file(file)))
        for file in distribution.files or []
        if _LICENSE_FILE.search(file.name) and file.suffix not in (".py", ".pyc")
    ]
    return Package(
        name=distribution.metadata["Name"],
        version=distribution.version,
        license=_license(distribution),
        home=_home(distribution),
        texts=tuple(path for path in files if path.is_file()),
    )


def _license(distribution: importlib.metadata.Distribution) -> str:
    metadata = distribution.metadata
    if (expression := metadata.get("License-Expression")) is not None:
        return expression
    named = (metadata.get("License") or "").strip()
    if named and len(named) <= _LONGEST_NAME and "\n" not in named:
        return named
    classifiers = metadata.get_all("Classifier") or []
    licenses = [text.rpartition(" :: ")[2] for text in classifiers if text.startswith("License ::")]
    return ", ".join(licenses) or "unknown"


def _home(distribution: importlib.metadata.Distribution) -> str:
    lines = (line.partition(",") for line in distribution.metadata.get_all("Project-URL") or [])
    urls = {label.strip().lower(): url.strip() for label, _, url in lines}
    for label in ("source", "source code", "repository", "homepage", "home"):
        if label in urls:
            return urls[label]
    return distribution.metadata.get("Home-page") or next(iter(urls.values()), "")
