"""Between PyInstaller's lists and ours."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cache
from pathlib import PurePath

from bundle.prune import Entry, prune

#: What macOS is told about project files.
DOCUMENT_TYPE = {
    "CFBundleTypeName": "TALPose project",
    "CFBundleTypeExtensions": ["talpose.json"],
    "CFBundleTypeRole": "Editor",
    "LSHandlerRank": "Owner",
}


def pruned(
    collected: Iterable[tuple[str, str, str]], needs: Callable[[str], set[str]]
) -> list[tuple[str, str, str]]:
    """Prune one of PyInstaller's lists of (place, source, kind)."""
    entries = [Entry(PurePath(place).as_posix(), source, kind) for place, source, kind in collected]
    return [tuple(entry) for entry in prune(entries, needs)]


@cache
def needs_of(path: str) -> set[str]:
    """The file names of all libraries that a file links to, directly or through others."""
    from PyInstaller.depend import bindepend

    found: set[str] = set()
    waiting = [path]
    while waiting:
        for name, resolved in bindepend.get_imports(waiting.pop()):
            base = PurePath(resolved or name).name
            # On Linux one answer holds the whole closure; elsewhere each library is asked in turn.
            if not {base, PurePath(name).name} <= found:
                found |= {base, PurePath(name).name}
                if resolved is not None:
                    waiting.append(resolved)
    return found
