"""When to save, told by a clock of the test's own; and the thread that does it."""

import threading

import pytest

from talpose_app.errors import ProjectError
from talpose_app.session.autosave import Autosave, AutosavePolicy

PATIENCE_S = 30


def test_nothing_is_due_before_an_edit():
    assert AutosavePolicy().due is None


def test_saving_waits_until_the_user_pauses():
    policy = AutosavePolicy(idle_s=2, longest_s=30)
    policy.changed(100)
    assert policy.due == 102
    policy.changed(101)
    assert policy.due == 103


def test_a_user_who_never_pauses_is_saved_all_the_same():
    policy = AutosavePolicy(idle_s=2, longest_s=30)
    for now in range(100, 131):
        policy.changed(now)
    assert policy.due == 130


def test_after_saving_nothing_is_due():
    policy = AutosavePolicy()
    policy.changed(100)
    policy.saving()
    assert policy.due is None


def test_a_refusal_is_tried_again_later():
    policy = AutosavePolicy(idle_s=2, longest_s=30, retry_s=5)
    policy.failed(100)
    assert policy.due == 105


@pytest.fixture
def autosave_of():
    made = []

    def make(save):
        made.append(Autosave(save, AutosavePolicy(idle_s=0, longest_s=0, retry_s=0)))
        return made[-1]

    yield make
    for autosave in made:
        autosave.close()


def test_the_thread_saves_after_a_change(autosave_of):
    saved = threading.Event()
    autosave_of(saved.set).changed()
    assert saved.wait(PATIENCE_S)


def test_the_thread_tries_until_the_disk_gives_in(autosave_of):
    saved, tries = threading.Event(), []

    def save():
        tries.append(1)
        if len(tries) < 3:
            raise ProjectError("The disk is full.")
        saved.set()

    autosave_of(save).changed()
    assert saved.wait(PATIENCE_S)
    assert len(tries) == 3


def test_closing_ends_the_thread_without_a_save(autosave_of):
    autosave = autosave_of(lambda: None)
    autosave.close()
    assert not autosave._thread.is_alive()
