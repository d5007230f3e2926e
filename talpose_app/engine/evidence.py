"""Paths through a set of labels without the network: flow from both sides, guided flow, and the smoother.

Follows again only what a change of labels can change, so that a correction costs little.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
from numpy.typing import NDArray

from talpose_app.engine.anywhere import paths_anywhere
from talpose_app.engine.appearance import Appearance
from talpose_app.engine.flow import Follower, LucasKanade, chain, changed_stretches
from talpose_app.engine.footage import Footage
from talpose_app.engine.guided import GuidedFlow
from talpose_app.engine.lost import is_lost
from talpose_app.engine.smoother import Expectation, Smoother
from talpose_app.engine.templates import Templates
from talpose_app.engine.workers import EachPart
from talpose_app.tracking.anchors import Anchors
from talpose_app.tracking.merge import Chain, Merged, combine, merge_directions

#: Patch sides for TRACK, pixels.
QUICK_PATCHES = (15, 31)

#: Patch sides for REFINE.
THOROUGH_PATCHES = (9, 15, 21, 31, 41)

#: What REFINE makes paths of: of all its patches, and of TRACK's, which now and then do better.
THOROUGH_AND_QUICK = (THOROUGH_PATCHES, QUICK_PATCHES)

#: So many points followed through a frame together cost what one alone does, once more.
_POINTS_IN_ONE = 2.0

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


@dataclass(frozen=True, slots=True, eq=False)
class _Piece:
    """What is to be found: some points, shape (n,), over some frames."""

    points: NDArray[np.int64]
    frames: slice

    def only(self, mask: NDArray[np.bool_]) -> _Piece:
        """Its points that are marked on some frame by a mask (T, n)."""
        return _Piece(self.points[mask.any(axis=0)], self.frames)


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
        piece: _Piece,
        found: tuple[NDArray[np.float64], NDArray[np.float64]],
        lost: NDArray[np.bool_],
    ) -> None:
        """Take paths and spread found for a piece, and where flow was lost; labels stay what they are."""
        paths, spread = found
        at = (piece.frames, piece.points)
        strayed = np.linalg.norm(paths - self.paths[at], axis=-1)
        self.strayed[at] = np.where(lost, strayed, 0.0)
        self.paths[at] = np.where(anchors.is_known[at][..., None], anchors.positions[at], paths)
        self.spread[at] = spread


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

    def merged(self, anchors: Anchors, templates: Templates, each_part: EachPart) -> list[Merged]:
        """Find the paths.

        Args:
            anchors: The labels.
            templates: Windows at the labels that show their point.
            each_part: Called with the share done; may raise to stop; then the next time all is found anew.

        Returns:
            One for each set of patches.
        """
        appearance = Appearance(self._footage, anchors, templates)
        is_guided = appearance.sharpness >= _GUIDING_SHARPNESS
        changed = None
        if self._anchors is not None and is_guided == self._is_guided:
            changed = changed_stretches(self._anchors, anchors)
        self._is_guided = is_guided
        self._anchors = None  # Until all is found: this may be stopped.

        def following(share: float) -> None:
            each_part(_FOLLOWING_SHARE * share)

        if changed is None or not _pays(changed, anchors):
            pieces = [_Piece(np.arange(anchors.n_points), slice(0, anchors.n_frames))]
            self._chains = self._follow(anchors, appearance, anchors.start, pieces[0].points, following)
        else:
            pieces = [_Piece(np.array([point]), slice(start, stop)) for point, start, stop in changed]
            self._follow_changed(anchors, appearance, changed, following)
        smoother = Smoother(self._footage, anchors, appearance)
        shape = (anchors.n_frames, anchors.n_points)
        if not self._beliefs or self._beliefs[0].spread.shape != shape:
            self._beliefs = [_Beliefs.none(shape) for _ in self._patch_sets]
            self._anywhere = np.full((*shape, 2), np.nan)
        for piece in pieces:
            self._look_anywhere(anchors, appearance, piece, following)
        found: list[Merged] = []
        for done, (patches, beliefs) in enumerate(zip(self._patch_sets, self._beliefs, strict=True)):

            def smoothing(share: float, n: int = done) -> None:
                each_part(_FOLLOWING_SHARE + (1.0 - _FOLLOWING_SHARE) * (n + share) / len(self._patch_sets))

            found.append(self._smoothed(smoother, appearance, patches, beliefs, pieces, smoothing))
        self._anchors = anchors
        return found

    def _follow_changed(
        self,
        anchors: Anchors,
        appearance: Appearance,
        changed: Sequence[tuple[int, int, int]],
        each_part: EachPart,
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
        each_part: EachPart,
    ) -> list[_Chains]:
        """Follow points in both directions, in every way; ``origin`` is the frame appearance counts from."""
        # All passes in one direction after each other: decoding goes forward once, then backward once.
        passes = [
            partial(_follow_through, anchors, follow, direction, points)
            for direction in (+1, -1)
            for follow in self._followers(appearance, origin, direction)
        ]
        chains = self._footage.workers.do(passes, each_part)
        n_ways = len(chains) // 2
        return [_Chains(*both) for both in zip(chains[:n_ways], chains[n_ways:], strict=True)]

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
        pieces: Sequence[_Piece],
        each_part: EachPart,
    ) -> Merged:
        """Paths of one set of patches; outside the pieces they stay as ``beliefs`` has them."""
        anchors = smoother.anchors
        flows = [self._chains[self._patches.index(patch)] for patch in patches]
        chains = [*flows, *self._chains[len(self._patches) :]]
        sources = [merge_directions(anchors, one.forward, one.backward) for one in chains]
        center = combine(anchors, sources, self._diagonal)
        guesses = [self._merged_guess(anchors, center), *_one_sided_guesses(anchors, flows)]
        for done, piece in enumerate(pieces):

            def smoothing(share: float, n: int = done) -> None:
                each_part((n + share) / len(pieces))

            found = smoother.smooth(center.tracks, guesses, piece.points, piece.frames, smoothing)
            beliefs.take(anchors, piece, found, np.zeros(found[1].shape, np.bool_))
            self._find_again(smoother, appearance, center, guesses, beliefs, piece, smoothing)
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
        piece: _Piece,
        each_part: EachPart,
    ) -> None:
        """Look for points in the whole frame where labels are far; features have to tell places apart."""
        self._anywhere[piece.frames, piece.points] = np.nan
        wanted = np.zeros((anchors.n_frames, len(piece.points)), np.bool_)
        wanted[piece.frames] = (anchors.is_far() & anchors.is_seen.any(axis=0))[piece.frames, piece.points]
        far, wanted = piece.only(wanted), wanted[:, wanted.any(axis=0)]
        if self._is_guided and len(far.points):
            found = paths_anywhere(
                self._footage, anchors, appearance, far.points, wanted, lambda _: each_part(1.0)
            )
            self._anywhere[far.frames, far.points] = found[far.frames]

    def _find_again(
        self,
        smoother: Smoother,
        appearance: Appearance,
        center: Merged,
        guesses: Sequence[Expectation],
        beliefs: _Beliefs,
        piece: _Piece,
        each_part: EachPart,
    ) -> None:
        """Where flow has lost points, look around the places that were found without it instead."""
        others = np.full(center.tracks.shape, np.nan)
        others[piece.frames, piece.points] = self._anywhere[piece.frames, piece.points]
        piece = piece.only(np.isfinite(others[:, piece.points, 0]))
        if not len(piece.points):
            return
        paths = beliefs.paths[:, piece.points]
        lost = is_lost(self._footage, appearance, piece.points, paths, others[:, piece.points])
        piece, lost = piece.only(lost), lost[:, lost.any(axis=0)]
        if not len(piece.points):
            return
        places = np.full(center.tracks.shape, np.nan)
        places[:, piece.points] = np.where(lost[..., None], others[:, piece.points], np.nan)
        around = np.where(np.isfinite(places), places, center.tracks)
        told = Expectation(places, np.full(places.shape[:2], _ANYWHERE_SPREAD), 1.0)
        found = smoother.smooth(
            around, [*guesses, told], piece.points, piece.frames, lambda _: each_part(1.0)
        )
        beliefs.take(smoother.anchors, piece, found, lost[piece.frames])

    def _merged_guess(self, anchors: Anchors, center: Merged) -> Expectation:
        per_pixel = float(self._footage.to_feature_pixels(np.ones(2)).mean())
        between = _MERGED_SPREAD + _PER_DISAGREEMENT * per_pixel * center.disagreement
        alone = _ALONE_GROWTH * np.sqrt(np.minimum(anchors.distance(), _MAX_ALONE)) + _MERGED_SPREAD
        spread = np.where(np.isfinite(center.disagreement), between, alone)
        return Expectation(center.tracks, spread, 1.0)


def _pays(changed: Sequence[tuple[int, int, int]], anchors: Anchors) -> bool:
    """Whether stretches one by one cost less than all points over all frames together."""
    alone = sum(stop - start for _, start, stop in changed)
    return alone < anchors.n_frames * (1.0 + anchors.n_points / _POINTS_IN_ONE)


def _follow_through(
    anchors: Anchors, follow: Follower, direction: int, points: NDArray[np.int64], each_part: EachPart
) -> Chain:
    """``chain``, told as a share of its frames."""
    return chain(anchors, follow, direction, points, lambda done: each_part(done / anchors.n_frames))


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
