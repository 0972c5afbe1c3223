"""Carries out runs in parallel on the processes of this machine.

``execute`` is all that the rest of a study knows of how its runs are spread out.
"""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing.queues import SimpleQueue
from pathlib import Path
from typing import Protocol

from bioplast.studies.jobs import Event, Failure, Job
from bioplast.studies.worker import carry_out_job, set_up_worker

_THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS")
_TICK_SECONDS = 0.2


class Watcher(Protocol):
    """Who wants to know how the runs go on; see ``progress.py``."""

    def on_event(self, event: Event) -> None:
        """A run started or has come further."""

    def on_end(self, job: int, failure: Failure | None) -> None:
        """A run has ended, well or not."""

    def on_tick(self) -> None:
        """Time goes by."""


def execute(jobs: Sequence[Job], *, project: Path, workers: int, watcher: Watcher) -> list[Failure]:
    """Carry out ``jobs`` on ``workers`` processes, the longest first, each written as soon as it is done.

    A run that fails does not stop the others. One whose process dies is tried once more, alone: of the
    runs that were under way nobody can say which of them killed it.

    Returns
    -------
    failures : the runs that could not be carried out, in the order of ``jobs``
    """
    failures: dict[int, Failure] = {}
    waiting = sorted(range(len(jobs)), key=lambda index: -jobs[index].expected_seconds)
    while waiting:
        crew = _Crew(jobs, project, watcher, failures)
        lost = crew.carry_out(waiting, workers)
        suspects = [index for index in lost if index in crew.started] or lost
        for index in suspects:
            if _Crew(jobs, project, watcher, failures).carry_out([index], 1):
                failures[index] = Failure(jobs[index].config, "its process died (out of memory?)")
                watcher.on_end(index, failures[index])
        waiting = [index for index in lost if index not in suspects]
    return [failures[index] for index in sorted(failures)]


class _Crew:
    """One pool of processes, from its start until it is done or broken."""

    def __init__(
        self, jobs: Sequence[Job], project: Path, watcher: Watcher, failures: dict[int, Failure]
    ) -> None:
        self.started: set[int] = set()
        self._jobs = jobs
        self._project = project
        self._watcher = watcher
        self._failures = failures

    def carry_out(self, indices: Sequence[int], workers: int) -> list[int]:
        """Carry out the jobs of ``indices``; return those that were lost with a process that died."""
        others = set(multiprocessing.active_children())
        context = multiprocessing.get_context("spawn")
        events: SimpleQueue[Event] = context.SimpleQueue()
        pool = ProcessPoolExecutor(
            min(workers, len(indices)), context, initializer=set_up_worker, initargs=(self._project, events)
        )
        try:
            with _one_thread_each():
                futures = {pool.submit(carry_out_job, index, self._jobs[index]): index for index in indices}
            return self._follow(futures, events)
        except BaseException:
            for child in set(multiprocessing.active_children()) - others:
                child.terminate()
            raise
        finally:
            pool.shutdown(cancel_futures=True)
            events.close()

    def _follow(self, futures: dict[Future[Failure | None], int], events: SimpleQueue[Event]) -> list[int]:
        lost = []
        pending = set(futures)
        while pending:
            done, pending = wait(pending, timeout=_TICK_SECONDS, return_when=FIRST_COMPLETED)
            self._pass_on(events)
            for future in done:
                index = futures[future]
                try:
                    failure = future.result()
                except BrokenProcessPool:
                    lost.append(index)
                    continue
                if failure is not None:
                    self._failures[index] = failure
                self._watcher.on_end(index, failure)
            self._watcher.on_tick()
        return lost

    def _pass_on(self, events: SimpleQueue[Event]) -> None:
        while not events.empty():
            event = events.get()
            self.started.add(event.job)
            self._watcher.on_event(event)


@contextmanager
def _one_thread_each() -> Iterator[None]:
    """One thread for every process started inside, so that runs do not fight for the cores.

    The libraries read these variables while they are imported, and a worker imports them before any
    code of ours runs in it: only what it inherits counts.
    """
    before = {name: os.environ.get(name) for name in _THREADS}
    os.environ.update(dict.fromkeys(_THREADS, "1"))
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
