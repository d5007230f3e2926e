"""Any sequence of edits, imports, runs, filters, undo, redo and crashes comes back as a plain model says."""

import json
import os
import random
import shutil
from contextlib import suppress
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from talpose_app.errors import EditError, UsageError
from talpose_app.formats.registry import importer
from talpose_app.model.edits import ChangeSkeleton
from talpose_app.model.run import RunKind
from talpose_app.session.filtering import FilterOptions
from talpose_app.session.run_options import RunOptions
from talpose_app.session.session import Session
from tests.fixtures.clients import ScriptedEngine
from tests.fixtures.killable import fingerprint, random_edit

N_EXAMPLES = int(os.environ.get("TALPOSE_ROUNDS", "15"))
OPERATIONS = (
    "edit",
    "edit",
    "edit",
    "import",
    "run",
    "stopped run",
    "filter",
    "undo",
    "redo",
    "save",
    "crash",
)
_tries = iter(range(10**9))


class Model:
    """A session, and beside it the states that undo and redo must lead to."""

    def __init__(self, folder: Path, video: Path, rng: random.Random) -> None:
        self.folder, self.rng, self.engine = folder, rng, ScriptedEngine()
        folder.mkdir()
        shutil.copy(video, folder / "fox.mp4")
        self.session = Session.create(folder / "fox.talpose.json", folder / "fox.mp4", self.engine)
        self.states, self.place = [fingerprint(self.session.project)], 0
        self.take(
            lambda: self.session.apply(
                "Add", ChangeSkeleton(self.session.project.skeleton.with_keypoint("a").with_keypoint("b"))
            )
        )

    def take(self, change) -> None:
        """Do something; a change forgets what could be redone."""
        revision = self.session.revision
        with suppress(EditError):  # The keypoints may have been undone.
            change()
        if self.session.revision > revision:
            self.place += 1
            self.states[self.place :] = [fingerprint(self.session.project)]

    def do(self, operation: str) -> None:
        match operation:
            case "edit":
                self.take(lambda: self.session.apply("Edit", random_edit(self.session.project, self.rng)))
            case "import":
                self.take(self.bring_in)
            case "run" | "stopped run":
                self.take(lambda: self.run(is_stopped=operation != "run"))
            case "filter":
                self.take(self.smooth)
            case "undo" | "redo":
                self.step(1 if operation == "redo" else -1)
            case "save":
                self.session.save()
            case _:
                self.crash()
        assert fingerprint(self.session.project) == self.states[self.place]

    def bring_in(self) -> None:
        size = self.session.project.video.size
        frames = {str(self.rng.randrange(40)): {"a": [self.rng.uniform(0, 90), 7.25, 1]} for _ in range(4)}
        content = {
            "width": size[0],
            "height": size[1],
            "keypoints": ["a", "b"],
            "frames": frames,
        }
        path = self.folder / "labels.json"
        path.write_text(json.dumps(content))
        self.session.apply("Import", importer("talpose-labels").read(path, self.session.project).edit)

    def run(self, *, is_stopped: bool) -> None:
        labels = self.session.project.labels
        try:
            self.session.start_run(RunOptions(RunKind.REFINE, n_steps=3))
        except UsageError:
            return  # There is no label to track from.
        self.engine.step(1, x=self.rng.uniform(0, 90))
        self.engine.finish(was_stopped=is_stopped)
        assert self.session.project.labels == labels

    def smooth(self) -> None:
        labels = self.session.project.labels
        try:
            self.session.apply_filter(FilterOptions("median", {}))
        except UsageError:
            return  # There is no track.
        assert self.session.project.labels == labels

    def step(self, direction: int) -> None:
        try:
            self.session.redo() if direction > 0 else self.session.undo()
        except EditError:
            assert not 0 <= self.place + direction < len(self.states)
            return
        self.place += direction

    def crash(self) -> None:
        """Go on with what another process finds on the disk at this moment."""
        found = self.folder.with_name("found")
        shutil.copytree(self.folder, found, ignore=shutil.ignore_patterns("*.lock"))
        revision = self.session.revision
        self.session.close()
        shutil.rmtree(self.folder)
        found.rename(self.folder)
        self.session = Session.open(self.session.path, self.engine)
        assert self.session.recovery.is_clean
        assert self.session.revision == revision


@settings(max_examples=N_EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(operations=st.lists(st.sampled_from(OPERATIONS), min_size=1, max_size=20), seed=st.integers(0, 10_000))
def test_any_history_replays_to_the_same_states(tiny_video, tmp_path, operations, seed):
    model = Model(tmp_path / f"{next(_tries)}", tiny_video, random.Random(seed))
    try:
        for operation in operations:
            model.do(operation)
        while model.place > 0:
            model.do("undo")
        while model.place < len(model.states) - 1:
            model.do("redo")
    finally:
        model.session.close()
