"""A track: the predicted path of one point, with who made each stretch of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Provenance:
    """Who made the frames [start, stop) of a track.

    Attributes:
        start: First frame.
        stop: One past the last frame.
        run_id: The run that made them.
    """

    start: int
    stop: int
    run_id: int


@dataclass(frozen=True, slots=True, eq=False)
class Track:
    """The path of one point over the whole video.

    Attributes:
        positions: Shape (n_frames, 2), (x, y), float32, image pixels; NaN where nothing is predicted.
        visibility: Shape (n_frames,), bool.
        confidence: Shape (n_frames,), float32 in [0, 1].
        provenance: Disjoint, ascending; frames outside are not predicted.
    """

    positions: NDArray[np.float32]
    visibility: NDArray[np.bool_]
    confidence: NDArray[np.float32]
    provenance: tuple[Provenance, ...] = ()

    def __post_init__(self) -> None:
        n_frames = len(self.positions)
        if (
            self.positions.shape != (n_frames, 2)
            or len(self.visibility) != n_frames
            or len(self.confidence) != n_frames
        ):
            raise ValueError(
                f"track arrays disagree: positions {self.positions.shape}, "
                f"visibility {self.visibility.shape}, confidence {self.confidence.shape}"
            )
        for array in (self.positions, self.visibility, self.confidence):
            array.flags.writeable = False

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Track):
            return NotImplemented
        return (
            self.provenance == other.provenance
            and np.array_equal(self.positions, other.positions, equal_nan=True)
            and np.array_equal(self.visibility, other.visibility)
            and np.array_equal(self.confidence, other.confidence)
        )

    __hash__ = None  # type: ignore[assignment]  # arrays cannot be hashed

    @classmethod
    def empty(cls, n_frames: int) -> Self:
        """A track that predicts nothing."""
        return cls(
            np.full((n_frames, 2), np.nan, np.float32),
            np.zeros(n_frames, np.bool_),
            np.zeros(n_frames, np.float32),
        )

    def replaced(self, start: int, new: Track, run_id: int) -> Track:
        """Put another track's frames over this one's, from frame ``start`` on.

        Args:
            start: Frame at which ``new`` begins.
            new: Shorter or equal track; its own provenance is not used.
            run_id: The run that made ``new``.

        Returns:
            A new track.
        """
        stop = start + len(new.positions)
        positions, visibility, confidence = (
            self.positions.copy(),
            self.visibility.copy(),
            self.confidence.copy(),
        )
        positions[start:stop] = new.positions
        visibility[start:stop] = new.visibility
        confidence[start:stop] = new.confidence
        kept = [piece for span in self.provenance for piece in _outside(span, start, stop)]
        spans = sorted([*kept, Provenance(start, stop, run_id)], key=lambda span: span.start)
        return Track(positions, visibility, confidence, tuple(spans))


def _outside(span: Provenance, start: int, stop: int) -> list[Provenance]:
    """The parts of ``span`` before ``start`` and from ``stop`` on."""
    before = Provenance(span.start, min(span.stop, start), span.run_id)
    after = Provenance(max(span.start, stop), span.stop, span.run_id)
    return [piece for piece in (before, after) if piece.start < piece.stop]
