"""What a worker of a study does: carry out one run, write it, say how far it is."""

from __future__ import annotations

import signal
import socket
import time
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from unittest.mock import patch

from distributed import Worker, get_worker

from bioplast.errors import RequestError
from bioplast.studies.jobs import Event, Failure, Job
from bioplast.studies.luggage import Luggage
from bioplast.training.folder import carry_out_in, make_keeper
from bioplast.training.keeper import warn_on_stderr
from bioplast.training.loop import Position
from bioplast.training.run import set_up

_REPORT_SECONDS = 0.3


def carry_out_job(index: int, job: Job, luggage: Luggage, *, attempt: str, topic: str) -> Failure | None:
    """Carry out one run and write it into its folder; a run that fails says why.

    Parameters
    ----------
    index : the run's place in the study
    job : the run
    luggage : the study's files
    attempt : what this call of the study is known by
    topic : where the study listens for events
    """
    try:
        _carry_out(index, job, luggage, attempt, topic)
    except RequestError as error:
        return Failure(job.config, str(error), is_request=True)
    except KeyboardInterrupt:  # nobody wants the run any more
        return Failure(job.config, "it was stopped")
    except Exception as error:  # whatever goes wrong in one run must not stop the others
        return Failure(job.config, f"{type(error).__name__}: {error}", traceback.format_exc())
    return None


def _carry_out(index: int, job: Job, luggage: Luggage, attempt: str, topic: str) -> None:
    worker = get_worker()
    task = worker.get_current_task()
    last = 0.0

    def report(position: Position) -> None:
        nonlocal last
        ends = position.converged or position.diverged or position.samples >= setup.protocol.max_samples
        if not ends and time.monotonic() < last + _REPORT_SECONDS:
            return
        last = time.monotonic()
        seconds = position.train_seconds
        speed = position.samples / seconds if seconds > 0 else None
        event = Event(index, worker.address, position.samples, position.online, speed)
        worker.log_event(topic, asdict(event))

    def is_unwanted() -> bool:
        return _is_cancelled(worker, task)

    def wait() -> None:
        if is_unwanted():
            raise KeyboardInterrupt

    worker.log_event(topic, asdict(Event(index, worker.address)))
    if not job.folder.parent.is_dir():
        raise RequestError(
            f"scheduler: its worker on {socket.gethostname()} does not see {job.folder.parent}; "
            "results must be on a disk that all share"
        )
    with leave_signals():
        setup = set_up(job.config, project=luggage.unpack(), commit=luggage.commit)
    if setup.config.key != job.config.key:
        raise RequestError(
            f"scheduler: its worker on {socket.gethostname()} makes another run of {job.config.model}; "
            "all must have the same version of bioplast"
        )
    # Asked for afresh, a run goes on from its own checkpoints only, not from those of an earlier call.
    more, warn = ({"attempt": attempt}, be_silent) if job.is_fresh else ({}, warn_on_stderr)
    keeper = make_keeper(
        job.folder, setup, more, resumes=True, insists=False, wants_stop=is_unwanted, warn=warn
    )
    carry_out_in(job.folder, setup, keeper=keeper, reuses=not job.is_fresh, report=report, wait=wait)


@contextmanager
def leave_signals() -> Iterator[None]:
    """Have the network's file imported in this thread, which is not the worker's main one.

    Brian2 takes over Ctrl-C when it is imported; Python allows that in the main thread only, and a
    worker leaves Ctrl-C to the study anyway.
    """
    with patch.object(signal, "signal", lambda number, handler: signal.getsignal(number)):
        yield


def be_silent(message: str) -> None:
    """The warning of a checkpoint that was not to be used anyway."""


def _is_cancelled(worker: Worker, task: str) -> bool:
    """Whether the study has gone, or has taken the run back."""
    state = worker.state.tasks.get(task)
    return state is None or state.state == "cancelled"
