"""Where the workers are: on this machine, or at a Dask scheduler that is running already."""

from __future__ import annotations

import asyncio
import logging
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import dask
from distributed import Client, LocalCluster
from distributed.comm import connect
from distributed.security import Security

from bioplast.errors import RequestError
from bioplast.studies.local_workers import LOOPBACK, LocalWorkers

# A run whose process died that often is not tried again.
MAX_DEATHS = 3
CONNECT_SECONDS = 10
CLOSE_SECONDS = 10
CERTIFICATES = {"tls_ca_file": "ca.pem", "tls_client_cert": "cert.pem", "tls_client_key": "key.pem"}


@dataclass(frozen=True)
class Workers:
    """Who carries out runs.

    Attributes
    ----------
    client : Dask's, of their scheduler
    local : those of this machine; None if others look after them
    """

    client: Client
    local: LocalWorkers | None


@contextmanager
def open_cluster(
    workers: int, scheduler: str | None = None, certificates: Path | None = None
) -> Iterator[Workers]:
    """The workers of this machine, or those of a scheduler.

    Parameters
    ----------
    workers : processes to start on this machine, with one thread each; they listen to this machine only,
        and to those who have the certificates that are made for this study
    scheduler : address of a scheduler whose workers are used instead
    certificates : folder with ``ca.pem``, ``cert.pem`` and ``key.pem``, by which that scheduler knows the
        study

    Raises
    ------
    RequestError : there is no scheduler at that address, or no certificates in that folder
    """
    _quieten()
    with ExitStack() as stack:
        if scheduler is None:
            yield stack.enter_context(_start_local(workers))
        else:
            client = _connect(scheduler, certificates)
            stack.callback(_without_delay, lambda: client.close(timeout=CLOSE_SECONDS))
            yield Workers(client, None)


def _connect(scheduler: str, certificates: Path | None) -> Client:
    security = Security() if certificates is None else _read_certificates(certificates)
    try:
        # In a thread, since a notebook has a loop of its own.
        with ThreadPoolExecutor(1) as pool:
            pool.submit(asyncio.run, _greet(scheduler, security)).result()
        return Client(scheduler, timeout=CONNECT_SECONDS, security=security, set_as_default=False)
    except (OSError, ValueError, TimeoutError, RuntimeError, TypeError) as error:
        reason = " ".join(str(error).split())
        raise RequestError(f"scheduler: no Dask scheduler at {scheduler!r} ({reason})") from None


async def _greet(scheduler: str, security: Security) -> None:
    """See whether a scheduler answers: a client that found none tries to close for half a minute."""
    arguments = security.get_connection_args("client")
    comm = await connect(scheduler, timeout=CONNECT_SECONDS, **arguments)
    await comm.close()


def _read_certificates(folder: Path) -> Security:
    files = {option: folder / name for option, name in CERTIFICATES.items()}
    missing = [path.name for path in files.values() if not path.is_file()]
    if missing:
        raise RequestError(f"certificates: no {', '.join(missing)} in {folder}")
    return Security(require_encryption=True, **{option: str(path) for option, path in files.items()})


@contextmanager
def _start_local(n_workers: int) -> Iterator[Workers]:
    settings: dict[str, Any] = {
        "distributed.scheduler.allowed-failures": MAX_DEATHS,
        "distributed.scheduler.http.routes": [],
        "distributed.admin.low-level-log-length": 100,
        "distributed.admin.log-length": 100,
    }
    with (
        tempfile.TemporaryDirectory(prefix="bioplast-", ignore_cleanup_errors=True) as scratch,
        # Dask's own folder has a name that everybody knows beforehand.
        dask.config.set({**settings, "temporary-directory": scratch}),
        ExitStack() as stack,
    ):
        security = Security.temporary()
        # A scheduler alone: its workers are programs that we start and replace ourselves.
        cluster = LocalCluster(
            n_workers=0,
            host=LOOPBACK,
            dashboard_address=f"{LOOPBACK}:0",
            silence_logs=logging.CRITICAL,
            security=security,
        )
        stack.callback(_without_delay, lambda: cluster.close(timeout=CLOSE_SECONDS))
        client = Client(cluster, set_as_default=False)
        stack.callback(_without_delay, lambda: client.close(timeout=CLOSE_SECONDS))
        local = LocalWorkers(cluster.scheduler_address, n_workers, Path(scratch), security)
        yield Workers(client, stack.enter_context(local))


def _without_delay(close: Callable[[], object]) -> None:
    """Close what may not answer any more: all that had to be done is done and written."""
    with suppress(TimeoutError, OSError):
        close()


def _quieten() -> None:
    """A worker that died is told by the study, in its own words."""
    names = ("distributed", "distributed.client", "distributed.scheduler", "distributed.core")
    for name in (*names, "tornado.application", "asyncio"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
