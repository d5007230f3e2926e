"""The real engine in trouble: the run ends with words and a way out, the app goes on, labels stay."""

import pickle
import shutil
import sys

import numpy as np
import pytest

from talpose_app.engine_client.client import EngineClient
from talpose_app.model.edits import ChangeSkeleton
from talpose_app.model.run import RunKind
from talpose_app.session.run_options import RunOptions
from talpose_app.session.session import Session
from tests.fixtures.projects import NOSE
from tests.fixtures.sessions import set_label

pytestmark = pytest.mark.engine
PATIENCE_S = 120


@pytest.fixture
def clients():
    made = []

    def start(worker):
        made.append(EngineClient(f"tests.fixtures.failing_engines:{worker}"))
        return made[-1]

    yield start
    for client in made:
        client.close()


@pytest.fixture
def opened(tmp_path, moving_video, open_sessions):
    """Gives a project with three labels on an engine."""

    def open_on(engine):
        video = shutil.copy(moving_video, tmp_path / "fox.mp4")
        session = open_sessions(Session.create(tmp_path / "fox.talpose.json", video, engine))
        session.apply("Add", ChangeSkeleton(session.project.skeleton.with_keypoint("nose")))
        for frame_idx in (0, 8, 16):
            session.apply("Set label", set_label(NOSE, frame_idx, 60.0 + frame_idx, 50.0))
        return session

    return open_on


def failed_run(session, tracker):
    """Run, and see that only the run came to harm."""
    labels = session.project.labels
    session.start_run(RunOptions(RunKind.REFINE, tracker=str(tracker), device="cpu", n_steps=50))
    status = session.wait_for_run(PATIENCE_S)
    assert status.state == "failed"
    assert status.error.message
    assert status.error.hint
    assert session.project.labels is labels
    session.apply("Set label", set_label(NOSE, 20, 1.0, 2.0))
    return status.error


@pytest.mark.skipif(sys.platform != "linux", reason="limits memory by rlimit")
def test_memory_that_runs_out_is_said(opened, clients, tiny_checkpoint):
    error = failed_run(opened(clients("in_little_memory")), tiny_checkpoint)
    assert "memory" in f"{error.message} {error.hint}"


def test_a_crash_in_native_code_ends_the_run_only(opened, clients, tiny_checkpoint):
    client = clients("crashing_in_native_code")
    error = failed_run(opened(client), tiny_checkpoint)
    assert "ended" in error.message
    assert client.pid is None


def test_a_device_that_is_gone_is_said_and_the_next_run_gets_a_new_process(opened, clients, tiny_checkpoint):
    session = opened(clients("losing_the_device"))
    for _ in range(2):
        assert "graphics card" in failed_run(session, tiny_checkpoint).message


class Evil:
    """What a hostile checkpoint holds: unpickled, it makes a file."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return open, (str(self.path), "w")


def make_foreign(path):
    from safetensors.numpy import save_file

    save_file({"head.weight": np.zeros((4, 4), np.float32)}, path)


@pytest.mark.parametrize(
    "name", ["cut.safetensors", "text.pth", "foreign.safetensors", "evil.pth", "none.pth"]
)
def test_a_checkpoint_that_is_none_is_refused_and_never_unpickled(name, opened, tiny_checkpoint, tmp_path):
    path, trace = tmp_path / name, tmp_path / "was-unpickled"
    match name.split(".")[0]:
        case "cut":
            path.write_bytes(tiny_checkpoint.read_bytes()[:-100])
        case "text":
            path.write_text("no weights")
        case "foreign":
            make_foreign(path)
        case "evil":
            path.write_bytes(pickle.dumps(Evil(trace)))
    engine = EngineClient()
    try:
        error = failed_run(opened(engine), path)
    finally:
        engine.close()
    assert name in error.message or "damaged" in error.message
    assert not trace.exists()
