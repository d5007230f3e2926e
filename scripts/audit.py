"""Ask pip-audit for known holes in what TALPose installs; where it cannot tell, list the versions.

    python -m scripts.audit            # audit
    python -m scripts.audit --write    # put the versions into docs/reliability.md

Needs `pip install pip-audit`, and its database on the network. Ends with 0 if every package was looked up and
has no known hole, 1 if one has, 2 if not every package could be looked up.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bundle.packages import Package, runtime_packages

PAGE = Path(__file__).resolve().parent.parent / "docs" / "reliability.md"
_PLACE = re.compile(r"(<!-- versions[^>]*-->\n).*?(<!-- end of versions -->)", re.DOTALL)

SOUND, HOLES, UNKNOWN = 0, 1, 2


@dataclass(frozen=True, slots=True)
class Verdict:
    """What pip-audit found.

    Attributes:
        holes: A line for each known hole.
        skipped: Packages that it could not look up.
    """

    holes: list[str]
    skipped: list[str]

    @property
    def code(self) -> int:
        """The exit code."""
        if self.holes:
            return HOLES
        return UNKNOWN if self.skipped else SOUND


def pinned(packages: Sequence[Package]) -> str:
    """The packages as a requirements file; what a build adds to a version (`+cpu`) no database knows."""
    return "".join(f"{package.name}=={package.version.partition('+')[0]}\n" for package in packages)


def listed(packages: Sequence[Package]) -> str:
    """The packages as one paragraph of Markdown."""
    return ", ".join(f"{package.name} {package.version.partition('+')[0]}" for package in packages) + ".\n"


def with_versions(text: str, versions: str) -> str:
    """Put the versions into their place in the page."""
    return _PLACE.sub(lambda place: place[1] + versions + place[2], text)


def verdict_of(report: dict[str, Any]) -> Verdict:
    """Read pip-audit's JSON."""
    holes: list[str] = []
    skipped: list[str] = []
    for package in report["dependencies"]:
        if "skip_reason" in package:
            skipped.append(package["name"])
        for hole in package.get("vulns", []):
            mended = ", ".join(hole["fix_versions"]) or "no version yet"
            holes.append(f"{package['name']} {package['version']}: {hole['id']}, mended in {mended}")
    return Verdict(holes, skipped)


def audit(packages: Sequence[Package]) -> Verdict:
    """Run pip-audit; all packages count as skipped where it cannot run."""
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as wanted:
        wanted.write(pinned(packages))
        wanted.flush()
        options = ["--no-deps", "--disable-pip", "--progress-spinner", "off", "--format", "json"]
        command = [sys.executable, "-m", "pip_audit", "-r", wanted.name, *options]
        done = subprocess.run(command, check=False, capture_output=True, text=True)  # noqa: S603
    try:
        return verdict_of(json.loads(done.stdout))
    except ValueError:
        print(done.stderr.strip()[-500:], file=sys.stderr)
        return Verdict([], [package.name for package in packages])


def main(arguments: Sequence[str]) -> int:
    """Audit, or write the versions."""
    packages = runtime_packages()
    if list(arguments) == ["--write"]:
        PAGE.write_text(with_versions(PAGE.read_text(encoding="utf-8"), listed(packages)), encoding="utf-8")
        return SOUND
    verdict = audit(packages)
    print(
        "\n".join(verdict.holes) or f"{len(packages) - len(verdict.skipped)} packages without a known hole."
    )
    if verdict.skipped:
        print(f"Not looked up: {len(verdict.skipped)} of {len(packages)}. The versions installed:")
        print(pinned(packages), end="")
    return verdict.code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
