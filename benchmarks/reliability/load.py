"""A long day of labeling in a few minutes: edits, runs, closing and opening, on one project."""

from __future__ import annotations

import random
import time
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import psutil

from talpose_app.engine_client.client import EngineClient
from talpose_app.errors import EditError
from talpose_app.model.edits import ChangeSkeleton
from talpose_app.model.run import RunKind
from talpose_app.session.run_options import RunOptions
from talpose_app.session.session import Session
from tests.fixtures.engines import FAKE_WORKER
from tests.fixtures.killable import fingerprint, random_edit
from tests.fixtures.videos import Recipe, encode

#: Edits between two closings, and runs among them; 50 rounds make 100,000 edits and 200 runs.
N_EDITS, N_RUNS = 2000, 4
_PATIENCE_S = 60.0


@dataclass
class LoadFigures:
    """What the day did to the program.

    Attributes:
        seed: Of the edits.
        n_edits: Edits, undos and redos acknowledged.
        n_runs: Runs that ended well.
        n_reopened: Times the project was closed and opened.
        p95_ms: 95th percentile of an edit's time, durable on the disk, of each round.
        memory_mb: Of the app's process after each round.
        journal_mb: Size of the journal after each round.
        snapshot_mb: Size of the snapshot after each round.
        losses: What was not as before after opening, a sentence each.
    """

    seed: int
    n_edits: int = 0
    n_runs: int = 0
    n_reopened: int = 0
    p95_ms: list[float] = field(default_factory=list[float])
    memory_mb: list[float] = field(default_factory=list[float])
    journal_mb: list[float] = field(default_factory=list[float])
    snapshot_mb: list[float] = field(default_factory=list[float])
    losses: list[str] = field(default_factory=list[str])


def load(folder: Path, seed: int, rounds: int, n_edits: int = N_EDITS) -> LoadFigures:
    """Label, run, close, open, over and over.

    Args:
        folder: Where project and video are made.
        seed: Of the edits.
        rounds: Times the project is closed and opened again.
        n_edits: Edits in each round.
    """
    figures, rng = LoadFigures(seed), random.Random(seed)  # noqa: S311  no secret
    video = encode(folder / "fox.mp4", Recipe(n_frames=40)).path
    path = folder / "fox.talpose.json"
    engine = EngineClient(FAKE_WORKER)
    session = Session.create(path, video, engine)
    skeleton = session.project.skeleton.with_keypoint("a").with_keypoint("b")
    session.apply("Add", ChangeSkeleton(skeleton))
    try:
        for _ in range(rounds):
            _label(session, rng, n_edits, figures)
            before = session.revision, fingerprint(session.project)
            session.close()
            session = Session.open(path, engine)
            figures.n_reopened += 1
            if (session.revision, fingerprint(session.project)) != before or not session.recovery.is_clean:
                figures.losses.append(f"revision {before[0]} was not the same when it was opened again")
            _weigh(path, figures)
    finally:
        session.close()
        engine.close()
    return figures


def _label(session: Session, rng: random.Random, n_edits: int, figures: LoadFigures) -> None:
    """One stretch of labeling, with its runs spread over it."""
    seconds: list[float] = []
    runs_at = set(range(n_edits // (N_RUNS + 1), n_edits, n_edits // (N_RUNS + 1)))
    for idx in range(n_edits):
        began = time.perf_counter()
        _edit(session, rng)
        seconds.append(time.perf_counter() - began)
        if idx in runs_at:
            _run(session, figures)
    figures.n_edits += n_edits
    figures.p95_ms.append(round(float(np.percentile(seconds, 95)) * 1000, 3))


def _edit(session: Session, rng: random.Random) -> None:
    dice = rng.random()
    try:
        if dice < 0.1:
            session.undo()
        elif dice < 0.15:
            session.redo()
        else:
            session.apply("Edit", random_edit(session.project, rng))
    except EditError:
        session.apply("Edit", random_edit(session.project, rng))


def _run(session: Session, figures: LoadFigures) -> None:
    if not session.project.labels:
        return
    session.start_run(RunOptions(RunKind.REFINE, tracker="fake", n_steps=3))
    status = session.wait_for_run(_PATIENCE_S)
    if status is None or status.state != "done":
        figures.losses.append(f"a run ended as {status}")
    figures.n_runs += 1


def _weigh(path: Path, figures: LoadFigures) -> None:
    figures.memory_mb.append(round(psutil.Process().memory_info().rss / 2**20, 1))
    figures.journal_mb.append(round(path.with_name("fox.talpose.journal").stat().st_size / 2**20, 2))
    figures.snapshot_mb.append(round(path.stat().st_size / 2**20, 3))
