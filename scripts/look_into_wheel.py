"""Say whether a wheel and an sdist hold all tracked files of the package, and what must go with them.

python scripts/look_into_wheel.py WHEEL SDIST
"""

from __future__ import annotations

import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Iterable
from pathlib import Path

#: Folders and files outside the package and where the wheel has them.
_BESIDE = {
    "sample_videos": "talpose_app/_bundled/sample_videos",
    "checkpoints": "talpose_app/_bundled/checkpoints",
    "LICENSE": "talpose_app/_bundled/LICENSE",
    "NOTICE": "talpose_app/_bundled/NOTICE",
}
_LICENCES = ("LICENSE", "NOTICE")
#: Of the checkout, what an sdist is for: building, testing and reading.
_IN_SDIST = ("pyproject.toml", "README.md", "CHANGELOG.md", "CITATION.cff", "build_spec.py")
#: A wheel without its weights or its page would be smaller, one with stray videos larger.
_LEAST_BYTES, _MOST_BYTES = 6_000_000, 20_000_000


def main() -> None:
    """Look into both; the exit code is 1 if something is missing or strange."""
    wheel, sdist = (Path(name) for name in sys.argv[1:3])
    tracked = _tracked()
    problems = [*missing_in_wheel(tracked, _names_in_wheel(wheel)), *missing_in_sdist(tracked, sdist)]
    size = wheel.stat().st_size
    if not _LEAST_BYTES < size < _MOST_BYTES:
        problems.append(f"{wheel.name} has {size / 1e6:.1f} MB")
    for problem in problems:
        print(f"wheel-check: {problem}", file=sys.stderr)
    print(f"{wheel.name}: {size / 1e6:.1f} MB, {len(_names_in_wheel(wheel))} files")
    sys.exit(1 if problems else 0)


def _tracked() -> list[str]:
    listed = subprocess.run(["git", "ls-files"], check=True, capture_output=True, text=True)  # noqa: S607
    return listed.stdout.splitlines()


def _names_in_wheel(wheel: Path) -> set[str]:
    with zipfile.ZipFile(wheel) as archive:
        return {*archive.namelist()}


def missing_in_wheel(tracked: Iterable[str], names: set[str]) -> list[str]:
    """What a wheel lacks, and what it has too much."""
    wanted = {place for name in tracked if (place := place_in_wheel(name)) is not None}
    extra = {name for name in names - wanted if ".dist-info/" not in name}
    about = {name.partition(".dist-info/")[2] for name in names}
    wanted |= {f"licence text {name}" for name in _LICENCES if f"licenses/{name}" not in about}
    return [f"the wheel lacks {name}" for name in sorted(wanted - names)] + [
        f"the wheel has {name}, which git does not know" for name in sorted(extra)
    ]


def place_in_wheel(name: str) -> str | None:
    """Where the wheel has a file of the checkout; None if it must not be there."""
    if name.startswith("talpose_app/"):
        return name
    first, _, rest = name.partition("/")
    place = _BESIDE.get(first)
    return place if place is None or not rest else f"{place}/{rest}"


def missing_in_sdist(tracked: Iterable[str], sdist: Path) -> list[str]:
    """What an sdist lacks."""
    with tarfile.open(sdist) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    wanted = [*_IN_SDIST, *(name for name in tracked if place_in_wheel(name) is not None)]
    return [f"the sdist lacks {name}" for name in wanted if name not in names]


if __name__ == "__main__":
    main()
