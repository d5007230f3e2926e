"""Snapshot plus journal is the present; what is missing in between is named."""

from pathlib import Path

import msgspec
import pytest

from talpose_app.model.edits import ChangeIndividuals
from talpose_app.model.project import Individual
from talpose_app.store.edit_codec import encode_edit
from talpose_app.store.journal import Did, Header, Redid, Undid, encode_record
from talpose_app.store.replay import belongs_to, replay
from talpose_app.store.snapshot import Mark, Snapshot

FOLDER = Path("/videos")


def renamed(name):
    return msgspec.Raw(encode_edit(ChangeIndividuals((Individual(1, name),)), FOLDER))


def chain(*records):
    """Lines of a journal that begins at revision 0."""
    lines = [encode_record(Header(schema=1, project_id="p", revision=0, sum="start"))]
    prev = "start"
    for revision, (kind, argument) in enumerate(records, start=1):
        common = {"revision": revision, "prev": prev, "at": ""}
        if kind is Did:
            before = argument[:-1] or "individual_1"
            record = Did(**common, title=argument, forward=renamed(argument), backward=renamed(before))
        else:
            record = kind(**common, of=argument)
        lines.append(encode_record(record))
        prev = lines[-1].sum
    return lines


@pytest.fixture
def at(bare_project):
    """The snapshot of a revision of a chain: ``at(lines, revision, name)``."""

    def make(lines, revision, name):
        project, _ = ChangeIndividuals((Individual(1, name),)).apply(bare_project)
        sum_ = "start" if revision == 0 else lines[revision].sum
        return Snapshot("p", Mark(revision, sum_), project)

    return make


def name_of(replayed):
    return replayed.project.individuals[0].name


LINES = chain((Did, "a"), (Did, "ab"), (Undid, 2), (Redid, 2), (Did, "abc"))


@pytest.mark.parametrize(
    ("revision", "name"), [(0, "individual_1"), (1, "a"), (3, "a"), (4, "ab"), (5, "abc")]
)
def test_every_snapshot_leads_to_the_same_present(at, revision, name):
    snapshot = at(LINES, revision, name)
    assert belongs_to(LINES, snapshot)
    replayed = replay(snapshot, LINES, FOLDER)
    assert name_of(replayed) == "abc"
    assert replayed.mark == Mark(5, LINES[5].sum)
    assert replayed.n_applied == 5 - revision
    assert [step.title for step in replayed.history.done] == ["a", "ab", "abc"]
    assert replayed.is_whole
    assert replayed.lost == []


def test_a_missing_record_is_named_and_history_starts_behind_it(at):
    replayed = replay(at(LINES, 0, "individual_1"), LINES[:2] + LINES[5:], FOLDER)
    assert replayed.lost == ["Edits 2 to 4 could not be read."]
    assert name_of(replayed) == "abc"
    assert [step.title for step in replayed.history.done] == ["abc"]
    assert not replayed.is_whole


def test_a_record_missing_before_the_snapshot_costs_history_only(at):
    replayed = replay(at(LINES, 4, "ab"), [*LINES[:2], *LINES[3:]], FOLDER)
    assert replayed.lost == []
    assert name_of(replayed) == "abc"
    assert [step.title for step in replayed.history.done] == ["abc"]


def test_undoing_a_lost_edit_is_no_further_loss(at):
    lines = chain((Did, "a"), (Did, "ab"), (Undid, 2))
    replayed = replay(at(lines, 0, "individual_1"), [*lines[:2], *lines[3:]], FOLDER)
    assert replayed.lost == ["Edit 2 could not be read."]
    assert name_of(replayed) == "a"


def test_an_undo_whose_edit_is_damaged_is_a_loss(at):
    lines = chain((Did, "a"), (Undid, 1))
    replayed = replay(at(lines, 1, "a"), [lines[0], lines[2]], FOLDER)
    assert "edit 1 is damaged" in replayed.lost[0]


def test_a_snapshot_newer_than_the_journal_has_no_history(at):
    lines = chain((Did, "a"), (Did, "ab"))
    replayed = replay(at(lines, 2, "ab"), lines[:2], FOLDER)
    assert name_of(replayed) == "ab"
    assert replayed.mark.revision == 2
    assert replayed.history.undo_step is None
    assert not replayed.is_whole


def test_a_journal_of_another_project_or_version_does_not_belong(at, bare_project):
    assert not belongs_to(LINES, Snapshot("other", Mark(0, "start"), bare_project))
    assert not belongs_to(LINES, Snapshot("p", Mark(2, "another"), bare_project))
    assert not belongs_to(LINES, Snapshot("p", Mark(0, "another"), bare_project))


def test_an_edit_that_does_not_fit_is_named(bare_project):
    lines = chain((Did, "a"))
    bad = Did(
        revision=1,
        prev="start",
        at="",
        title="Empty",
        forward=msgspec.Raw(b'{"edit":"change_individuals","individuals":[]}'),
        backward=renamed("x"),
    )
    replayed = replay(Snapshot("p", Mark(0, "start"), bare_project), [lines[0], encode_record(bad)], FOLDER)
    assert "Empty" in replayed.lost[0]
    assert replayed.project == bare_project
