"""What a worker process of a study does: carry out one run, write it, say how far it is."""

from __future__ import annotations

import os
import signal
import traceback
from dataclasses import dataclass
from multiprocessing.queues import SimpleQueue
from pathlib import Path

from bioplast.errors import RequestError
from bioplast.studies.jobs import Event, Failure, Job
from bioplast.training.loop import Position
from bioplast.training.record import write_run
from bioplast.training.run import carry_out


@dataclass(frozen=True)
class _Desk:
    """Where this process works, set once when it starts."""

    project: Path
    events: SimpleQueue[Event]


_desk: list[_Desk] = []


def set_up_worker(project: Path, events: SimpleQueue[Event]) -> None:
    """Prepare this process; called once, before its first run."""
    # Ctrl-C reaches every process of the terminal: a worker leaves without a word, the study speaks for it.
    signal.signal(signal.SIGINT, lambda *_: os._exit(130))
    _desk.append(_Desk(project, events))


def carry_out_job(index: int, job: Job) -> Failure | None:
    """Carry out one run and write it into its folder; a run that fails says why."""
    desk = _desk[-1]
    worker = os.getpid()
    desk.events.put(Event(index, worker))

    def report(position: Position) -> None:
        seconds = position.train_seconds
        speed = position.samples / seconds if seconds > 0 else None
        desk.events.put(Event(index, worker, position.samples, position.online, speed))

    try:
        run = carry_out(job.config, project=desk.project, report=report)
        write_run(job.folder, run)
    except RequestError as error:
        return Failure(job.config, str(error), is_request=True)
    except Exception as error:  # whatever goes wrong in one run must not stop the others
        return Failure(job.config, f"{type(error).__name__}: {error}", traceback.format_exc())
    return None
