"""Chains through labels in both directions, kept: only what changed labels can change is followed again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from talpose_app.engine.flow import Follower, chain, changed_stretches
from talpose_app.engine.workers import EachPart, Workers
from talpose_app.tracking.anchors import Anchors
from talpose_app.tracking.merge import Chain

#: So many points followed through a frame together cost what one alone does, once more.
_POINTS_IN_ONE = 2.0

Stretch = tuple[int, int, int]


@dataclass(slots=True)
class Chains:
    """Both directions of one way of following."""

    forward: Chain
    backward: Chain


@dataclass(frozen=True, slots=True)
class Followers:
    """One way of following, in both directions."""

    forward: Follower
    backward: Follower


class Following:
    """Follows points in several ways, each known by a name.

    Args:
        workers: Take a direction of one way each.
    """

    def __init__(self, workers: Workers) -> None:
        self._workers = workers
        self._kept: dict[str, tuple[Anchors, Chains]] = {}

    def chains(self, anchors: Anchors, ways: Mapping[str, Followers], each_part: EachPart) -> list[Chains]:
        """Follow all points from all labels.

        Args:
            anchors: The labels.
            ways: To follow, by name; a name always means the same way.
            each_part: Called with the share done; may raise to stop: then the next time all is found anew.

        Returns:
            One for each way; they change when these are followed again.
        """
        kept = {name: self._kept.pop(name) for name in ways if name in self._kept}
        missing = {name: way for name, way in ways.items() if name not in kept}
        found: dict[str, Chains] = {}
        for name, (old, chains) in kept.items():
            stretches = stretches_to_follow(old, anchors)
            if stretches is None:
                missing[name] = ways[name]
            else:
                share = partial(_share, each_part, len(found), len(ways))
                self._follow_stretches(anchors, ways[name], chains, stretches, share)
                found[name] = chains
        if missing:
            points, rest = np.arange(anchors.n_points), partial(_rest, each_part, len(found) / len(ways))
            new = self._follow(anchors, list(missing.values()), points, rest)
            found |= dict(zip(missing, new, strict=True))
        self._kept |= {name: (anchors, chains) for name, chains in found.items()}
        return [found[name] for name in ways]

    def _follow_stretches(
        self,
        anchors: Anchors,
        way: Followers,
        chains: Chains,
        stretches: Sequence[Stretch],
        each_part: EachPart,
    ) -> None:
        for done, (point, start, stop) in enumerate(stretches):
            part, share = anchors.part(start, stop, point), partial(_share, each_part, done, len(stretches))
            (fresh,) = self._follow(part, [way], np.array([point]), share)
            _splice(chains, fresh, point, start, stop)

    def _follow(
        self, anchors: Anchors, ways: Sequence[Followers], points: NDArray[np.int64], each_part: EachPart
    ) -> list[Chains]:
        # All passes in one direction after each other: decoding goes forward once, then backward once.
        passes = [
            *(partial(_follow_through, anchors, way.forward, +1, points) for way in ways),
            *(partial(_follow_through, anchors, way.backward, -1, points) for way in ways),
        ]
        found = self._workers.do(passes, each_part)
        return [Chains(*both) for both in zip(found[: len(ways)], found[len(ways) :], strict=True)]


def stretches_to_follow(old: Anchors | None, new: Anchors) -> Sequence[Stretch] | None:
    """Which frames of which points changed labels reach, (point, start, stop); None for all at once.

    All at once it is, too, where stretches one by one would cost more.
    """
    changed = None if old is None else changed_stretches(old, new)
    if changed is None:
        return None
    alone = sum(stop - start for _, start, stop in changed)
    return changed if alone < new.n_frames * (1.0 + new.n_points / _POINTS_IN_ONE) else None


def _share(each_part: EachPart, done: int, count: int, share: float) -> None:
    each_part((done + share) / count)


def _rest(each_part: EachPart, done: float, share: float) -> None:
    each_part(done + (1.0 - done) * share)


def _follow_through(
    anchors: Anchors, follow: Follower, direction: int, points: NDArray[np.int64], each_part: EachPart
) -> Chain:
    """``chain``, told as a share of its frames."""
    return chain(anchors, follow, direction, points, lambda done: each_part(done / anchors.n_frames))


def _splice(old: Chains, new: Chains, point: int, start: int, stop: int) -> None:
    """Put one point's stretch into the chains; landings at the stretch's own ends come from outside it."""
    for chain_old, chain_new, inner in (
        (old.forward, new.forward, slice(start + 1, stop)),
        (old.backward, new.backward, slice(start, stop - 1)),
    ):
        chain_old.tracks[start:stop, point] = chain_new.tracks[:, 0]
        chain_old.arrived[inner, point] = chain_new.arrived[inner.start - start : inner.stop - start, 0]
