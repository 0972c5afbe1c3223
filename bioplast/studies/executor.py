"""Carries out runs in parallel on Dask workers.

``execute`` is all that the rest of a study knows of how its runs are spread out.
"""

from __future__ import annotations

import queue
import time
import uuid
from collections import Counter, deque
from collections.abc import Sequence
from concurrent.futures import CancelledError
from pathlib import Path
from typing import Any, Protocol

from distributed import Client, Future, KilledWorker

from bioplast.errors import IncompleteStudyError, RequestError
from bioplast.studies.cluster import open_cluster, replace_workers
from bioplast.studies.jobs import Event, Failure, Job
from bioplast.studies.luggage import Luggage
from bioplast.studies.store import find_result
from bioplast.studies.worker import carry_out_job
from bioplast.training.versions import find_commit

_TICK_SECONDS = 0.2
_COUNT_SECONDS = 2.0  # between two looks at how many workers there are
_ANSWER_SECONDS = 5.0  # for the answer of a worker that may be gone
# For a worker to come: where none does for so long, none will.
_NO_WORKER_SECONDS = 45.0
# How often a run is handed to the workers again whose process died; each time it may die MAX_DEATHS times.
_MAX_ROUNDS = 4


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
    n_workers = min(workers, len(jobs))
    with open_cluster(n_workers, scheduler) as client:
        return _Study(client, jobs, luggage, watcher, n_workers).carry_out()


class _Study:
    """The runs under way: never more than there are workers, so that none waits behind another."""

    def __init__(
        self, client: Client, jobs: Sequence[Job], luggage: Luggage, watcher: Watcher, n_wanted: int
    ) -> None:
        self._client = client
        self._n_wanted = n_wanted  # of workers of this machine
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
        self._last_seen = time.monotonic()
        self._rounds: Counter[int] = Counter()
        self._waits_for_first = client.cluster is None  # workers elsewhere may come later than the study

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
            self._count_workers()
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
                key=f"run-{self._attempt}-{index}-{self._rounds[index]}",
                pure=False,
            )
            self._running[future] = index
            future.add_done_callback(self._news.put)

    def _count_workers(self) -> None:
        """See how many workers there are, and have those that were lost replaced.

        Raises
        ------
        IncompleteStudyError : there has been none for too long
        """
        try:
            self._n_workers = sum(self._client.nthreads().values())
        except (OSError, TimeoutError):
            self._n_workers = 0
        now = time.monotonic()
        if self._n_workers:
            self._last_seen, self._waits_for_first = now, False
        cluster = self._client.cluster
        if cluster is not None and self._n_workers < self._n_wanted:
            replace_workers(cluster, self._n_wanted)
        if not self._waits_for_first and now - self._last_seen > _NO_WORKER_SECONDS:
            raise IncompleteStudyError(
                f"no worker is left, and none came in {_NO_WORKER_SECONDS:.0f} s; finished runs are kept"
            )

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
        job = self._jobs[index]
        try:
            failure = future.result(timeout=_ANSWER_SECONDS)
        except (KilledWorker, TimeoutError, OSError):
            # What is on the disk counts, whatever became of the worker.
            failure = None
            if job.is_fresh or not _is_done(job):
                self._rounds[index] += 1
                if self._rounds[index] < _MAX_ROUNDS:
                    self._waiting.append(index)
                    return
                failure = Failure(job.config, "its process died again and again (out of memory?)")
        except CancelledError:
            raise IncompleteStudyError("the Dask scheduler was lost; finished runs are kept") from None
        if failure is not None:
            self._failures[index] = failure
        self._watcher.on_end(index, failure)


def _is_done(job: Job) -> bool:
    """Whether what the job is for is on the disk."""
    try:
        return find_result(job.config, job.folder) is not None
    except RequestError:
        return False
