"""Train `talpose-small`: `python -m training.train --run training/runs/main --hours 2 --xfeat xfeat.pt`.

The same command resumes. The encoder is XFeat's and stays as it is; the tracker is trained on top of it.
One process per core, gradients averaged through gloo.
"""

import argparse
import io
import json
import os
import time
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import torch
import torch.distributed as dist
import torch.multiprocessing as mp
from safetensors.torch import load_file  # pyright: ignore[reportUnknownVariableType]

from talpose_app.engine.cotracker3.checkpoint import save_network
from talpose_app.engine.cotracker3.config import SMALL
from talpose_app.engine.cotracker3.network import CoTracker3, TrackState
from talpose_app.engine.cotracker3.predictor import resize_frames
from talpose_app.engine.cotracker3.pyramid import FeaturePyramid
from training.episodes import Episode, make_episode
from training.growth import grow
from training.losses import delta_avg, tracking_loss
from training.pool import Encoded, Pool, some_points
from training.procedural.clips import make_clip
from training.procedural.photos import read_photos
from training.weights import Average, write_atomically
from training.xfeat_weights import read_xfeat

#: Clip lengths and frame sizes (width, height) drawn from, with the points of a step on them.
SHAPES = (
    (12, (256, 192), 48),
    (16, (256, 192), 48),
    (16, (336, 256), 48),
    (24, (256, 192), 40),
    (24, (256, 192), 40),
    (32, (256, 192), 32),
)

#: Steps between two lines of the log, seconds between two files.
LOG_EVERY, SAVE_SECONDS = 20, 180

#: Points that a clip offers to the steps that use it.
POOL_POINTS = 160

#: Share of the steps that make a new clip; the others use a kept one.
FRESH_SHARE = 0.4


@dataclass(frozen=True, slots=True)
class Plan:
    """The settings of a run.

    Attributes:
        run: Folder of the run.
        hours: Wall time over which the learning rate falls; the run ends there.
        xfeat: The published weights of XFeat; needed where a run begins.
        begin_with: Weights whose tracker the run begins with in place of random ones.
        photos: Folder of photographs (.jpg) that textures may be cut from.
        learning_rate: Its peak.
        ranks: Processes.
        seed: Of everything.
    """

    run: Path
    hours: float
    xfeat: Path | None
    begin_with: Path | None
    photos: Path | None
    learning_rate: float
    ranks: int
    seed: int


class Trainer:
    """One rank of a run.

    Args:
        plan: The settings.
        rank: Which process this is; rank 0 writes the files.
    """

    def __init__(self, plan: Plan, rank: int) -> None:
        self._plan, self._rank = plan, rank
        torch.manual_seed(plan.seed)
        self._network = CoTracker3(SMALL)
        self._average, self._exported = Average(self._network), CoTracker3(SMALL)
        self._network.fnet.requires_grad_(requires_grad=False)
        self._learning = [parameter for parameter in self._network.parameters() if parameter.requires_grad]
        self._optimizer = torch.optim.AdamW(self._learning, lr=0.0, weight_decay=1e-4, betas=(0.9, 0.98))
        self._step, self._elapsed = 0, 0.0
        self._pool = Pool()
        self._photos = () if plan.photos is None else read_photos(plan.photos)
        self._recent: dict[str, list[float]] = defaultdict(list)
        self._resume()

    @property
    def step(self) -> int:
        """Steps taken so far, over all resumed runs."""
        return self._step

    def run(self) -> None:
        """Train until the hours are over, saving every few minutes."""
        saved = time.monotonic()
        while self._elapsed < self._plan.hours * 3600:
            self._take_step()
            if self._step % LOG_EVERY == 0:
                self._log()
            if time.monotonic() - saved > SAVE_SECONDS:
                self._save()
                saved = time.monotonic()
        self._save()

    def advance(self, n_steps: int) -> None:
        """Take a number of steps, log and save."""
        for _ in range(n_steps):
            self._take_step()
        self._log()
        self._save()

    def _take_step(self) -> None:
        begun = time.monotonic()
        numbers = self._tracking_step()
        self._step += 1
        numbers["elapsed"] = self._elapsed + time.monotonic() - begun
        self._apply(numbers)

    def _clip_seed(self) -> int:
        return int(np.random.SeedSequence((self._plan.seed, self._step, self._rank)).generate_state(1)[0])

    def _tracking_step(self) -> dict[str, float]:
        shared = np.random.default_rng((self._plan.seed, self._step))
        rng = np.random.default_rng(self._clip_seed())
        encoded = self._encoded(shared)
        clip = some_points(rng, encoded.clip, encoded.n_points)
        episode = make_episode(rng, clip, SMALL.stride)
        states = self._iterate(encoded.pyramid, episode, int(shared.integers(3, 5)))
        loss, numbers = tracking_loss(states, episode.truth, SMALL.stride)
        numbers["loss"] = float(loss.detach())
        numbers["start"] = delta_avg(episode.start, episode.truth, SMALL.stride)
        self._recent[f"gain_{episode.situation}"].append(numbers["delta"] - numbers["start"])
        loss.backward()
        return numbers

    def _encoded(self, shared: np.random.Generator) -> Encoded:
        """Make a new clip, or take one of the pool."""
        if len(self._pool) and shared.random() > FRESH_SHARE:
            return self._pool.draw(shared)
        n_frames, size, n_points = SHAPES[int(shared.integers(len(SHAPES)))]
        clip = make_clip(self._clip_seed(), n_frames, POOL_POINTS, size, self._photos)
        with torch.no_grad(), torch.autocast("cpu", torch.bfloat16):
            frames = torch.from_numpy(clip.frames).permute(0, 3, 1, 2)
            frames = resize_frames(frames, SMALL.frame_size((size[1], size[0])))
            pyramid = self._network.encode(frames, chunk=4)
        encoded = Encoded(clip, pyramid.to(dtype=torch.bfloat16), n_points)
        self._pool.add(encoded)
        return encoded

    def _iterate(self, pyramid: FeaturePyramid, episode: Episode, iterations: int) -> list[TrackState]:
        states: list[TrackState] = []
        state = episode.hold(episode.start, SMALL.stride)
        with torch.autocast("cpu", torch.bfloat16):
            support = episode.support(self._network, pyramid)
            for _ in range(iterations):
                free = self._network.update(pyramid, support, state)
                states.append(free)
                state = episode.hold(free, SMALL.stride)
        return states

    def _apply(self, numbers: dict[str, float]) -> None:
        """Average gradients and numbers over the ranks, then take a step; all ranks take the same one."""
        learning = self._learning
        grads = [torch.zeros_like(p) if p.grad is None else p.grad for p in learning]
        flat = torch.cat([g.flatten() for g in grads] + [torch.tensor(list(numbers.values()))])
        if self._plan.ranks > 1:
            dist.all_reduce(flat)
            flat /= self._plan.ranks
        averaged = [float(value) for value in flat[-len(numbers) :]]
        mean = dict(zip(numbers, averaged, strict=True))
        self._elapsed = mean.pop("elapsed")
        self._optimizer.zero_grad(set_to_none=True)
        parts = torch.split(flat[: -len(numbers)], [p.numel() for p in learning])  # pyright: ignore[reportUnknownMemberType]
        for parameter, part in zip(learning, parts, strict=True):
            parameter.grad = part.view_as(parameter)
        norm = float(torch.nn.utils.clip_grad_norm_(learning, 1.0))
        self._set_rate()
        if np.isfinite(norm):
            self._optimizer.step()
            self._average.update(self._network)
        self._optimizer.zero_grad(set_to_none=True)
        for name, value in {**mean, "grad": norm}.items():
            self._recent[name].append(value)

    def _set_rate(self) -> None:
        """Warm up, stay, then fall along a cosine over the last half."""
        plan = self._plan
        progress = min(self._elapsed / (plan.hours * 3600), 1.0)
        fall = 0.5 * (1 + np.cos(np.pi * max(0.0, 2 * progress - 1)))
        rate = plan.learning_rate * (0.03 + 0.97 * float(fall))
        self._optimizer.param_groups[0]["lr"] = rate * min(1.0, (self._step + 1) / 100)

    def _log(self) -> None:
        if self._rank != 0:
            self._recent.clear()
            return
        line: dict[str, Any] = {"step": self._step, "hours": round(self._elapsed / 3600, 4)}
        line |= {name: round(float(np.mean(values)), 4) for name, values in self._recent.items() if values}
        self._recent.clear()
        with (self._plan.run / "log.jsonl").open("a") as log:
            log.write(json.dumps(line) + "\n")
        print(line, flush=True)

    def _save(self) -> None:
        if self._rank != 0:
            return
        state: dict[str, Any] = {
            "network": self._network.state_dict(),
            "optimizer": self._optimizer.state_dict(),
            "average": self._average.state(),
            "step": self._step,
            "elapsed": self._elapsed,
        }
        buffer = io.BytesIO()
        torch.save(state, buffer)
        write_atomically(self._plan.run / "state.pt", buffer.getvalue())
        self._exported.load_state_dict(self._average.weights)
        notes = {"step": str(self._step), "hours": f"{self._elapsed / 3600:.3f}", "license": "Apache-2.0"}
        save_network(self._exported, self._plan.run / "talpose-small.safetensors", notes)

    def _resume(self) -> None:
        path = self._plan.run / "state.pt"
        if not path.exists():
            self._begin()
            return
        state = torch.load(path, weights_only=True)
        self._network.load_state_dict(state["network"])
        self._optimizer.load_state_dict(state["optimizer"])
        self._average.load(state["average"])
        self._step, self._elapsed = int(state["step"]), float(state["elapsed"])

    def _begin(self) -> None:
        """Take the encoder from XFeat, and the tracker from earlier weights if there are any."""
        if self._plan.xfeat is not None:
            self._network.fnet.load_state_dict(read_xfeat(self._plan.xfeat).state_dict())
        if self._plan.begin_with is not None:
            grow(self._network, load_file(self._plan.begin_with))
        self._average = Average(self._network)


def work(rank: int, plan: Plan) -> None:
    """Run one rank on one thread."""
    torch.set_num_threads(1)
    cv2.setNumThreads(1)
    if plan.ranks > 1:
        os.environ |= {"MASTER_ADDR": "127.0.0.1"}
        os.environ.setdefault("MASTER_PORT", "29571")
        dist.init_process_group("gloo", rank=rank, world_size=plan.ranks)
    Trainer(plan, rank).run()
    if plan.ranks > 1:
        dist.destroy_process_group()


def main() -> None:
    """Read the command line and start the ranks."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--run", type=Path, default=Path("training/runs/main"))
    parser.add_argument("--hours", type=float, default=2.0)
    parser.add_argument("--xfeat", type=Path, help="XFeat's published weights; where a run begins")
    parser.add_argument("--begin-with", type=Path, help="weights (safetensors) whose tracker to begin with")
    parser.add_argument("--photos", type=Path, help="folder of photographs to cut textures from")
    parser.add_argument("--learning-rate", type=float, default=5e-4)
    parser.add_argument("--ranks", type=int, default=2)
    parser.add_argument("--seed", type=int, default=1)
    plan = Plan(**vars(parser.parse_args()))
    plan.run.mkdir(parents=True, exist_ok=True)
    if plan.ranks == 1:
        work(0, plan)
    else:
        mp.spawn(work, (plan,), plan.ranks)  # pyright: ignore[reportPrivateImportUsage, reportUnknownMemberType]


if __name__ == "__main__":
    main()
