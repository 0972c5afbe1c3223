"""Carries out runs in parallel on Dask workers.

``execute`` is all that the rest of a study knows of how its runs are spread out.
"""

from __future__ import annotations

import queue
import time
import uuid
from collections import deque
from collections.abc import Sequence
from concurrent.futures import CancelledError
from pathlib import Path
from typing import Any, Protocol

from distributed import Client, Future, KilledWorker

from bioplast.errors import IncompleteStudyError
from bioplast.studies.cluster import open_cluster
from bioplast.studies.jobs import Event, Failure, Job
from bioplast.studies.luggage import Luggage
from bioplast.studies.worker import carry_out_job
from bioplast.training.versions import find_commit

_TICK_SECONDS = 0.2
_COUNT_SECONDS = 2.0  # between two looks at how many workers there are


class Watcher(Protocol):
    """Who wants to know how the runs go on; see ``progress.py``."""

    def on_event(self, event: Event) -> None:
        """A run started or has come further."""

    def on_end(self, job: int, failure: Failure | None) -> None:
        """A run has ended, well or not."""

    def on_tick(self) -> None:
        """Time goes by."""


def execute(
    jobs: Sequence[Job],
    *,
    project: Path,
    workers: int,
    watcher: Watcher,
    scheduler: str | None = None,
) -> list[Failure]:
    """Carry out ``jobs``, the longest first, each written as soon as it is done.

    A run that fails does not stop the others. A worker that dies is replaced, and its run goes on from
    its checkpoint; one whose process died too often has failed.

    Parameters
    ----------
    jobs : the runs
    project : folder with models/ and experiments/; workers get a copy
    workers : processes on this machine
    watcher : told how the runs go on
    scheduler : address of a Dask scheduler whose workers are used instead; they must see the folders of
        the jobs under the same path

    Returns
    -------
    failures : the runs that could not be carried out, in the order of ``jobs``

    Raises
    ------
    RequestError : there is no such scheduler
    IncompleteStudyError : the scheduler was lost
    """
    luggage = Luggage.pack(project, find_commit(project) or "")
    with open_cluster(min(workers, len(jobs)), scheduler) as client:
        return _Study(client, jobs, luggage, watcher).carry_out()


class _Study:
    """The runs under way: never more than there are workers, so that none waits behind another."""

    def __init__(self, client: Client, jobs: Sequence[Job], luggage: Luggage, watcher: Watcher) -> None:
        self._client = client
        self._jobs = jobs
        self._watcher = watcher
        self._waiting = deque(sorted(range(len(jobs)), key=lambda index: -jobs[index].expected_seconds))
        self._running: dict[Future, int] = {}
        self._failures: dict[int, Failure] = {}
        self._news: queue.SimpleQueue[Event | Future] = queue.SimpleQueue()
        self._attempt = uuid.uuid4().hex
        self._topic = f"bioplast-{self._attempt}"
        self._luggage = luggage
        self._next_count = 0.0
        self._n_workers = 0

    def carry_out(self) -> list[Failure]:
        self._client.subscribe_topic(self._topic, self._hear)
        try:
            while self._waiting or self._running:
                self._submit()
                self._listen()
                self._watcher.on_tick()
        finally:
            self._client.cancel(list(self._running))
            self._client.unsubscribe_topic(self._topic)
        return [self._failures[index] for index in sorted(self._failures)]

    def _hear(self, event: tuple[float, Any]) -> None:
        self._news.put(Event(**event[1]))

    def _submit(self) -> None:
        if time.monotonic() >= self._next_count:
            self._n_workers = sum(self._client.nthreads().values())
            self._next_count = time.monotonic() + _COUNT_SECONDS
        while self._waiting and len(self._running) < self._n_workers:
            index = self._waiting.popleft()
            future = self._client.submit(
                carry_out_job,
                index,
                self._jobs[index],
                self._luggage,
                attempt=self._attempt,
                topic=self._topic,
                key=f"run-{self._attempt}-{index}",
                pure=False,
            )
            self._running[future] = index
            future.add_done_callback(self._news.put)

    def _listen(self) -> None:
        """Pass on what has happened; return when there was something, or after a while."""
        try:
            news = self._news.get(timeout=_TICK_SECONDS)
            while True:
                if isinstance(news, Event):
                    self._watcher.on_event(news)
                else:
                    self._end(news)
                news = self._news.get_nowait()
        except queue.Empty:
            pass

    def _end(self, future: Future) -> None:
        index = self._running.pop(future)
        config = self._jobs[index].config
        try:
            failure = future.result()
        except KilledWorker:
            failure = Failure(config, "its process died again and again (out of memory?)")
        except CancelledError:
            raise IncompleteStudyError("the Dask scheduler was lost; finished runs are kept") from None
        if failure is not None:
            self._failures[index] = failure
        self._watcher.on_end(index, failure)
