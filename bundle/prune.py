"""Which of the files that PyInstaller collects are needed.

PyInstaller takes whole packages along. Here a library stays only if something that can be loaded links to
it, directly or through others. Guessing by name is what broke bundles: a library that looks superfluous may
be a dependency's dependency, and the builder's own machine hides it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from pathlib import PurePosixPath
from typing import NamedTuple

#: What is loaded by name at run time, so that no link tells of it: the certificate and cipher modules of NSS,
#: which the page engine opens, and what torch starts.
_LOADED_BY_NAME = re.compile(
    r"^(libsoftokn3|libfreebl3|libfreeblpriv3|libnssckbi|libnssdbm3|torch_shm_manager)\b"
)

#: Folders nothing of ours reads, below the top of the bundle.
_UNUSED_FOLDERS = (
    "PySide6/Qt/qml",
    "PySide6/Qt/translations",
    "PySide6/Qt/metatypes",
    "torch/test",
    "torch/include",
    "torch/share",
    "torch/bin",
    "PIL",
)

#: Files in them that are used all the same.
_USED_IN_THEM = re.compile(r"(torch/bin/torch_shm_manager|qtwebengine_locales/en-US\.pak)$")

#: Files of no use to a user.
_UNUSED_FILES = re.compile(
    r"(qtwebengine_devtools_resources.*\.pak|\.debug\.(pak|bin)|\.lib|\.a|\.pyi|libtorchbind_test\.so"
    # Bindings that PyInstaller takes along for others; neither pywebview nor the page engine imports them.
    r"|PySide6/Qt(Qml|Quick|QuickWidgets|Positioning)\.(abi3|cpython[^/]*)\.so"
    # Sources beside the compiled modules. Torch reads those of its settings.
    r"|torch/(_inductor|testing|ao|onnx)/(?!.*config).*\.py)$"
)

#: Folders below Qt's plugins that a page in a window uses; the rest is for programs of other kinds.
_PLUGINS = (
    "iconengines", "imageformats", "platforminputcontexts", "platforms", "styles",
    "tls", "wayland-decoration-client", "wayland-graphics-integration-client", "wayland-shell-integration",
    "xcbglintegrations",
)  # fmt: skip

#: Plugins of other kinds of screens, and picture formats that a page never asks Qt for.
_UNUSED_PLUGINS = re.compile(
    r"(platforms/libq(linuxfb|vnc|minimalegl|eglfs|vkkhrdisplay|webgl)|imageformats/libq(pdf|tiff|tga|wbmp|icns)|"
    r"platforminputcontexts/libqtvirtualkeyboard)"
)

#: Kinds of entries, as PyInstaller names them.
EXTENSION, LIBRARY, LINK = "EXTENSION", "BINARY", "SYMLINK"


class Entry(NamedTuple):
    """One collected file.

    Attributes:
        place: Where it goes, below the bundle's top, with forward slashes.
        source: Where it comes from; for a link, what it points to.
        kind: ``EXTENSION``, ``BINARY``, ``DATA``, ``SYMLINK`` and so on.
    """

    place: str
    source: str
    kind: str


def prune(entries: Iterable[Entry], needs: Callable[[str], set[str]]) -> list[Entry]:
    """Leave out what nothing loads.

    Args:
        entries: All that was collected.
        needs: Gives the file names of all libraries that a file links to.

    Returns:
        The entries that stay, in their order.
    """
    wanted = [entry for entry in entries if not is_unused(entry.place)]
    needed: set[str] = set()
    for entry in wanted:
        if _is_root(entry):
            needed |= needs(entry.source)
    kept = [entry for entry in wanted if entry.kind != LIBRARY or _is_root(entry) or _name(entry) in needed]
    places = {entry.place for entry in kept}
    return [entry for entry in kept if entry.kind != LINK or _target(entry) in places]


def is_unused(place: str) -> bool:
    """Whether a file is of no use whoever links to it.

    Args:
        place: Below the bundle's top, with forward slashes.
    """
    if _USED_IN_THEM.search(place):
        return False
    if _UNUSED_FILES.search(place) or any(place.startswith(f"{folder}/") for folder in _UNUSED_FOLDERS):
        return True
    plugin = place.partition("PySide6/Qt/plugins/")[2]
    return bool(plugin) and (plugin.split("/")[0] not in _PLUGINS or bool(_UNUSED_PLUGINS.search(plugin)))


def _is_root(entry: Entry) -> bool:
    """Whether it is loaded by itself: by Python, as a plugin, as a program, or by name."""
    is_program = entry.kind == LIBRARY and not re.search(r"\.(so|dylib|dll)\b", _name(entry), re.IGNORECASE)
    return (
        entry.kind == EXTENSION
        or is_program
        or "/plugins/" in entry.place
        or _name(entry).startswith(("libpython", "libtorch", "libc10"))
        or bool(_LOADED_BY_NAME.match(_name(entry)))
    )


def _name(entry: Entry) -> str:
    return PurePosixPath(entry.place).name


def _target(entry: Entry) -> str:
    """Where a link leads, below the bundle's top."""
    parts: list[str] = []
    for part in (*PurePosixPath(entry.place).parent.parts, *PurePosixPath(entry.source).parts):
        if part == "..":
            parts.pop()
        else:
            parts.append(part)
    return "/".join(parts)
