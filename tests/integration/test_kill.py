"""kill -9 at random moments: everything acknowledged is there, bit for bit.

``TALPOSE_KILL_ROUNDS=500`` makes a long test of it; ``TALPOSE_SEED`` repeats one.
"""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from talpose_app.store.store import ProjectStore
from tests.fixtures.killable import fingerprint

ROUNDS = int(os.environ.get("TALPOSE_KILL_ROUNDS", "15"))
SEED = int(os.environ.get("TALPOSE_SEED", "20251"))
ROOT = Path(__file__).resolve().parents[2]


def start_editor(path: Path, seed: int) -> subprocess.Popen[str]:
    """A process that edits until it is killed, printing every revision the session has acknowledged."""
    environment = os.environ | {"PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"}
    command = [sys.executable, "-m", "tests.fixtures.killable", str(path), str(seed)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT, env=environment)


def kill_after(process: subprocess.Popen[str], n_lines: int, delay_s: float) -> list[str]:
    """Kill at a moment that has nothing to do with what the process is doing; return what it had printed."""
    assert process.stdout is not None
    lines = [process.stdout.readline() for _ in range(n_lines)]
    time.sleep(delay_s)  # the moment itself, not a wait for something
    process.send_signal(signal.SIGKILL)
    lines += process.stdout.read().splitlines(keepends=True)
    process.stdout.close()
    process.wait()
    return [line for line in lines if line.endswith("\n")]


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGKILL")
def test_killing_the_app_at_any_moment_loses_nothing_acknowledged(video, tmp_path):
    path, rng = tmp_path / "fox.talpose.json", random.Random(SEED)
    n_acknowledged = 0
    for round_idx in range(ROUNDS):
        process = start_editor(path, rng.randrange(1 << 30))
        printed = kill_after(process, rng.randint(1, 40), rng.uniform(0, 0.02))
        assert printed, f"round {round_idx} of seed {SEED} printed nothing"
        revision, digest = printed[-1].split()
        opened = ProjectStore.open(path)
        try:
            assert opened.recovery.lost == ()
            # One more may be durable that the process had no time to print.
            assert opened.revision in (int(revision), int(revision) + 1), f"round {round_idx}, seed {SEED}"
            if opened.revision == int(revision):
                assert fingerprint(opened.project) == digest, f"round {round_idx}, seed {SEED}"
        finally:
            opened.store.close()
        n_acknowledged += len(printed)
    assert n_acknowledged >= ROUNDS
