"""Which tracker weights there are, where they lie, and whether their files are whole.

Everything here works without torch, because the app process lists and verifies
checkpoints too. Loading them into a network is the engine's business.
"""

from __future__ import annotations

import hashlib
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import msgspec

from talpose_app import paths
from talpose_app.errors import TrackerError

#: Key of the metadata entry with the SHA-256 of a safetensors file's tensor bytes.
DIGEST_KEY = "tensors_sha256"

#: Bytes in front of a safetensors file that hold the length of its header.
_LENGTH_BYTES = 8

#: Upper bound of a believable safetensors header; ours take some 20 kB.
_MAX_HEADER_BYTES = 10_000_000

_CHUNK_BYTES = 1 << 20

#: What is said of the licence of a file that only its owner knows.
_LICENSE_UNKNOWN = "as its author says"


class _TensorEntry(msgspec.Struct):
    """What a safetensors header says of one tensor, as far as it is needed here."""

    data_offsets: tuple[int, int]


@dataclass(frozen=True, slots=True)
class _Header:
    """What a safetensors header says of the whole file."""

    metadata: dict[str, str]
    n_tensor_bytes: int


@dataclass(frozen=True, slots=True)
class Source:
    """Where weights are published.

    Attributes:
        url: Of the file, at a fixed revision.
        page: Where a person can read about the file and get it by hand.
        publisher: Who publishes it.
        n_bytes: About how large it is.
        sha256: Its hash in hex as its publisher states it; None where that is not known to us. The hash the
        server
            announces is then held against what arrives, and what arrived first is recorded.
        window_len: Length of the file's time embedding, which tells one official file from another.
    """

    url: str
    page: str
    publisher: str
    n_bytes: int
    window_len: int
    sha256: str | None = None


@dataclass(frozen=True, slots=True)
class KnownCheckpoint:
    """Weights that have a name of their own.

    Attributes:
        name: What the user types.
        filename: The file's name in a checkpoint folder.
        license: Of the weights.
        description: One sentence for lists.
        source: Where it can be downloaded; None if it comes with the program.
    """

    name: str
    filename: str
    license: str
    description: str
    source: Source | None = None


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """Weights that are installed.

    Attributes:
        name: Name of a known checkpoint; the path for any other file.
        path: The file.
        license: Of the weights.
        description: One sentence.
    """

    name: str
    path: Path
    license: str
    description: str


#: Where the official files lie, at the revision that brought them.
_OFFICIAL_PAGE = "https://huggingface.co/facebook/cotracker3"
_OFFICIAL_FILES = f"{_OFFICIAL_PAGE}/resolve/a304f912a43a3f37a81256e55243137d60d223b7"


def _official(filename: str, window_len: int) -> Source:
    """The source of an official file. Its hash is in no text we could read, so none is claimed here."""
    return Source(
        f"{_OFFICIAL_FILES}/{filename}", _OFFICIAL_PAGE, "Meta Platforms, Inc.", 102_000_000, window_len
    )


#: Endings of files that may be checkpoints.
CHECKPOINT_SUFFIXES = frozenset({".pth", ".pt", ".safetensors"})

#: Every checkpoint with a name, the best first: the order in which ``auto`` looks.
KNOWN_CHECKPOINTS = (
    KnownCheckpoint(
        "cotracker3-offline",
        "scaled_offline.pth",
        "CC-BY-NC 4.0",
        "The official CoTracker3 that sees the whole clip; 25 M parameters.",
        _official("scaled_offline.pth", 60),
    ),
    KnownCheckpoint(
        "cotracker3-online",
        "scaled_online.pth",
        "CC-BY-NC 4.0",
        "The official CoTracker3 that walks through the clip; 25 M parameters.",
        _official("scaled_online.pth", 16),
    ),
    KnownCheckpoint(
        "talpose-small",
        "talpose-small.safetensors",
        "Apache-2.0",
        "The built-in tracker, small and made for a CPU.",
    ),
)


def installed_path(known: KnownCheckpoint) -> Path | None:
    """Return where the weights lie, the user's folder before the package's; None if in neither."""
    for folder in (paths.user_checkpoints_dir(), paths.bundled_checkpoints_dir()):
        path = folder / known.filename
        if path.is_file():
            return path
    return None


def known_checkpoint(name: str) -> KnownCheckpoint:
    """Return the checkpoint of that name, installed or not.

    Raises:
        TrackerError: There is none.
    """
    for known in KNOWN_CHECKPOINTS:
        if known.name == name:
            return known
    names = ", ".join(known.name for known in KNOWN_CHECKPOINTS)
    raise TrackerError(f'There is no tracker "{name}".', hint=f"There are: {names}.")


def added_checkpoints() -> list[Checkpoint]:
    """Weights of the user's own in the user's folder, by file name. Each is named after its file."""
    known = {checkpoint.filename for checkpoint in KNOWN_CHECKPOINTS}
    names = {checkpoint.name for checkpoint in KNOWN_CHECKPOINTS} | {"auto"}
    added: dict[str, Checkpoint] = {}
    for path in sorted(paths.user_checkpoints_dir().iterdir()):
        is_one = path.suffix in CHECKPOINT_SUFFIXES and path.name not in known and path.is_file()
        if is_one and path.stem not in names | added.keys():
            added[path.stem] = Checkpoint(path.stem, path, _LICENSE_UNKNOWN, f"Your file {path.name}.")
    return list(added.values())


def find_checkpoint(name_or_path: str = "auto") -> Checkpoint:
    """Find weights by name or path.

    Args:
        name_or_path: Name of a known or added checkpoint, path of a file, or ``auto`` for the best that is
            installed; ``auto`` never takes an added one.

    Raises:
        TrackerError: Nothing of that name is installed, or there is no such file.
    """
    for known in KNOWN_CHECKPOINTS:
        if name_or_path not in (known.name, "auto"):
            continue
        path = installed_path(known)
        if path is not None:
            return Checkpoint(known.name, path, known.license, known.description)
        if name_or_path == known.name:
            raise TrackerError(
                f'The tracker "{known.name}" is not installed.',
                hint=f"Get it: talpose models get {known.name}. Or put its file {known.filename} into "
                f"{paths.user_checkpoints_dir()}.",
            )
    path = Path(name_or_path).expanduser()
    if name_or_path != "auto" and paths.is_file(path):
        return Checkpoint(str(path), path, _LICENSE_UNKNOWN, "Weights from a file of yours.")
    for added in added_checkpoints():
        if added.name == name_or_path:
            return added
    names = ", ".join(known.name for known in KNOWN_CHECKPOINTS)
    raise TrackerError(
        "No tracker is installed." if name_or_path == "auto" else f'There is no tracker "{name_or_path}".',
        hint=f"Give the path of a checkpoint file, or one of: auto, {names}.",
    )


def weights_sha256(path: Path) -> str:
    """Return the SHA-256 of a checkpoint file, in hex: the key of everything computed with it.

    Raises:
        TrackerError: The file cannot be read.
    """
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise TrackerError(f"The tracker file {path} cannot be read: {error.strerror}.") from error


def verify_checkpoint(path: Path) -> None:
    """Check that a file is whole, by the check sums it carries.

    Args:
        path: A safetensors file, or a file written by torch (a zip archive).

    Raises:
        TrackerError: The file is damaged, or of neither kind.
    """
    try:
        if path.suffix == ".safetensors":
            _verify_safetensors(path)
        else:
            _verify_archive(path)
    except OSError as error:
        raise TrackerError(f"The tracker file {path} cannot be read: {error.strerror}.") from error


def damaged(path: Path, reason: str) -> TrackerError:
    """Build the error for a checkpoint file that cannot be used."""
    return TrackerError(
        f"The tracker file {path} cannot be used: {reason}.", hint="Replace it with a fresh copy."
    )


def safetensors_metadata(path: Path) -> dict[str, str]:
    """Return the free text a safetensors file carries about itself.

    Raises:
        TrackerError: The file is damaged or not of this kind.
        OSError: The file cannot be read.
    """
    with path.open("rb") as file:
        return _read_header(path, file).metadata


def _verify_safetensors(path: Path) -> None:
    digest = hashlib.sha256()
    n_bytes = 0
    with path.open("rb") as file:
        header = _read_header(path, file)
        while chunk := file.read(_CHUNK_BYTES):
            digest.update(chunk)
            n_bytes += len(chunk)
    if n_bytes != header.n_tensor_bytes:
        raise damaged(path, f"it holds {n_bytes} bytes of weights instead of {header.n_tensor_bytes}")
    expected = header.metadata.get(DIGEST_KEY)
    if expected not in (None, digest.hexdigest()):
        raise damaged(path, "its check sum does not fit its contents")


def _read_header(path: Path, file: BinaryIO) -> _Header:
    """Read the header, leaving the file at the first tensor byte."""
    n_header = int.from_bytes(file.read(_LENGTH_BYTES), "little")
    header = file.read(min(n_header, _MAX_HEADER_BYTES))
    if len(header) != n_header:
        raise damaged(path, "its header is damaged")
    try:
        entries = msgspec.json.decode(header, type=dict[str, msgspec.Raw])
        metadata = msgspec.json.decode(entries.pop("__metadata__", msgspec.Raw(b"{}")), type=dict[str, str])
        tensors = [msgspec.json.decode(entry, type=_TensorEntry) for entry in entries.values()]
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise damaged(path, "its header is damaged") from error
    return _Header(metadata, max((tensor.data_offsets[1] for tensor in tensors), default=0))


def _verify_archive(path: Path) -> None:
    try:
        with zipfile.ZipFile(path) as archive:
            broken = archive.testzip()
    except zipfile.BadZipFile as error:
        raise damaged(path, "it is not a checkpoint, or only part of one") from error
    if broken is not None:
        raise damaged(path, f"its part {broken} is damaged")
