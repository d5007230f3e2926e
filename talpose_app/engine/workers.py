"""Work done side by side: a thread a task, each of which computes alone.

What the engine computes are long rows of small steps, and a small step is not done sooner by several
threads: they wait for each other after every one, and for long when other programs want the processor
too. Tasks that need nothing from each other do not.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Sequence
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from contextlib import contextmanager
from functools import partial
from threading import Lock
from typing import TypeVar

import cv2
import torch

S = TypeVar("S")
T = TypeVar("T")

#: Told the share that is done, in [0, 1]; may raise to stop.
EachPart = Callable[[float], None]

#: How often the user's wishes are looked at meanwhile, seconds.
_GLANCE = 0.05


class Workers:
    """So many threads that wait for tasks.

    Args:
        count: How many; with one, tasks are done one after the other by the thread that asks.
    """

    def __init__(self, count: int) -> None:
        self._pool: ThreadPoolExecutor | None = None
        if count > 1:
            cv2.setNumThreads(1)  # OpenCV's own threads would want the same cores.
            self._pool = ThreadPoolExecutor(count, initializer=_work_alone)

    @classmethod
    def of(cls, device: torch.device) -> Workers:
        """As many as torch would use threads by itself, where the processor computes."""
        return cls(torch.get_num_threads() if device.type == "cpu" else 1)

    def do(self, tasks: Sequence[Callable[[EachPart], T]], each_part: EachPart) -> list[T]:
        """Do tasks.

        Args:
            tasks: Each is to call what it is given with its own share done, often: there it is stopped or
                held.
            each_part: Called with the share of all that is done, from this thread; while it does not return,
                tasks wait. If it raises, tasks end and so does this.

        Returns:
            What the tasks return, in their order.
        """
        if self._pool is None or len(tasks) < 2:
            n_tasks = len(tasks)
            return [
                task(lambda share, done=done: each_part((done + share) / n_tasks))
                for done, task in enumerate(tasks)
            ]
        each_part(0.0)
        progress = _Progress(len(tasks))
        running = [self._pool.submit(task, partial(progress.tell, order)) for order, task in enumerate(tasks)]
        try:
            while wait(running, _GLANCE, FIRST_EXCEPTION).not_done:
                progress.show(each_part)
                for task in running:
                    if task.done():
                        task.result()
        finally:
            progress.end()
            wait(running)
        return [task.result() for task in running]

    def map(self, function: Callable[[S], T], items: Iterable[S]) -> list[T]:
        """Do the same to everything; items are taken one after the other while the work goes on."""
        return (
            [function(item) for item in items]
            if self._pool is None
            else list(self._pool.map(function, items))
        )

    def close(self) -> None:
        """Let the threads go."""
        if self._pool is not None:
            self._pool.shutdown()


@contextmanager
def working_alone() -> Generator[None]:
    """Within, this thread computes alone, too."""
    n_threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(n_threads)


def _work_alone() -> None:
    torch.set_num_threads(1)  # Of this thread, and of threads to come, which are the other workers.


class _EndedError(Exception):
    """Ends a task when another one failed or the user stopped them all."""


class _Progress:
    """How far tasks are, and the gate they pass while they work."""

    def __init__(self, n_tasks: int) -> None:
        self._shares = [0.0] * n_tasks
        self._gate = Lock()
        self._has_ended = False

    def tell(self, order: int, share: float) -> None:
        """Note a task's share; wait while the user pauses, raise once all is to end."""
        with self._gate:
            if self._has_ended:
                raise _EndedError
            self._shares[order] = share

    def show(self, each_part: EachPart) -> None:
        """Pass on what is done, holding the tasks until it is taken."""
        with self._gate:
            each_part(sum(self._shares) / len(self._shares))

    def end(self) -> None:
        """Let tasks that still run end at their next word."""
        with self._gate:
            self._has_ended = True
