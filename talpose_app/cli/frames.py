"""``--frames``: single frames and ranges, as they are typed; no range is ever written out."""

from __future__ import annotations

from dataclasses import dataclass

import click

from talpose_app.errors import TalposeError

#: Digits of a frame; no video has that many, and longer numbers are not read.
_MAX_DIGITS = 15


@dataclass(frozen=True, slots=True)
class FrameChoice:
    """Frames chosen one by one and by range.

    Attributes:
        pieces: As they were typed; none is empty.
    """

    pieces: tuple[range, ...]

    def __contains__(self, frame_idx: object) -> bool:
        return any(frame_idx in piece for piece in self.pieces)

    def check_within(self, n_frames: int) -> None:
        """Make sure that each piece holds a frame of the video.

        Raises:
            TalposeError: One lies wholly behind its end.
        """
        for piece in self.pieces:
            if piece.start >= n_frames:
                raise TalposeError(
                    f"--frames asks for frame {piece.start}, the video ends at frame {n_frames - 1}.",
                    hint="Frames count from 0.",
                )


def read_frames(ctx: click.Context, param: click.Parameter, value: str | None) -> FrameChoice | None:
    """Read frames and ranges separated by commas, such as ``0,12,30:60:10``. A callback of an option."""
    if value is None:
        return None
    pieces: list[range] = []
    for piece in value.split(","):
        numbers = piece.strip().split(":")
        if len(numbers) > 3 or not all(n.isdecimal() and len(n) <= _MAX_DIGITS for n in numbers):
            text = f"{piece!r} is neither a frame nor START:STOP or START:STOP:STEP."
            raise click.BadParameter(text, ctx, param)
        first, *rest = (int(number) for number in numbers)
        if len(rest) == 2 and rest[1] == 0:
            raise click.BadParameter(f"{piece!r} has a step of 0.", ctx, param)
        pieces.append(range(first, *rest) if rest else range(first, first + 1))
        if not pieces[-1]:
            raise click.BadParameter(f"{piece!r} holds no frame.", ctx, param)
    return FrameChoice(tuple(pieces))
