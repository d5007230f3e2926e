"""The store under faults: what was acknowledged is there, and what is not there is told."""

import os
import random
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from talpose_app.errors import EditError, ProjectError
from talpose_app.model.edits import (
    Batch,
    ChangeIndividuals,
    ChangeLabels,
    ChangeSkeleton,
    ChangeTracks,
    Edit,
    LabelChange,
)
from talpose_app.model.history import History, Step
from talpose_app.model.label import Label, PointId, absent_label
from talpose_app.model.project import Individual, Project
from talpose_app.model.skeleton import Skeleton
from talpose_app.model.track import Provenance, Track
from talpose_app.store.disk import RealDisk
from talpose_app.store.journal_file import JournalLostError
from talpose_app.store.snapshot import Mark, Snapshot, SnapshotWriter
from talpose_app.store.store import Entry, ProjectStore
from tests.fixtures.disks import FaultyDisk, PowerCut
from tests.fixtures.projects import video_info

N_FRAMES = 12
POINTS = [PointId(1, 1), PointId(1, 2)]
OPERATIONS = [
    "label",
    "label",
    "label",
    "absent",
    "delete",
    "tracks",
    "batch",
    "names",
    "undo",
    "undo",
    "redo",
    "fold",
]


def bits(project: Project) -> bytes:
    """Everything of a project, bit for bit."""
    return SnapshotWriter(Path("/videos")).to_bytes(Snapshot("", Mark(0, ""), project))


def random_edit(kind: str, rng: random.Random) -> Edit:
    point, frame = rng.choice(POINTS), rng.randrange(N_FRAMES)
    x, y = rng.uniform(-1e3, 1e3), rng.gauss(0, 1e-7)
    match kind:
        case "label":
            return ChangeLabels((LabelChange(point, frame, Label(point, frame, x, y, time_s=frame / 25)),))
        case "absent":
            return ChangeLabels((LabelChange(point, frame, absent_label(point, frame)),))
        case "delete":
            return ChangeLabels((LabelChange(point, frame, None),))
        case "tracks":
            numbers = np.random.default_rng(rng.randrange(1 << 30))
            positions = numbers.normal(size=(N_FRAMES, 2)).astype(np.float32)
            track = Track(positions, positions[:, 0] > 0, positions[:, 1], (Provenance(2, 9, 1),))
            return ChangeTracks(((point, track),))
        case "batch":
            return Batch((random_edit("label", rng), random_edit("tracks", rng)))
        case "names":
            return ChangeIndividuals((Individual(1, f'animal "{frame}"\n{{"crc":"'),))
        case _:
            raise AssertionError(kind)


@dataclass
class Model:
    """A store in use, and every state it went through."""

    path: Path
    disk: FaultyDisk | RealDisk
    rng: random.Random
    store: ProjectStore = field(init=False)
    project: Project = field(init=False)
    history: History = field(default_factory=History)
    states: dict[int, bytes] = field(default_factory=dict)
    n_done: int = 0

    def create(self) -> None:
        self.project = Project(video_info(N_FRAMES), Skeleton().with_keypoint("nose").with_keypoint("tail"))
        self.states[0] = bits(self.project)
        self.store = ProjectStore.create(self.path, self.project, disk=self.disk)

    def do(self, operation: str) -> None:
        """One operation; ``states`` knows what it leads to before the store is asked."""
        revision = self.store.mark.revision + 1
        if operation == "fold":
            self.store.fold(self.project, self.store.mark, {})
        elif operation in ("undo", "redo"):
            step = self.history.undo_step if operation == "undo" else self.history.redo_step
            if step is None:
                return
            edit = step.backward if operation == "undo" else step.forward
            after, _ = edit.apply(self.project)
            self.states[revision] = bits(after)
            self.store.append(Entry(operation, step))
            (self.history.mark_undone if operation == "undo" else self.history.mark_redone)()
            self.project = after
        else:
            edit = random_edit(operation, self.rng)
            after, inverse = edit.apply(self.project)
            self.states[revision] = bits(after)
            self.history.record(self.store.append(Entry("do", Step(operation, edit, inverse))))
            self.project = after

    def reopen(self) -> ProjectStore:
        self.store.close()
        opened = ProjectStore.open(self.path, disk=self.disk)
        self.store, self.project, self.history = opened.store, opened.project, opened.history
        return opened


@pytest.fixture
def path(tmp_path) -> Path:
    return tmp_path / "fox.talpose.json"


operations = st.lists(st.sampled_from([*OPERATIONS, "reopen"]), min_size=1, max_size=25)
#: TALPOSE_ROUNDS=5000 makes a long search of it.
N_ROUNDS = int(os.environ.get("TALPOSE_ROUNDS", "60"))
many = settings(
    max_examples=N_ROUNDS, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
_tries = iter(range(10**9))


def fresh(path: Path) -> Path:
    """A name of its own for every example; the disk is new, the lock file is real."""
    return path.with_name(f"{next(_tries)}.talpose.json")


@many
@given(operations=operations, seed=st.integers(0, 10_000))
def test_any_sequence_of_edits_undo_redo_and_reopening_is_as_in_memory(path, operations, seed):
    model = Model(fresh(path), FaultyDisk(), random.Random(seed))
    model.create()
    titles = [[], []]
    for operation in operations:
        if operation == "reopen":
            revision = model.store.mark.revision
            titles = [[s.title for s in model.history.done], [s.title for s in model.history.undone]]
            opened = model.reopen()
            assert opened.recovery.is_clean
            assert (opened.revision, bits(opened.project)) == (revision, model.states[revision])
            assert [s.title for s in opened.history.done] == titles[0]
            assert [s.title for s in opened.history.undone] == titles[1]
        else:
            model.do(operation)
    while model.history.undo_step is not None:
        model.do("undo")
    assert bits(model.project) == model.states[0]
    model.store.close()


@many
@given(
    operations=operations, seed=st.integers(0, 10_000), cut_after=st.integers(0, 120), is_power=st.booleans()
)
def test_a_cut_at_any_moment_loses_nothing_acknowledged(path, operations, seed, cut_after, is_power):
    rng = random.Random(seed)
    disk = FaultyDisk(rng)
    model = Model(fresh(path), disk, rng)
    model.create()
    disk.cut_after = disk.n_operations + cut_after
    acknowledged = 0
    try:
        for operation in operations:
            if operation == "reopen":
                model.reopen()
            else:
                model.do(operation)
            acknowledged = model.store.mark.revision
    except PowerCut:
        pass
    model.store.close()
    disk = disk.after_power_cut() if is_power else disk.after_crash()
    opened = ProjectStore.open(model.path, disk=disk)
    assert opened.recovery.lost == ()
    assert opened.revision in (acknowledged, acknowledged + 1)
    assert bits(opened.project) == model.states[opened.revision]
    opened.store.close()
    again = ProjectStore.open(model.path, disk=disk)
    assert again.recovery.is_clean
    assert bits(again.project) == bits(opened.project)
    again.store.close()


@many
@given(
    operations=operations,
    seed=st.integers(0, 10_000),
    place=st.floats(0, 1, exclude_max=True),
    bit=st.integers(0, 7),
    is_journal=st.booleans(),
)
def test_a_flipped_bit_is_repaired_or_told_never_hidden(path, operations, seed, place, bit, is_journal):
    model = Model(fresh(path), FaultyDisk(), random.Random(seed))
    model.create()
    for operation in operations:
        if operation != "reopen":
            model.do(operation)
    model.store.close()
    files = model.store.files
    damaged = files.journal if is_journal else files.snapshot
    model.disk.flip(damaged, int(place * len(model.disk.read(damaged))), bit)
    found = model.disk.read(damaged)
    opened = ProjectStore.open(model.path, disk=model.disk)
    if bits(opened.project) != bits(model.project):
        assert opened.recovery.lost
    if not opened.recovery.is_clean:
        assert found in [model.disk.read(kept) for kept in opened.recovery.kept_files]
    opened.store.close()
    again = ProjectStore.open(model.path, disk=model.disk)
    assert again.recovery.is_clean
    assert bits(again.project) == bits(opened.project)
    again.store.close()


@many
@given(operations=operations, seed=st.integers(0, 10_000), place=st.floats(0, 1), is_journal=st.booleans())
def test_a_file_cut_short_still_opens(path, operations, seed, place, is_journal):
    model = Model(fresh(path), FaultyDisk(), random.Random(seed))
    model.create()
    for operation in operations:
        if operation != "reopen":
            model.do(operation)
    model.store.close()
    files = model.store.files
    damaged = files.journal if is_journal else files.snapshot
    data = model.disk.read(damaged)
    model.disk.overwrite(damaged, data[: int(place * len(data))])
    opened = ProjectStore.open(model.path, disk=model.disk)
    if not is_journal:
        assert opened.recovery.lost == ()
        assert bits(opened.project) == bits(model.project)
    else:
        assert bits(opened.project) in model.states.values()
    opened.store.close()


@many
@given(operations=operations, seed=st.integers(0, 10_000), n_free=st.integers(0, 6000))
def test_a_full_disk_refuses_and_keeps_what_was_acknowledged(path, operations, seed, n_free):
    disk = FaultyDisk()
    model = Model(fresh(path), disk, random.Random(seed))
    model.create()
    disk.n_free = n_free
    for operation in operations:
        if operation == "reopen":
            continue
        before, hint = bits(model.project), None
        try:
            model.do(operation)
        except ProjectError as error:
            hint = error.hint
        assert hint is None or ("space" in hint and bits(model.project) == before)
    revision = model.store.mark.revision
    model.store.close()
    opened = ProjectStore.open(model.path, disk=disk)
    assert (opened.revision, bits(opened.project)) == (revision, model.states[revision])
    opened.store.close()


@pytest.fixture
def model(path):
    model = Model(path, FaultyDisk(), random.Random(5))
    model.create()
    yield model
    model.store.close()


def test_damage_costs_the_damaged_edit_and_no_other(model):
    for operation in ["label"] * 6:
        model.do(operation)
    journal = model.store.files.journal
    lines = model.disk.read(journal).splitlines(keepends=True)
    lines[3] = lines[3].replace(b'"x":', b'"x":1')  # the edit of revision 3
    model.disk.overwrite(journal, b"".join(lines))
    opened = model.reopen()
    assert opened.recovery.lost == ("Edit 3 could not be read.",)
    n_labels = sum(1 for _ in opened.project.all_labels())
    assert n_labels == 5
    assert [step.revision for step in opened.history.done] == [4, 5, 6]


def test_the_journal_stays_bounded_and_keeps_five_hundred_steps(model):
    for idx in range(4000):
        model.do("label")
        if idx % 40 == 0:
            model.do("fold")
    model.do("fold")
    assert len(model.disk.read(model.store.files.journal)) < 4000 * 300
    opened = model.reopen()
    assert opened.recovery.is_clean
    assert len(opened.history.done) == 500
    for _ in range(500):
        model.do("undo")
    assert bits(model.project) == model.states[3500]


def test_a_damaged_snapshot_is_recovered_after_the_journal_was_trimmed(model):
    for idx in range(2000):
        model.do("label")
        if idx % 100 == 0:
            model.do("fold")
    model.do("fold")
    expected = bits(model.project)
    model.disk.flip(model.path, 400, 3)
    opened = model.reopen()
    assert opened.recovery.lost == ()
    assert bits(opened.project) == expected


def test_a_removed_journal_is_told_and_can_be_rebuilt(model):
    model.do("label")
    files = model.store.files
    model.disk.remove(files.journal)
    with pytest.raises(JournalLostError):
        model.do("label")
    model.store.rebuild(model.project, model.history, {})
    model.do("label")
    expected = bits(model.project)
    assert bits(model.reopen().project) == expected
    assert len(model.history.done) == 2


def test_a_project_without_its_journal_opens_without_history(model):
    model.do("label")
    model.do("fold")
    model.disk.remove(model.store.files.journal)
    expected = bits(model.project)
    opened = model.reopen()
    assert opened.recovery.is_clean
    assert bits(opened.project) == expected
    assert opened.history.undo_step is None


def test_the_journal_of_another_project_is_set_aside(model, path):
    other = Model(path.with_name("other.talpose.json"), model.disk, random.Random(6))
    other.create()
    other.do("label")
    other.store.close()
    model.do("label")
    model.do("fold")
    expected = bits(model.project)
    model.disk.overwrite(model.store.files.journal, model.disk.read(other.store.files.journal))
    opened = model.reopen()
    assert bits(opened.project) == expected
    assert opened.recovery.kept_files[0].name == "fox.talpose.other-1.journal"


def test_a_backup_put_back_is_brought_up_to_date_by_the_journal(model):
    model.do("label")
    old = model.disk.read(model.path)
    model.do("label")
    model.do("fold")
    expected = bits(model.project)
    model.store.close()
    model.disk.overwrite(model.path, old)
    assert bits(model.reopen().project) == expected


def test_two_older_generations_are_kept(model):
    for _ in range(3):
        model.do("label")
        model.do("fold")
    newer, older = model.store.files.backups
    assert b'"revision":2,' in model.disk.read(newer)
    assert b'"revision":1,' in model.disk.read(older)


def test_read_only_writes_nothing_and_needs_no_lock(model):
    model.do("label")
    model.disk.flip(model.store.files.journal, 60, 2)
    before = {path: model.disk.read(path) for path in model.disk.paths()}
    opened = ProjectStore.open(model.path, read_only=True, disk=model.disk)
    assert not opened.recovery.is_clean
    assert {path: model.disk.read(path) for path in model.disk.paths()} == before


def test_everything_gone_is_told(model):
    model.store.close()
    for path in model.disk.paths():
        model.disk.overwrite(path, b"garbage")
    with pytest.raises(ProjectError, match="not a TALPose project"):
        model.reopen()


def test_an_edit_is_not_a_project(tmp_path):
    with pytest.raises(ProjectError, match="no project"):
        ProjectStore.open(tmp_path / "nothing.talpose.json")
    assert list(tmp_path.iterdir()) == []


def test_skeleton_edits_come_back(model):
    edit = ChangeSkeleton(model.project.skeleton.with_keypoint("ear").with_edges(((1, 3),)))
    after, inverse = edit.apply(model.project)
    model.store.append(Entry("do", Step("Add", edit, inverse)))
    assert model.reopen().project == after


def test_an_edit_that_could_not_be_read_back_is_not_acknowledged(model):
    model.do("label")
    before, mark = model.disk.read(model.store.files.journal), model.store.mark
    edit = ChangeIndividuals((Individual(1, ""),))
    _, inverse = edit.apply(model.project)
    with pytest.raises(EditError, match="cannot be saved"):
        model.store.append(Entry("do", Step("Rename", edit, inverse)))
    assert model.disk.read(model.store.files.journal) == before
    assert model.store.mark == mark


@pytest.mark.parametrize("name", ["", "half \udc80"])
def test_a_snapshot_that_could_not_be_read_back_replaces_nothing(model, name):
    model.do("label")
    before = model.disk.read(model.path)
    broken = replace(model.project, individuals=(Individual(1, name),))
    with pytest.raises(ProjectError, match="cannot be saved"):
        model.store.fold(broken, model.store.mark, {})
    assert model.disk.read(model.path) == before
    assert bits(model.reopen().project) == model.states[1]


def test_a_project_whose_names_are_longer_than_new_ones_may_be_opens(model):
    edit = ChangeIndividuals((Individual(1, "n" * 1500),))
    after, inverse = edit.apply(model.project)
    model.store.append(Entry("do", Step("Rename", edit, inverse)))
    model.store.fold(after, model.store.mark, {})
    assert model.reopen().project.individuals == after.individuals


def test_a_new_project_does_not_take_the_place_of_a_lost_one(model):
    model.do("label")
    model.store.fold(model.project, model.store.mark, {})
    model.store.close()
    model.disk.remove(model.path)
    with pytest.raises(ProjectError, match="backups are there"):
        ProjectStore.create(model.path, model.project, disk=model.disk)
    assert bits(model.reopen().project) == model.states[1]


@pytest.mark.skipif(os.name == "nt", reason="Windows has other rights")
def test_saving_keeps_the_rights_of_the_files(path):
    model = Model(path, RealDisk(), random.Random(5))
    model.create()
    files = model.store.files
    files.snapshot.chmod(0o660)
    files.journal.chmod(0o600)
    model.do("label")
    model.do("fold")
    model.store.rebuild(model.project, model.history, {})
    modes = [file.stat().st_mode & 0o777 for file in (files.snapshot, *files.backups, files.journal)]
    model.store.close()
    assert modes == [0o660, 0o660, 0o660, 0o600]
