"""Paths through a set of labels without the network: flow from both sides, guided flow, and the smoother.

Follows again only what a change of labels can change, so that a correction costs little.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from talpose_app.engine.anywhere import paths_anywhere
from talpose_app.engine.appearance import Appearance
from talpose_app.engine.flow import Follower, LucasKanade, chain, changed_stretches
from talpose_app.engine.footage import Footage
from talpose_app.engine.guided import GuidedFlow
from talpose_app.engine.lost import is_far, is_lost
from talpose_app.engine.smoother import Expectation, Smoother
from talpose_app.engine.templates import Templates
from talpose_app.tracking.anchors import Anchors
from talpose_app.tracking.merge import Chain, Merged, combine, merge_directions

#: Patch sides for TRACK, pixels.
QUICK_PATCHES = (15, 31)

#: Patch sides for REFINE.
THOROUGH_PATCHES = (9, 15, 21, 31, 41)

#: What REFINE makes paths of: of all its patches, and of TRACK's, which now and then do better.
THOROUGH_AND_QUICK = (THOROUGH_PATCHES, QUICK_PATCHES)

#: With more points than this changed, following all again costs no more than one by one.
_MAX_PATCHED = 6

#: Share of the work that following is; the rest is smoothing.
_FOLLOWING_SHARE = 0.8

#: Features less sharp than this (`Appearance.sharpness`) do not guide flow.
_GUIDING_SHARPNESS = 10.0

#: Spread of a path of flow from one side, feature pixels: at the label, and its growth with the root of time.
_FLOW_SPREAD, _FLOW_GROWTH = 0.4, 0.1

#: How much one path from one side counts beside the merged one.
_FLOW_WEIGHT = 0.3

#: Spread of the merged path, feature pixels: its least, per disagreement of its directions, and, where only
#: one leads, its growth with the root of time.
_MERGED_SPREAD, _PER_DISAGREEMENT, _ALONE_GROWTH = 0.1, 1.0, 0.3

#: Spread of a path found without flow, feature pixels.
_ANYWHERE_SPREAD = 1.5

#: Time beyond which a path alone is not trusted less, frames.
_MAX_ALONE = 50.0


@dataclass(slots=True)
class _Chains:
    """Both directions of one way of following."""

    forward: Chain
    backward: Chain


@dataclass(slots=True)
class _Beliefs:
    """Paths, their spread, and how far from them flow went where it was lost; image pixels."""

    paths: NDArray[np.float64]
    spread: NDArray[np.float64]
    strayed: NDArray[np.float64]

    @classmethod
    def none(cls, shape: tuple[int, int]) -> _Beliefs:
        return cls(np.full((*shape, 2), np.nan), np.full(shape, np.nan), np.zeros(shape))

    def take(
        self,
        anchors: Anchors,
        points: NDArray[np.int64],
        found: tuple[NDArray[np.float64], NDArray[np.float64]],
        lost: NDArray[np.bool_],
    ) -> None:
        """Take paths and spread found for some points; labels stay what they are."""
        paths, spread = found
        known = anchors.is_known[:, points]
        strayed = np.linalg.norm(paths - self.paths[:, points], axis=-1)
        self.strayed[:, points] = np.where(lost, strayed, 0.0)
        self.paths[:, points] = np.where(known[..., None], anchors.positions[:, points], paths)
        self.spread[:, points] = spread


class PathEvidence:
    """What flow and appearance say about paths through labels.

    Args:
        footage: The video.
        patch_sets: Patch sides of flow, pixels: paths are found once for each set. Points are followed with
            those of the first, which holds the others'.
    """

    def __init__(self, footage: Footage, patch_sets: Sequence[tuple[int, ...]] = (QUICK_PATCHES,)) -> None:
        self._footage = footage
        self._patches, self._patch_sets = patch_sets[0], patch_sets
        self._diagonal = float(np.hypot(*footage.source.size))
        self._anchors: Anchors | None = None
        self._chains: list[_Chains] = []
        self._is_guided = False
        self._beliefs: list[_Beliefs] = []
        self._anywhere = np.zeros((0, 0, 2))

    def merged(
        self, anchors: Anchors, templates: Templates, each_part: Callable[[float], None]
    ) -> list[Merged]:
        """Find the paths.

        Args:
            anchors: The labels.
            templates: Windows at the labels that show their point.
            each_part: Called with the share done; may raise to stop, then start afresh with a new object.

        Returns:
            One for each set of patches.
        """
        appearance = Appearance(self._footage, anchors, templates)
        is_guided = appearance.sharpness >= _GUIDING_SHARPNESS
        changed = None
        if self._anchors is not None and is_guided == self._is_guided:
            changed = changed_stretches(self._anchors, anchors)
        self._is_guided = is_guided

        def following(share: float) -> None:
            each_part(_FOLLOWING_SHARE * share)

        if changed is None or len(changed) > _MAX_PATCHED:
            points = np.arange(anchors.n_points)
            self._chains = self._follow(anchors, appearance, anchors.start, points, following)
        else:
            points = np.array([point for point, _, _ in changed], np.int64)
            self._follow_changed(anchors, appearance, changed, following)
        smoother = Smoother(self._footage, anchors, appearance)
        shape = (anchors.n_frames, anchors.n_points)
        if not self._beliefs or self._beliefs[0].spread.shape != shape:
            self._beliefs = [_Beliefs.none(shape) for _ in self._patch_sets]
            self._anywhere = np.full((*shape, 2), np.nan)
        self._look_anywhere(anchors, appearance, points, following)
        found: list[Merged] = []
        for done, (patches, beliefs) in enumerate(zip(self._patch_sets, self._beliefs, strict=True)):

            def smoothing(share: float, n: int = done) -> None:
                each_part(_FOLLOWING_SHARE + (1.0 - _FOLLOWING_SHARE) * (n + share) / len(self._patch_sets))

            found.append(self._smoothed(smoother, appearance, patches, beliefs, points, smoothing))
        self._anchors = anchors
        return found

    def _follow_changed(
        self,
        anchors: Anchors,
        appearance: Appearance,
        changed: Sequence[tuple[int, int, int]],
        each_part: Callable[[float], None],
    ) -> None:
        for done, (point, start, stop) in enumerate(changed):
            fresh = self._follow(
                anchors.part(start, stop, point),
                appearance,
                anchors.start,
                np.array([point]),
                lambda share, n=done: each_part((n + share) / len(changed)),
            )
            for old, new in zip(self._chains, fresh, strict=True):
                _splice(old, new, point, start, stop)

    def _follow(
        self,
        anchors: Anchors,
        appearance: Appearance,
        origin: int,
        points: NDArray[np.int64],
        each_part: Callable[[float], None],
    ) -> list[_Chains]:
        """Follow points in both directions, in every way; ``origin`` is the frame appearance counts from."""
        n_ways = len(self._patches) + self._is_guided
        total = 2 * n_ways * max(anchors.n_frames, 1)
        passes: list[Chain] = []
        # All passes in one direction after each other: decoding goes forward once, then backward once.
        for direction in (+1, -1):
            for follow in self._followers(appearance, origin, direction):
                before = len(passes) * anchors.n_frames
                passes.append(
                    chain(
                        anchors,
                        follow,
                        direction,
                        points,
                        lambda done, before=before: each_part((before + done) / total),
                    )
                )
        return [_Chains(*both) for both in zip(passes[:n_ways], passes[n_ways:], strict=True)]

    def _followers(self, appearance: Appearance, origin: int, direction: int) -> list[Follower]:
        gray = self._footage.source.gray
        followers: list[Follower] = [LucasKanade(gray, patch) for patch in self._patches]
        if self._is_guided:
            followers.append(GuidedFlow(gray, self._footage, appearance, origin, direction))
        return followers

    def _smoothed(
        self,
        smoother: Smoother,
        appearance: Appearance,
        patches: tuple[int, ...],
        beliefs: _Beliefs,
        points: NDArray[np.int64],
        each_part: Callable[[float], None],
    ) -> Merged:
        """Paths of one set of patches; those of other points than ``points`` stay as ``beliefs`` has them."""
        anchors = smoother.anchors
        flows = [self._chains[self._patches.index(patch)] for patch in patches]
        chains = [*flows, *self._chains[len(self._patches) :]]
        sources = [merge_directions(anchors, one.forward, one.backward) for one in chains]
        center = combine(anchors, sources, self._diagonal)
        if len(points):
            guesses = [self._merged_guess(anchors, center), *_one_sided_guesses(anchors, flows)]
            found = smoother.smooth(center.tracks, guesses, points, each_part)
            beliefs.take(anchors, points, found, np.zeros(found[1].shape, np.bool_))
            self._find_again(smoother, appearance, center, guesses, beliefs, points, each_part)
        disagreement = np.where(
            anchors.is_between, np.fmax(center.disagreement, beliefs.strayed), center.disagreement
        )
        return replace(
            center, tracks=beliefs.paths.copy(), spread=beliefs.spread.copy(), disagreement=disagreement
        )

    def _look_anywhere(
        self,
        anchors: Anchors,
        appearance: Appearance,
        points: NDArray[np.int64],
        each_part: Callable[[float], None],
    ) -> None:
        """Look for points in the whole frame where labels are far; features have to tell places apart."""
        self._anywhere[:, points] = np.nan
        wanted = is_far(anchors) & anchors.is_seen.any(axis=0)
        far = points[wanted[:, points].any(axis=0)]
        if self._is_guided and len(far):
            self._anywhere[:, far] = paths_anywhere(
                self._footage, anchors, appearance, far, wanted[:, far], lambda _: each_part(1.0)
            )

    def _find_again(
        self,
        smoother: Smoother,
        appearance: Appearance,
        center: Merged,
        guesses: Sequence[Expectation],
        beliefs: _Beliefs,
        points: NDArray[np.int64],
        each_part: Callable[[float], None],
    ) -> None:
        """Where flow has lost points, look around the places that were found without it instead."""
        points = points[np.isfinite(self._anywhere[:, points, 0]).any(axis=0)]
        if not len(points):
            return
        others = self._anywhere[:, points]
        lost = is_lost(self._footage, appearance, points, beliefs.paths[:, points], others)
        chosen = lost.any(axis=0)
        points, lost = points[chosen], lost[:, chosen]
        if not len(points):
            return
        places = np.full(center.tracks.shape, np.nan)
        places[:, points] = np.where(lost[..., None], others[:, chosen], np.nan)
        around = np.where(np.isfinite(places), places, center.tracks)
        told = Expectation(places, np.full(places.shape[:2], _ANYWHERE_SPREAD), 1.0)
        found = smoother.smooth(around, [*guesses, told], points, lambda _: each_part(1.0))
        beliefs.take(smoother.anchors, points, found, lost)

    def _merged_guess(self, anchors: Anchors, center: Merged) -> Expectation:
        per_pixel = float(self._footage.to_feature_pixels(np.ones(2)).mean())
        between = _MERGED_SPREAD + _PER_DISAGREEMENT * per_pixel * center.disagreement
        alone = _ALONE_GROWTH * np.sqrt(np.minimum(anchors.distance(), _MAX_ALONE)) + _MERGED_SPREAD
        spread = np.where(np.isfinite(center.disagreement), between, alone)
        return Expectation(center.tracks, spread, 1.0)


def _one_sided_guesses(anchors: Anchors, flows: Sequence[_Chains]) -> list[Expectation]:
    """Each direction of flow as a guess of its own."""
    frame = np.arange(anchors.n_frames)[:, None]
    guesses: list[Expectation] = []
    for chains in flows:
        sides = ((chains.forward, frame - anchors.before), (chains.backward, anchors.after - frame))
        for one, time in sides:
            spread = _FLOW_SPREAD + _FLOW_GROWTH * np.sqrt(np.maximum(time, 0))
            guesses.append(Expectation(one.tracks, spread, _FLOW_WEIGHT))
    return guesses


def _splice(old: _Chains, new: _Chains, point: int, start: int, stop: int) -> None:
    """Put one point's stretch into the chains; landings at the stretch's own ends come from outside it."""
    for chain_old, chain_new, inner in (
        (old.forward, new.forward, slice(start + 1, stop)),
        (old.backward, new.backward, slice(start, stop - 1)),
    ):
        chain_old.tracks[start:stop, point] = chain_new.tracks[:, 0]
        chain_old.arrived[inner, point] = chain_new.arrived[inner.start - start : inner.stop - start, 0]
