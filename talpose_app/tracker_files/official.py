"""What a file written by torch holds, found out without unpickling it.

A pickle is a program; reading its instructions (`pickletools`) tells names and shapes and runs nothing.
"""

from __future__ import annotations

import pickletools
import zipfile
from dataclasses import dataclass
from pathlib import Path

from talpose_app.errors import TrackerError
from talpose_app.tracking.checkpoints import damaged, verify_checkpoint

#: What plain weights ask the unpickler for; a file that asks for anything else is no plain weights.
_HARMLESS = frozenset(
    {
        "collections OrderedDict",
        "torch FloatStorage",
        "torch HalfStorage",
        "torch BFloat16Storage",
        "torch LongStorage",
        "torch._utils _rebuild_tensor_v2",
        "torch._utils _rebuild_parameter",
        "torch.serialization _get_layout",
    }
)

#: Tensors that every CoTracker3 has; the spelling is the files' own.
_SIGNATURE = frozenset({"time_emb", "fnet.conv1.weight", "updateformer.virual_tracks"})

_TIME_EMBEDDING = "time_emb"

#: A believable list of tensors takes some 100 kB.
_MAX_PICKLE_BYTES = 16_000_000


@dataclass(frozen=True, slots=True)
class Contents:
    """What a file says it holds.

    Attributes:
        names: Every text in it, the tensors' names among them.
        calls: What it asks the unpickler for, as ``module name``.
        window_len: Length of the time embedding; None if it has none.
    """

    names: frozenset[str]
    calls: frozenset[str]
    window_len: int | None

    @property
    def is_cotracker3(self) -> bool:
        """Whether the tensors that make a CoTracker3 are there."""
        return names_fit(self.names) and self.window_len is not None


def names_fit(names: frozenset[str]) -> bool:
    """Whether a CoTracker3's tensors are among these names."""
    return names >= _SIGNATURE


def read_contents(path: Path) -> Contents:
    """Read what a file written by torch holds.

    Raises:
        TrackerError: It is no such file, or damaged.
        OSError: It cannot be read.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            entry = next((e for e in archive.infolist() if e.filename.endswith("/data.pkl")), None)
            if entry is None or entry.file_size > _MAX_PICKLE_BYTES:
                raise damaged(path, "it holds no list of weights")
            return _contents(archive.read(entry))
    except (zipfile.BadZipFile, ValueError) as error:
        raise damaged(path, "it is not a checkpoint, or only part of one") from error


def check_official(path: Path, window_len: int) -> None:
    """Check that a file is the official checkpoint it is taken for.

    Args:
        path: The file.
        window_len: Of the checkpoint that is expected.

    Raises:
        TrackerError: It is damaged, asks for more than plain weights do, or is another checkpoint.
    """
    verify_checkpoint(path)
    contents = read_contents(path)
    if foreign := sorted(contents.calls - _HARMLESS):
        raise damaged(path, f"it holds more than weights ({', '.join(foreign[:3])})")
    if not contents.is_cotracker3:
        raise damaged(path, "it does not hold the weights of a CoTracker3")
    if contents.window_len != window_len:
        raise TrackerError(
            f"{path.name} has windows of {contents.window_len} frames, not of {window_len}.",
            hint="It is another of the official files; check which one you have.",
        )


def _contents(pickle: bytes) -> Contents:
    names: set[str] = set()
    calls: set[str] = set()
    texts: list[str] = []
    numbers: list[int] | None = None
    window_len: int | None = None
    for opcode, argument, _ in pickletools.genops(pickle):
        if opcode.name == "GLOBAL":
            calls.add(str(argument))
        elif opcode.name == "STACK_GLOBAL":
            calls.add(" ".join(texts[-2:]))
        elif isinstance(argument, str):
            names.add(argument)
            texts.append(argument)
            numbers = [] if argument == _TIME_EMBEDDING else numbers
        elif isinstance(argument, int) and numbers is not None and window_len is None:
            # The shape follows the name: one batch, the window, the token's width.
            numbers.append(argument)
            if opcode.name.startswith("BININT") and len(numbers) >= 3 and numbers[-3] == 1 < numbers[-2]:
                window_len = numbers[-2]
    return Contents(frozenset(names), frozenset(calls), window_len)
