"""Runs jobs in parallel on Dask workers.

``execute`` is all that the rest of a study knows of how its runs are spread out. What counts is the disk: a
run is done when its record is there, whatever became of the worker.
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

from distributed import Future, KilledWorker

from bioplast.errors import RequestError
from bioplast.studies.cluster import Workers, open_cluster
from bioplast.studies.jobs import Event, Failure, Job
from bioplast.studies.project_files import ProjectFiles
from bioplast.studies.store import find_result
from bioplast.studies.worker import run_job
from bioplast.training.versions import find_commit

_TICK_SECONDS = 0.2
_COUNT_SECONDS = 1.0  # between two looks at how many workers there are
_ANSWER_SECONDS = 5.0  # for the answer of a worker that may be gone
# For a worker to come: where none does for so long, none will.
_NO_WORKER_SECONDS = 45.0
# How often a run is handed to the workers again whose process died; each time it may die MAX_DEATHS times.
_MAX_ROUNDS = 4


class Watcher(Protocol):
    """Who wants to know how the runs go on; see ``progress.py``."""

    def on_event(self, event: Event) -> None:
        """A run started or has come further."""

    def on_warning(self, message: str) -> None:
        """A worker has something to say that a person should know."""

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
    certificates: Path | None = None,
) -> list[Failure]:
    """Run ``jobs``, the longest first, each written as soon as it is done.

    A run that fails does not stop the others. A worker that dies is replaced, and its run goes on from
    its checkpoint; one whose process died too often has failed. Where no worker is left, and none comes, the
    runs that are not done have failed.

    Parameters
    ----------
    jobs : the runs
    project : folder with models/ and experiments/; workers get a copy
    workers : processes on this machine
    watcher : told how the runs go on
    scheduler : address of a Dask scheduler whose workers are used instead; they must see the folders of
        the jobs under the same path
    certificates : folder of the certificates for that scheduler

    Returns
    -------
    failures : the runs that could not be carried out, in the order of ``jobs``

    Raises
    ------
    RequestError : there is no such scheduler
    """
    files = ProjectFiles.pack(project, find_commit(project) or "")
    with open_cluster(min(workers, len(jobs)), scheduler, certificates) as cluster:
        return _Study(cluster, jobs, files, watcher).run()


class _NoWorkerError(Exception):
    """Nobody is left who could carry out a run."""


class _Study:
    """The runs under way: never more than there are workers, so that none waits behind another."""

    def __init__(self, workers: Workers, jobs: Sequence[Job], files: ProjectFiles, watcher: Watcher) -> None:
        self._client, self._local = workers.client, workers.local
        self._jobs = jobs
        self._files = files
        self._watcher = watcher
        self._waiting = deque(sorted(range(len(jobs)), key=lambda index: -jobs[index].expected_seconds))
        self._running: dict[Future, int] = {}
        self._failures: dict[int, Failure] = {}
        self._news: queue.SimpleQueue[Event | str | Future] = queue.SimpleQueue()
        self._attempt = uuid.uuid4().hex
        self._topic = f"bioplast-{self._attempt}"
        self._rounds: Counter[int] = Counter()
        self._n_workers = 0
        self._next_count = 0.0
        # Workers elsewhere may come later than the study: then there is no last time yet.
        self._last_seen = time.monotonic() if self._local else None

    def run(self) -> list[Failure]:
        self._client.subscribe_topic(self._topic, self._hear)
        try:
            while self._waiting or self._running:
                self._submit()
                self._listen()
                self._watcher.on_tick()
        except _NoWorkerError as error:
            self._give_up(str(error))
        finally:
            self._client.cancel(list(self._running))
        return [self._failures[index] for index in sorted(self._failures)]

    def _hear(self, event: tuple[float, Any]) -> None:
        content = event[1]
        self._news.put(content["warning"] if "warning" in content else Event(**content))

    def _submit(self) -> None:
        if time.monotonic() >= self._next_count:
            self._count_workers()
            self._next_count = time.monotonic() + _COUNT_SECONDS
        while self._waiting and len(self._running) < self._n_workers:
            index = self._waiting.popleft()
            future = self._client.submit(
                run_job,
                index,
                self._jobs[index],
                self._files,
                attempt=self._attempt,
                topic=self._topic,
                key=f"run-{self._attempt}-{index}-{self._rounds[index]}",
                pure=False,
            )
            self._running[future] = index
            future.add_done_callback(self._news.put)

    def _count_workers(self) -> None:
        """See how many workers there are, and have those that were lost replaced."""
        if self._local:
            self._local.replace_lost()
        try:
            self._n_workers = sum(self._client.nthreads().values())
        except (OSError, TimeoutError):
            self._n_workers = 0
        now = time.monotonic()
        if self._n_workers:
            self._last_seen = now
        if self._last_seen is not None and now - self._last_seen > _NO_WORKER_SECONDS:
            reason = self._local.explain() if self._local else ""
            raise _NoWorkerError(
                f"no worker was left, and none came in {_NO_WORKER_SECONDS:.0f} s"
                + f" ({reason})" * bool(reason)
            )

    def _listen(self) -> None:
        """Pass on what has happened; return when there was something, or after a while."""
        try:
            news = self._news.get(timeout=_TICK_SECONDS)
            while True:
                if isinstance(news, Event):
                    self._watcher.on_event(news)
                elif isinstance(news, str):
                    self._watcher.on_warning(news)
                else:
                    self._take_result(news)
                news = self._news.get_nowait()
        except queue.Empty:
            pass

    def _take_result(self, future: Future) -> None:
        index = self._running[future]
        try:
            failure = future.result(timeout=_ANSWER_SECONDS)
        except (KilledWorker, TimeoutError, OSError):
            failure = None
            if not _is_done(self._jobs[index]):
                self._rounds[index] += 1
                if self._rounds[index] < _MAX_ROUNDS:
                    del self._running[future]
                    self._waiting.append(index)
                    return
                reason = "its process died again and again (out of memory?)"
                failure = Failure(self._jobs[index].config, reason)
        except CancelledError:
            raise _NoWorkerError("the Dask scheduler was lost") from None
        del self._running[future]
        self._end(index, failure)

    def _give_up(self, reason: str) -> None:
        for index in sorted([*self._waiting, *self._running.values()]):
            job = self._jobs[index]
            self._end(index, None if _is_done(job) else Failure(job.config, reason, is_lost=True))

    def _end(self, index: int, failure: Failure | None) -> None:
        if failure is not None:
            self._failures[index] = failure
        self._watcher.on_end(index, failure)


def _is_done(job: Job) -> bool:
    """Whether what the job is for is on the disk; asked for afresh, what is there may be of before."""
    if job.is_fresh:
        return False
    try:
        return find_result(job.config, job.folder) is not None
    except RequestError:
        return False
