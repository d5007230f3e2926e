"""Paths through a set of labels without the network: flow from both sides, guided flow, and the smoother.

Looks again only at what a change of labels can change, so that a correction costs little.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from talpose_app.engine.anywhere import paths_anywhere
from talpose_app.engine.appearance import Appearance
from talpose_app.engine.flow import LucasKanade
from talpose_app.engine.following import Chains, Followers, Following, stretches_to_follow
from talpose_app.engine.footage import Footage
from talpose_app.engine.guided import GuidedFlow
from talpose_app.engine.lost import is_lost
from talpose_app.engine.patches import Patches
from talpose_app.engine.smoother import Expectation, Smoother
from talpose_app.engine.templates import Templates
from talpose_app.engine.workers import EachPart
from talpose_app.tracking.anchors import Anchors
from talpose_app.tracking.merge import Merged, combine, merge_directions
from talpose_app.tracking.orientation import orientation

#: Patch sides for TRACK, pixels.
QUICK_PATCHES = (15, 31)

#: Patch sides for REFINE.
THOROUGH_PATCHES = (9, 15, 21, 31, 41)

#: What REFINE makes paths of: of all its patches, and of TRACK's, which now and then do better.
THOROUGH_AND_QUICK = (THOROUGH_PATCHES, QUICK_PATCHES)

#: Shares of the work that are done when flow and guided flow have followed; the rest is smoothing.
_FLOW_DONE, _FOLLOWING_DONE = 0.3, 0.8

#: Share of guided flow that goes to looking at turned labels before it, and again after it.
_TURNED = 0.15

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
        flows: Follows them; shared by those that look at the same labels.
    """

    def __init__(
        self,
        footage: Footage,
        patch_sets: Sequence[tuple[int, ...]] = (QUICK_PATCHES,),
        flows: Following | None = None,
    ) -> None:
        self._footage = footage
        self._sides, self._patch_sets = patch_sets[0], patch_sets
        self._diagonal = float(np.hypot(*footage.source.size))
        self._flows = flows or Following(footage.workers)
        self._guided = Following(footage.workers)
        self._anchors: Anchors | None = None
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
        stretches = stretches_to_follow(self._anchors, anchors)
        self._anchors = None  # Until all is found: this may be stopped.
        flows = self._flows.chains(anchors, self._ways_of_flow(), _within(each_part, 0.0, _FLOW_DONE))
        following = _within(each_part, _FLOW_DONE, _FOLLOWING_DONE)
        appearance, guided = self._guided_by_looks(anchors, templates, flows, following)
        if self._is_guided != bool(guided):
            stretches = None
        self._is_guided = bool(guided)
        smoother = Smoother(self._footage, anchors, appearance)
        shape = (anchors.n_frames, anchors.n_points)
        if not self._beliefs or self._beliefs[0].spread.shape != shape:
            self._beliefs = [_Beliefs.none(shape) for _ in self._patch_sets]
            self._anywhere = np.full((*shape, 2), np.nan)
        pieces = _pieces(anchors, stretches)
        for piece in pieces:
            self._look_anywhere(anchors, appearance, piece, lambda _: each_part(_FOLLOWING_DONE))
        found: list[Merged] = []
        each = (1.0 - _FOLLOWING_DONE) / len(self._patch_sets)
        for done, (sides, beliefs) in enumerate(zip(self._patch_sets, self._beliefs, strict=True)):
            smoothing = _within(each_part, _FOLLOWING_DONE + done * each, _FOLLOWING_DONE + (done + 1) * each)
            chosen = [flows[self._sides.index(side)] for side in sides]
            found.append(self._smoothed(smoother, appearance, chosen, guided, beliefs, pieces, smoothing))
        self._anchors = anchors
        return found

    def _ways_of_flow(self) -> dict[str, Followers]:
        kanades = {side: LucasKanade(self._footage.source.gray, side) for side in self._sides}
        return {f"patch {side}": Followers(follow, follow) for side, follow in kanades.items()}

    def _guided_way(self, appearance: Appearance, start: int) -> Followers:
        gray, footage = self._footage.source.gray, self._footage
        return Followers(*(GuidedFlow(gray, footage, appearance, start, direction) for direction in (1, -1)))

    def _guided_by_looks(
        self, anchors: Anchors, templates: Templates, flows: Sequence[Chains], each_part: EachPart
    ) -> tuple[Appearance, list[Chains]]:
        """What points look like, and chains guided by it; none where looks tell too little."""
        appearance = self._appearance(anchors, templates, flows, _within(each_part, 0.0, _TURNED))
        if appearance.sharpness < _GUIDING_SHARPNESS:
            return appearance, []
        ways = {"guided": self._guided_way(appearance, anchors.start)}
        guided = self._guided.chains(anchors, ways, _within(each_part, _TURNED, 1.0 - _TURNED))
        # Guided flow knows better than flow alone how far surroundings have turned.
        better = self._appearance(
            anchors, templates, [*flows, *guided], _within(each_part, 1.0 - _TURNED, 1.0)
        )
        return better, guided

    def _appearance(
        self, anchors: Anchors, templates: Templates, chains: Sequence[Chains], each_part: EachPart
    ) -> Appearance:
        """What points look like, turned by what chains say of how far their surroundings are."""
        center = combine(anchors, _both_ways(anchors, chains), self._diagonal)
        turned = orientation(anchors, center.tracks)
        patches = Patches(self._footage, anchors, templates, turned, each_part)
        return Appearance(self._footage, anchors, templates, patches)

    def _smoothed(
        self,
        smoother: Smoother,
        appearance: Appearance,
        flows: Sequence[Chains],
        guided: Sequence[Chains],
        beliefs: _Beliefs,
        pieces: Sequence[_Piece],
        each_part: EachPart,
    ) -> Merged:
        """Paths of one set of patches; outside the pieces they stay as ``beliefs`` has them."""
        anchors = smoother.anchors
        center = combine(anchors, _both_ways(anchors, [*flows, *guided]), self._diagonal)
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


def _within(each_part: EachPart, first: float, last: float) -> EachPart:
    """Tells shares of a part of the work that goes from one share of all to another."""
    return lambda share: each_part(first + (last - first) * share)


def _pieces(anchors: Anchors, stretches: Sequence[tuple[int, int, int]] | None) -> list[_Piece]:
    if stretches is None:
        return [_Piece(np.arange(anchors.n_points), slice(0, anchors.n_frames))]
    return [_Piece(np.array([point]), slice(start, stop)) for point, start, stop in stretches]


def _both_ways(anchors: Anchors, chains: Sequence[Chains]) -> list[Merged]:
    return [merge_directions(anchors, one.forward, one.backward) for one in chains]


def _one_sided_guesses(anchors: Anchors, flows: Sequence[Chains]) -> list[Expectation]:
    """Each direction of flow as a guess of its own."""
    frame = np.arange(anchors.n_frames)[:, None]
    guesses: list[Expectation] = []
    for chains in flows:
        sides = ((chains.forward, frame - anchors.before), (chains.backward, anchors.after - frame))
        for one, time in sides:
            spread = _FLOW_SPREAD + _FLOW_GROWTH * np.sqrt(np.maximum(time, 0))
            guesses.append(Expectation(one.tracks, spread, _FLOW_WEIGHT))
    return guesses
