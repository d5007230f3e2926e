"""A project's tracks as everybody sees them: as made, and bent through the labels."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from talpose_app.model.bend import bent
from talpose_app.model.label import Label, PointId
from talpose_app.model.track import Track

_NO_LABELS: Mapping[int, Label] = MappingProxyType({})


class BendMemo:
    """Remembers the latest bent track of each point, so that it is worked out once and stays one object.

    What a bend is made from never changes in place; the same objects give the same track. Thread-safe.
    """

    def __init__(self) -> None:
        self._latest: dict[PointId, tuple[Track, Mapping[int, Label], Track]] = {}

    def bent(self, point: PointId, made: Track, labels: Mapping[int, Label]) -> Track:
        """The point's track bent through its labels."""
        latest = self._latest.get(point)
        if latest is not None and latest[0] is made and latest[1] is labels:
            return latest[2]
        track = bent(made, labels)
        self._latest[point] = made, labels, track
        return track


class BentTracks(Mapping[PointId, Track]):
    """Bent tracks by point, each worked out when it is asked for.

    Args:
        made: Tracks as made.
        labels: By point, then by frame.
        memo: Knows those worked out before.
    """

    def __init__(
        self,
        made: Mapping[PointId, Track],
        labels: Mapping[PointId, Mapping[int, Label]],
        memo: BendMemo,
    ) -> None:
        self._made = made
        self._labels = labels
        self._memo = memo

    def __getitem__(self, point: PointId) -> Track:
        return self._memo.bent(point, self._made[point], self._labels.get(point, _NO_LABELS))

    def __contains__(self, point: object) -> bool:
        return point in self._made

    def __iter__(self) -> Iterator[PointId]:
        return iter(self._made)

    def __len__(self) -> int:
        return len(self._made)
