"""Commands wait in order; of amendments only the newest."""

import threading

from talpose_app.engine_client.outbox import Outbox
from talpose_app.tracking.engine_messages import AmendLabels, PauseJob, StopJob
from talpose_app.tracking.labels import LabelTable

LABELS = LabelTable.from_labels([], [])


def drain(outbox):
    outbox.close()
    found = []
    while (command := outbox.get()) is not None:
        found.append(command)
    return found


def test_commands_keep_their_order():
    outbox = Outbox()
    commands = [PauseJob(1), StopJob(1), PauseJob(2)]
    for command in commands:
        outbox.put(command)
    assert drain(outbox) == commands


def test_a_newer_amendment_replaces_an_older_one_of_the_same_job():
    outbox = Outbox()
    first, other, second = AmendLabels(1, LABELS), AmendLabels(2, LABELS), AmendLabels(1, LABELS)
    for command in (first, PauseJob(1), other, second):
        outbox.put(command)
    found = drain(outbox)
    assert found[0] == PauseJob(1)
    assert found[1] is other
    assert found[2] is second


def test_get_waits_for_a_command():
    outbox = Outbox()
    found = []
    thread = threading.Thread(target=lambda: found.append(outbox.get()))
    thread.start()
    outbox.put(StopJob(3))
    thread.join(30)
    assert found == [StopJob(3)]


def test_closing_frees_who_waits():
    outbox = Outbox()
    thread = threading.Thread(target=outbox.get)
    thread.start()
    outbox.close()
    thread.join(30)
    assert not thread.is_alive()
