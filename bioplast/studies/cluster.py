"""Where the workers are: on this machine, or at a Dask scheduler that is running already."""

from __future__ import annotations

import gc
import logging
import os
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from typing import Any

import dask
from distributed import Client, LocalCluster, Status

from bioplast.errors import RequestError

LOOPBACK = "127.0.0.1"
# A run whose process died that often is not tried again.
MAX_DEATHS = 3
CONNECT_SECONDS = 10
_LOST = (Status.failed, Status.closed)

_THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS")


@contextmanager
def open_cluster(workers: int, scheduler: str | None = None) -> Iterator[Client]:
    """A client of the workers.

    Parameters
    ----------
    workers : processes to start on this machine, with one thread each; they listen to this machine only
    scheduler : address of a scheduler whose workers are used instead

    Raises
    ------
    RequestError : there is no scheduler at that address
    """
    _quieten()
    with ExitStack() as stack:
        if scheduler is None:
            cluster = stack.enter_context(_start_local(workers))
            client = stack.enter_context(Client(cluster, set_as_default=False))
        else:
            client = stack.enter_context(_connect(scheduler))
        yield client


def _connect(scheduler: str) -> Client:
    try:
        return Client(scheduler, timeout=CONNECT_SECONDS, set_as_default=False)
    except (OSError, ValueError, TimeoutError, RuntimeError, TypeError) as error:
        reason = " ".join(str(error).split())
        raise RequestError(f"scheduler: no Dask scheduler at {scheduler!r} ({reason})") from None


@contextmanager
def _start_local(workers: int) -> Iterator[LocalCluster]:
    # A client that found no scheduler closes itself when it is collected, which would wait for ever for
    # the lock that starting a cluster holds.
    gc.collect()
    # Libraries read these variables while they are imported: only what a process inherits counts.
    environment = dict.fromkeys(_THREADS, "1")
    settings: dict[str, Any] = {
        "distributed.nanny.pre-spawn-environ": environment,
        "distributed.scheduler.allowed-failures": MAX_DEATHS,
        # Neither pages nor metrics: the servers that Dask starts for them have nothing to serve.
        "distributed.scheduler.http.routes": [],
        "distributed.worker.http.routes": [],
        "distributed.worker.preload": ["bioplast.studies.preload"],
        "distributed.deploy.lost-worker-timeout": "3s",
        "distributed.admin.low-level-log-length": 100,
        "distributed.admin.log-length": 100,
    }
    with (
        tempfile.TemporaryDirectory(prefix="bioplast-", ignore_cleanup_errors=True) as scratch,
        _environment(environment),
        # Dask's own folder has a name that everybody knows beforehand.
        dask.config.set({**settings, "temporary-directory": scratch}),
    ):
        # Without workers at first: one that is killed while it starts would end the study.
        cluster = LocalCluster(
            n_workers=0,
            threads_per_worker=1,
            host=LOOPBACK,
            dashboard_address=f"{LOOPBACK}:0",
            worker_dashboard_address=f"{LOOPBACK}:0",
            silence_logs=logging.CRITICAL,
            memory_limit=0,  # runs hold their own memory; Dask would kill those it knows nothing of
            local_directory=scratch,
        )
        replace_workers(cluster, workers)
        try:
            yield cluster
        finally:
            # On a crowded machine a worker may not end in time: it ends with this process, and what it
            # had to do is done and written.
            with suppress(TimeoutError):
                cluster.close()


def replace_workers(cluster: LocalCluster, n_workers: int) -> None:
    """Have as many workers as there should be: those that were lost, or never started, are started anew."""

    def replace() -> None:
        for name, worker in list(cluster.workers.items()):
            if worker.status in _LOST:
                del cluster.workers[name]
        cluster.scale(n_workers)

    cluster.loop.add_callback(replace)


@contextmanager
def _environment(variables: dict[str, str]) -> Iterator[None]:
    """Set environment variables; Dask lets those that are set already win over its settings."""
    before = {name: os.environ.get(name) for name in variables}
    os.environ.update(variables)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def _quieten() -> None:
    """A worker that died is told by the study, in its own words."""
    names = ("distributed", "distributed.nanny", "distributed.client", "distributed.scheduler")
    for name in (*names, "distributed.core", "distributed.worker", "tornado.application", "asyncio"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
