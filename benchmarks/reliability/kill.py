"""kill -9 of the app, of the engine and of both, at random moments, on one project opened again and again."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import psutil

from talpose_app.store.store import ProjectStore
from tests.fixtures.killable import fingerprint

Victim = Literal["app", "engine", "both"]
VICTIMS: tuple[Victim, ...] = ("app", "engine", "both")

_ROOT = Path(__file__).resolve().parents[2]
#: How long an editor may be silent, or an orphan alive, before the round counts as failed.
_PATIENCE_S = 60.0
#: Changes an app must acknowledge after its engine was killed.
_N_AFTERWARDS = 10


@dataclass
class KillFigures:
    """What the rounds found.

    Attributes:
        seed: Repeats them, as far as the moments of a kill can be repeated.
        rounds: Rounds for each victim.
        n_acknowledged: Changes that were acknowledged.
        n_failed_runs: Runs that a killed engine ended, told in words by the app.
        losses: What was lost or wrong, a sentence each.
    """

    seed: int
    rounds: dict[str, int] = field(default_factory=dict[str, int])
    n_acknowledged: int = 0
    n_failed_runs: int = 0
    losses: list[str] = field(default_factory=list[str])


class _Editor:
    """A running editor, and what it has said."""

    def __init__(self, project: Path, seed: int) -> None:
        environment = os.environ | {"PYTHONPATH": str(_ROOT), "PYTHONUNBUFFERED": "1"}
        command = [sys.executable, "-m", "tests.fixtures.killable", str(project), str(seed)]
        self.process = subprocess.Popen(  # noqa: S603  our own program
            command, stdout=subprocess.PIPE, text=True, cwd=_ROOT, env=environment
        )
        self.lines: list[str] = []
        self._watchdog = threading.Timer(_PATIENCE_S, self.process.kill)
        self._watchdog.start()

    @property
    def changes(self) -> list[tuple[int, str]]:
        """Revision and fingerprint of each acknowledged change."""
        words = [line.split() for line in self.lines if line[0].isdigit()]
        return [(int(revision), digest) for revision, digest in words]

    @property
    def engine(self) -> int | None:
        """Process id of the newest engine."""
        return next((int(line.split()[1]) for line in self.lines[::-1] if line.startswith("engine ")), None)

    def listen(self, n_changes: int) -> bool:
        """Wait for that many more changes; False if it ended or went silent."""
        assert self.process.stdout is not None
        wanted = len(self.changes) + n_changes
        while len(self.changes) < wanted:
            line = self.process.stdout.readline()
            if not line.endswith("\n"):
                return False
            self.lines.append(line)
        return True

    def listen_for_engine(self) -> bool:
        """Wait until a run has started an engine."""
        while self.engine is None:
            if not self.listen(1):
                return False
        return True

    def kill(self) -> None:
        """End it, and take what it had still said."""
        assert self.process.stdout is not None
        self._watchdog.cancel()
        self.process.send_signal(signal.SIGKILL)
        rest = self.process.stdout.read().splitlines(keepends=True)
        self.lines += [line for line in rest if line.endswith("\n")]
        self.process.stdout.close()
        self.process.wait()


def kill_rounds(folder: Path, seed: int, rounds: int, victims: tuple[Victim, ...] = VICTIMS) -> KillFigures:
    """Kill, open, compare, and edit on.

    Args:
        folder: Holds ``fox.mp4``; the project is made there.
        seed: Of edits and moments.
        rounds: For each victim.
        victims: Who is killed, in turn.
    """
    figures, rng = KillFigures(seed), random.Random(seed)  # noqa: S311  no secret
    project = folder / "fox.talpose.json"
    for idx in range(rounds):
        for victim in victims:
            name = f"round {idx} ({victim})"
            editor = _Editor(project, rng.randrange(1 << 30))
            _strike(editor, victim, rng, name, figures)
            figures.rounds[victim] = figures.rounds.get(victim, 0) + 1
            figures.n_acknowledged += len(editor.changes)
            figures.n_failed_runs += sum(line.startswith("failed ") for line in editor.lines)
            figures.losses += [f"{name}: {loss}" for loss in _losses(project, editor)]
    return figures


def _strike(editor: _Editor, victim: Victim, rng: random.Random, name: str, figures: KillFigures) -> None:
    """Kill at a moment that has nothing to do with what the programs are doing."""
    is_alive = editor.listen(rng.randint(1, 40))
    if victim != "app":
        is_alive = is_alive and editor.listen_for_engine()
    time.sleep(rng.uniform(0, 0.02))  # the moment itself, not a wait for something
    engine = editor.engine
    if is_alive and engine is not None and victim != "app":
        _kill_process(engine)
        if victim == "engine":
            is_alive = editor.listen(_N_AFTERWARDS)
    editor.kill()
    if not is_alive:
        figures.losses.append(f"{name}: the app ended, or went silent, before it was killed")
    if engine is not None and not _has_ended(engine):
        figures.losses.append(f"{name}: an engine outlived its app")


def _kill_process(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return  # A killed run's engine may have gone by itself.


def _has_ended(pid: int) -> bool:
    try:
        process = psutil.Process(pid)
        return process.status() == psutil.STATUS_ZOMBIE or not psutil.wait_procs([process], _PATIENCE_S)[1]
    except psutil.NoSuchProcess:
        return True


def _losses(project: Path, editor: _Editor) -> list[str]:
    """Compare what is on the disk with what was acknowledged last."""
    opened = ProjectStore.open(project)
    try:
        found = list(opened.recovery.lost)
        if not editor.changes:
            return found
        revision, digest = editor.changes[-1]
        # One more may be durable that the process had no time to print.
        if opened.revision not in (revision, revision + 1):
            found.append(f"revision {revision} was acknowledged, {opened.revision} is on the disk")
        elif opened.revision == revision and fingerprint(opened.project) != digest:
            found.append(f"revision {revision} differs from what was acknowledged")
        return found
    finally:
        opened.store.close()
