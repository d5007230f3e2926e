"""The step to be timed, in the ways it can be done, on a scene of random numbers."""

from __future__ import annotations

import resource
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

from benchmarks.optimization.plain import plain_step, use_torch_layers
from talpose_app.engine.cotracker3.config import OFFLINE, CoTracker3Config
from talpose_app.engine.cotracker3.network import CoTracker3
from talpose_app.engine.cotracker3.published import KeypointLabels, initial_template, optimize_published
from talpose_app.engine.cotracker3.pyramid import FeaturePyramid

#: Frames between a point's labels.
_LABEL_EVERY = 10


@dataclass(frozen=True, slots=True, eq=False)
class Scene:
    """What a step is given. Its cost does not depend on the values.

    Attributes:
        network: Untrained, frozen.
        levels: Features of the T frames, per level (T, h, w, C), as the engine keeps them: float16.
        queries: Shape (N, 3), (t, x, y), model pixels.
        labels: Of every point, every ten frames.
    """

    network: CoTracker3
    levels: list[Tensor]
    queries: Tensor
    labels: KeypointLabels


@dataclass(frozen=True, slots=True)
class Cost:
    """What steps took.

    Attributes:
        wall: Seconds of the quickest step.
        cpu: Processor seconds of the cheapest step.
        peak_gb: Most memory the process ever had, GB.
        loss: Of the first step.
        gradient_norm: Of the first step.
    """

    wall: float
    cpu: float
    peak_gb: float
    loss: float
    gradient_norm: float


def make_scene(n_frames: int, n_points: int, config: CoTracker3Config = OFFLINE, seed: int = 0) -> Scene:
    """Make a scene from a seed."""
    torch.manual_seed(seed)
    network = CoTracker3(config).eval().requires_grad_(requires_grad=False)
    height, width = config.model_resolution
    shape = (n_frames, height // config.stride, width // config.stride, config.latent_dim)
    finest = F.normalize(torch.randn(shape), dim=-1)
    frames = torch.arange(0, n_frames, _LABEL_EVERY)
    positions = torch.rand((n_points, 2)) * torch.tensor((width - 1.0, height - 1.0))
    queries = torch.cat((torch.zeros((n_points, 1)), positions), dim=1)
    labels = KeypointLabels(
        frames.repeat(n_points),
        torch.arange(n_points).repeat_interleave(len(frames)),
        positions.repeat_interleave(len(frames), dim=0) + 5 * torch.randn((n_points * len(frames), 2)),
    )
    levels = FeaturePyramid.from_finest(finest, config.n_levels).to(dtype=torch.float16).levels
    return Scene(network, list(levels), queries, labels)


def plain_steps(scene: Scene, n_steps: int) -> Iterator[tuple[float, Tensor]]:
    """The recipe done plainly, from the same template every time; yields loss and gradient.

    Turns the scene's levels into maps (T, C, h, w) of the same values in float32, and holds nothing twice.
    """
    use_torch_layers(scene.network)
    pyramid = FeaturePyramid(tuple(scene.levels))
    template = initial_template(scene.network, pyramid, scene.labels, len(scene.queries))
    del pyramid
    maps = [scene.levels.pop(0).permute(0, 3, 1, 2).float().contiguous() for _ in range(len(scene.levels))]
    for _ in range(n_steps):
        yield plain_step(scene.network, maps, template, scene.queries, scene.labels)


def engine_steps(scene: Scene, n_steps: int) -> Iterator[tuple[float, Tensor]]:
    """The engine's published run; yields loss and gradient."""
    return _published(scene, n_steps, keep_all=True)


def lean_steps(scene: Scene, n_steps: int) -> Iterator[tuple[float, Tensor]]:
    """The same, every iteration but the last computed anew for its backward pass."""
    return _published(scene, n_steps, keep_all=False)


def _published(scene: Scene, n_steps: int, *, keep_all: bool) -> Iterator[tuple[float, Tensor]]:
    steps = optimize_published(
        scene.network,
        FeaturePyramid(tuple(scene.levels)),
        scene.queries,
        scene.labels,
        n_steps=n_steps,
        learning_rate=1e-3,
        keep_all=keep_all,
    )
    for step in steps:
        yield step.loss, step.gradient


VARIANTS = {"plain": plain_steps, "engine": engine_steps, "engine, recomputing": lean_steps}


def cost_of(variant: str, scene: Scene, n_steps: int) -> Cost:
    """Take steps and say what they cost; meant for a process of its own."""
    wall: list[float] = []
    cpu: list[float] = []
    loss, norm = 0.0, 0.0
    wall_before, cpu_before = time.perf_counter(), time.process_time()
    for step_loss, gradient in VARIANTS[variant](scene, n_steps):
        wall.append(time.perf_counter() - wall_before)
        cpu.append(time.process_time() - cpu_before)
        if len(wall) == 1:
            loss, norm = step_loss, gradient.square().sum().sqrt().item()
        wall_before, cpu_before = time.perf_counter(), time.process_time()
    unit = 1 if sys.platform == "darwin" else 1024  # bytes or kilobytes
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit
    return Cost(min(wall), min(cpu), peak / 1e9, loss, norm)
