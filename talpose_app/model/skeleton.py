"""The skeleton: which keypoints there are, how they are joined and mirrored."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from talpose_app.errors import EditError
from talpose_app.model.names import check_name

#: Colors that stay apart for color-blind readers on dark and light video (Okabe-Ito, extended).
PALETTE = (
    "#E69F00", "#56B4E9", "#009E73", "#F0E442", "#0072B2", "#D55E00", "#CC79A7",
    "#8DD3C7", "#BEBADA", "#FB8072", "#B3DE69", "#FCCDE5",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Keypoint:
    """A named landmark.

    Attributes:
        keypoint_id: Stable for ever; never given to another keypoint.
        name: Unique within the skeleton.
        color: ``#RRGGBB``.
    """

    keypoint_id: int
    name: str
    color: str


@dataclass(frozen=True, slots=True)
class Skeleton:
    """Ordered keypoints with their edges and left/right pairs.

    Attributes:
        keypoints: In the order the user sees and clicks them.
        edges: Pairs of keypoint ids that are drawn joined.
        symmetries: Pairs of keypoint ids that mirror each other.
        next_id: The id the next keypoint gets; only ever grows.
    """

    keypoints: tuple[Keypoint, ...] = ()
    edges: tuple[tuple[int, int], ...] = ()
    symmetries: tuple[tuple[int, int], ...] = ()
    next_id: int = 1

    def __contains__(self, keypoint_id: object) -> bool:
        return any(k.keypoint_id == keypoint_id for k in self.keypoints)

    def keypoint(self, keypoint_id: int) -> Keypoint:
        """Return the keypoint with this id.

        Raises:
            EditError: There is none.
        """
        for keypoint in self.keypoints:
            if keypoint.keypoint_id == keypoint_id:
                return keypoint
        raise EditError(f"There is no keypoint with id {keypoint_id}.")

    def by_name(self, name: str) -> Keypoint | None:
        """Return the keypoint of this name, or None."""
        return next((k for k in self.keypoints if k.name == name), None)

    def with_keypoint(self, name: str, color: str | None = None) -> Skeleton:
        """Add a keypoint at the end.

        Raises:
            EditError: The name is taken, or none (``check_name``).
        """
        self._check_name(name)
        color = color or PALETTE[(self.next_id - 1) % len(PALETTE)]
        added = Keypoint(self.next_id, name, color)
        return replace(self, keypoints=(*self.keypoints, added), next_id=self.next_id + 1)

    def with_changed(
        self, keypoint_id: int, *, name: str | None = None, color: str | None = None
    ) -> Skeleton:
        """Rename or recolor a keypoint.

        Raises:
            EditError: The keypoint is unknown, or the name taken or none (``check_name``).
        """
        old = self.keypoint(keypoint_id)
        if name is not None and name != old.name:
            self._check_name(name)
        new = Keypoint(keypoint_id, old.name if name is None else name, old.color if color is None else color)
        return replace(self, keypoints=tuple(new if k is old else k for k in self.keypoints))

    def without(self, keypoint_id: int) -> Skeleton:
        """Remove a keypoint with its edges and symmetries; its id is never used again."""
        self.keypoint(keypoint_id)
        return replace(
            self,
            keypoints=tuple(k for k in self.keypoints if k.keypoint_id != keypoint_id),
            edges=tuple(pair for pair in self.edges if keypoint_id not in pair),
            symmetries=tuple(pair for pair in self.symmetries if keypoint_id not in pair),
        )

    def reordered(self, keypoint_ids: tuple[int, ...]) -> Skeleton:
        """Return the same keypoints in another order.

        Raises:
            EditError: ``keypoint_ids`` is not a permutation of the present ids.
        """
        if sorted(keypoint_ids) != sorted(k.keypoint_id for k in self.keypoints):
            raise EditError("The new order must name every keypoint once.")
        return replace(self, keypoints=tuple(self.keypoint(i) for i in keypoint_ids))

    def with_edges(self, edges: tuple[tuple[int, int], ...]) -> Skeleton:
        """Replace the edges.

        Raises:
            EditError: An edge names an unknown keypoint or joins one to itself.
        """
        for a, b in edges:
            if a == b or a not in self or b not in self:
                raise EditError(f"The edge ({a}, {b}) does not join two keypoints of the skeleton.")
        return replace(self, edges=edges)

    def joined_with(self, other: Skeleton) -> Skeleton:
        """Add what another skeleton has more: keypoints by their names, with colors, edges and pairs."""
        names = {k.keypoint_id: k.name for k in other.keypoints}
        edges, symmetries = (
            [(names[a], names[b]) for a, b in pairs] for pairs in (other.edges, other.symmetries)
        )
        return self.widened({k.name: k.color for k in other.keypoints}, edges, symmetries)

    def widened(
        self,
        colors: Mapping[str, str | None],
        edges: Iterable[tuple[str, str]] = (),
        symmetries: Iterable[tuple[str, str]] = (),
    ) -> Skeleton:
        """Add the keypoints, edges and symmetries that are missing.

        Keypoints that are there keep their ids and colors, new ones come after them.

        Args:
            colors: Of keypoints by their names; None takes the next one of the palette.
            edges: Pairs of names; which of the two comes first makes no difference.
            symmetries: Likewise.

        Raises:
            EditError: A name is none (``check_name``).
        """
        wide = self
        for name, color in colors.items():
            if wide.by_name(name) is None:
                wide = wide.with_keypoint(name, color)
        ids = {k.name: k.keypoint_id for k in wide.keypoints}
        return replace(
            wide,
            edges=_more_pairs(wide.edges, ((ids[a], ids[b]) for a, b in edges)),
            symmetries=_more_pairs(wide.symmetries, ((ids[a], ids[b]) for a, b in symmetries)),
        )

    def _check_name(self, name: str) -> None:
        check_name(name, "A keypoint")
        if self.by_name(name) is not None:
            raise EditError(f"There is already a keypoint named {name!r}.", hint="Choose another name.")


def _more_pairs(
    pairs: tuple[tuple[int, int], ...], others: Iterable[tuple[int, int]]
) -> tuple[tuple[int, int], ...]:
    """The pairs, and others that are not among them in either direction."""
    known = {frozenset(pair) for pair in pairs}
    return (*pairs, *(pair for pair in others if frozenset(pair) not in known))
