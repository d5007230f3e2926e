import threading
import time

import pytest
import torch

from talpose_app.engine.workers import Workers, working_alone

pytestmark = pytest.mark.engine


@pytest.fixture(params=[1, 2, 3])
def workers(request):
    made = Workers(request.param)
    yield made
    made.close()


@pytest.fixture
def two():
    made = Workers(2)
    yield made
    made.close()


def test_what_tasks_return_comes_in_their_order(workers):
    def task(order):
        def work(each_part):
            for done in range(5):
                each_part(done / 5)
                time.sleep(0.002 * (5 - order))
            return order

        return work

    shares = []
    assert workers.do([task(order) for order in range(5)], shares.append) == [0, 1, 2, 3, 4]
    assert shares == sorted(shares)
    assert workers.do([], shares.append) == []


def test_tasks_run_side_by_side_each_with_one_thread_of_torch(two):
    meet = threading.Barrier(2, timeout=10)

    def task(_):
        meet.wait()
        return torch.get_num_threads()

    assert two.do([task, task], lambda _: None) == [1, 1]


def test_a_stop_ends_all_tasks(workers):
    ended = []

    def task(each_part):
        try:
            for done in range(1000):
                each_part(done / 1000)
                time.sleep(0.01)
        finally:
            ended.append(True)

    def stop(share):
        if share > 0:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        workers.do([task, task], stop)
    assert ended


def test_a_failure_ends_the_other_tasks_and_is_what_comes_out(workers):
    def fails(each_part):
        each_part(0.0)
        raise OSError("cut off")

    def goes_on(each_part):
        for done in range(1000):
            each_part(done / 1000)
            time.sleep(0.01)

    started = time.monotonic()
    with pytest.raises(OSError, match="cut off"):
        workers.do([fails, goes_on], lambda _: None)
    assert time.monotonic() - started < 5


def test_tasks_wait_while_the_user_pauses(two):
    is_paused, said = threading.Event(), []

    def task(each_part):
        for done in range(40):
            each_part(done / 40)
            said.append(is_paused.is_set())
            time.sleep(0.005)

    def pause_once(_):
        if not is_paused.is_set():
            time.sleep(0.02)  # What runs now comes to its next word.
            is_paused.set()
            time.sleep(0.1)
            assert not any(said)

    two.do([task, task], pause_once)
    assert any(said)


def test_everything_is_mapped_in_order(workers):
    assert workers.map(lambda item: item * 2, iter(range(9))) == [item * 2 for item in range(9)]


def test_working_alone_ends(two):
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    with working_alone():
        assert torch.get_num_threads() == 1
    assert torch.get_num_threads() == 2
    torch.set_num_threads(before)
