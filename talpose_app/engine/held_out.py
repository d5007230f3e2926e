"""Keyframes that are hidden in turn: what is learned from them, and what they say of the state.

The loss of a keyframe is what the network misses its labels by when they are neither held nor
shown to it. (A label that is held would have none, and one the templates are cut from is no test.)
A third of the keyframes is never learned from; they tell whether what was learned holds elsewhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from talpose_app.engine.anchored import ITERATIONS
from talpose_app.engine.cotracker3.pyramid import Support
from talpose_app.engine.embedding import Embedding
from talpose_app.engine.scene import HiddenKeyframe, Scene
from talpose_app.engine.steering import Steering
from talpose_app.engine.workers import EachPart
from talpose_app.tracking.calibration import best_trust
from talpose_app.tracking.fuse import CAREFUL_TRUST

#: Weight of an iteration's loss relative to the next one's (the published value).
_GAMMA = 0.8

#: Model pixels beyond which the loss grows linearly (the published value).
_HUBER_DELTA = 6.0

#: One keyframe in so many is kept for judging.
_JUDGE_EVERY = 3

#: Keyframes that take part, spread evenly; more would only make the first search long.
_MAX_KEYFRAMES = 60


@dataclass(slots=True)
class _Keyframe:
    """A keyframe's part in the refinement.

    Attributes:
        is_judge: Whether it is never learned from.
        first_loss: Before anything was learned.
        loss: Of the latest search for its labels.
        errors: What path and network miss them by before anything is learned; see ``best_trust``. Once the
            network has learned from a label, that it finds it says nothing of other frames.
    """

    is_judge: bool
    first_loss: float
    loss: float
    errors: NDArray[np.float64]


class HeldOutKeyframes:
    """The keyframes of a scene, each hidden in its turn.

    Attributes:
        trust: In the network, in this video.

    Args:
        embedding: What is learned.
        optimizer: Of the embedding.
        stride: Model pixels per feature pixel.
        size: (width, height) of a frame, pixels.
    """

    def __init__(
        self, embedding: Embedding, optimizer: torch.optim.Optimizer, stride: int, size: tuple[int, int]
    ) -> None:
        self.trust = CAREFUL_TRUST
        self._embedding = embedding
        self._optimizer = optimizer
        self._stride = stride
        self._size = size
        self._keyframes: dict[int, _Keyframe] = {}
        self._turn = -1

    @property
    def loss(self) -> float:
        """Mean over keyframes of the latest loss of those learned from; 0 without any."""
        return _mean([k.loss for k in self._keyframes.values() if not k.is_judge])

    @property
    def judgement(self) -> float:
        """Loss of the keyframes that are not learned from, relative to the first; the loss without any."""
        judges = [k for k in self._keyframes.values() if k.is_judge]
        if not judges:
            return self.loss
        return _mean([k.loss for k in judges]) / max(_mean([k.first_loss for k in judges]), 1e-9)

    @property
    def judges(self) -> list[int]:
        """Keyframes that are never learned from."""
        return [key for key, keyframe in self._keyframes.items() if keyframe.is_judge]

    def take(self, scene: Scene, changed: NDArray[np.bool_], steering: Steering) -> None:
        """Search for the labels of keyframes that are new or whose surroundings changed.

        Args:
            scene: The labels.
            changed: Frames on which labels or paths changed, shape (n_frames,).
            steering: Of the run.
        """
        known = self._keyframes
        keys = _spread(scene.keyframes, _MAX_KEYFRAMES)
        stale = [key for key in keys if key not in known or changed[slice(*scene.window_around(key))].any()]
        searches = [partial(self._search_anew, scene, key) for key in stale]
        found = scene.workers.do(searches, lambda share: steering.look("held-out labels", share))
        fresh = dict(zip(stale, found, strict=True))
        self._keyframes = {}
        for order, key in enumerate(keys):
            old = known.get(key)
            if key not in fresh:
                self._keyframes[key] = known[key]
                continue
            is_turn = len(keys) >= _JUDGE_EVERY and order % _JUDGE_EVERY == _JUDGE_EVERY - 1
            # Once learned from, a keyframe is no judge any more; what comes in later is learned from.
            is_judge = old.is_judge if old is not None else is_turn and not known
            loss, errors = fresh[key]
            self._keyframes[key] = _Keyframe(is_judge, loss, loss, errors)
        if keys:
            self.trust = best_trust([keyframe.errors for keyframe in self._keyframes.values()], self._size)

    def next_turn(self) -> None:
        """Go on to the keyframes of the next step."""
        self._turn += 1

    def learn(self, scene: Scene, each_part: EachPart) -> None:
        """Learn from the turn's keyframe; its loss is that of before."""
        learned = [key for key, keyframe in self._keyframes.items() if not keyframe.is_judge]
        if learned:
            self._learn(scene, learned[self._turn % len(learned)], each_part)

    def judge(self, scene: Scene, embedding: Embedding, each_part: EachPart) -> None:
        """Every second turn, look how well a keyframe that is not learned from is found.

        Args:
            scene: The labels.
            embedding: What is judged.
            each_part: Called with the share done; may raise to stop.
        """
        if self.judges and self._turn % 2 == 0:
            key = self.judges[self._turn // 2 % len(self.judges)]
            hidden = scene.hide(key)
            found = _found(scene, hidden, embedding.applied(hidden.support), each_part)
            self._keyframes[key].loss = self._loss(found, hidden).item()

    def _search_anew(self, scene: Scene, key: int, each_part: EachPart) -> tuple[float, NDArray[np.float64]]:
        """A keyframe's present loss, and what path and network as it came miss its labels by, (n, 5)."""
        hidden = scene.hide(key)
        found = _found(scene, hidden, hidden.support, each_part)
        miss = torch.cat((hidden.path_miss, found - hidden.goal), dim=1).cpu().double().numpy()
        pixels = (scene.to_image_pixels(miss[:, :2]), scene.to_image_pixels(miss[:, 2:]))
        if not self._embedding.is_nothing:
            found = _found(scene, hidden, self._embedding.applied(hidden.support), each_part)
        return self._loss(found, hidden).item(), np.column_stack((*pixels, hidden.path_spread))

    def _learn(self, scene: Scene, key: int, each_part: EachPart) -> None:
        """Take one step of Adam on a keyframe's labels; gradients are taken iteration by iteration."""
        hidden = scene.hide(key)
        corrected = self._embedding.applied(hidden.support)
        leaves = [level.detach().requires_grad_() for level in corrected.levels]
        for iteration, found in enumerate(scene.search(hidden, Support(tuple(leaves)))):
            each_part(iteration / ITERATIONS)
            loss = self._loss(found, hidden)
            (_GAMMA ** (ITERATIONS - 1 - iteration) * loss).backward()
            self._keyframes[key].loss = loss.item()
        self._optimizer.zero_grad()
        torch.autograd.backward(corrected.levels, [leaf.grad for leaf in leaves])
        self._optimizer.step()

    def _loss(self, found: Tensor, hidden: HiddenKeyframe) -> Tensor:
        stride = self._stride
        return torch.nn.functional.huber_loss(found * stride, hidden.goal * stride, delta=_HUBER_DELTA)


@torch.no_grad()
def _found(scene: Scene, hidden: HiddenKeyframe, support: Support, each_part: EachPart) -> Tensor:
    """Where the network finds hidden labels, (n, 2), feature pixels."""
    found = hidden.goal
    for done, at in enumerate(scene.search(hidden, support)):
        each_part(done / ITERATIONS)
        found = at
    return found


def _spread(keys: list[int], count: int) -> list[int]:
    """Choose so many of the keys at most, evenly."""
    if len(keys) <= count:
        return keys
    return [keys[i] for i in np.linspace(0, len(keys) - 1, count).round().astype(int).tolist()]


def _mean(values: list[float]) -> float:
    return float(np.mean(values)) if values else 0.0
