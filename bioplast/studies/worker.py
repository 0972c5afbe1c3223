"""What a worker of a study does: carry out one run, write it, say how far it is."""

from __future__ import annotations

import socket
import time
import traceback
from dataclasses import asdict, dataclass

from distributed import Status, Worker, get_worker

from bioplast.additions import load_additions
from bioplast.errors import RequestError
from bioplast.loading import load_module
from bioplast.signals import leave_signals
from bioplast.studies.experiment import Experiment
from bioplast.studies.jobs import Event, Failure, Job
from bioplast.studies.point import Point, find_point, write_point
from bioplast.studies.project_files import ProjectFiles
from bioplast.training.config import RunConfig
from bioplast.training.folder import carry_out_in, make_checkpointer
from bioplast.training.lock import only_one
from bioplast.training.loop import Position
from bioplast.training.run import set_up

_REPORT_SECONDS = 0.3


def run_job(index: int, job: Job, files: ProjectFiles, *, attempt: str, topic: str) -> Failure | None:
    """Carry out one run and write it into its folder; a run that fails says why.

    Parameters
    ----------
    index : the run's place in the study
    job : the run
    files : the study's
    attempt : what this call of the study is known by
    topic : where the study listens for events
    """
    try:
        worker = get_worker()
        call = Call(index, job, files, attempt, topic, worker, worker.get_current_task())
        call.log(Event(index, worker.address))
        if not job.folder.parent.is_dir():
            raise RequestError(
                f"scheduler: its worker on {socket.gethostname()} does not see {job.folder.parent}; "
                "results must be on a disk that all share"
            )
        if isinstance(job.config, Point):
            measure(job.config, call)
        else:
            carry_out(job.config, call)
    except RequestError as error:
        return Failure(job.config, str(error), is_request=True)
    except KeyboardInterrupt:  # nobody wants the run any more
        return Failure(job.config, "it was stopped")
    except Exception as error:  # whatever goes wrong in one run must not stop the others
        return Failure(job.config, f"{type(error).__name__}: {error}", traceback.format_exc())
    return None


@dataclass(frozen=True)
class Call:
    """One job in the hands of a worker; see ``run_job``."""

    index: int
    job: Job
    files: ProjectFiles
    attempt: str
    topic: str
    worker: Worker
    task: str

    def log(self, event: Event) -> None:
        """Tell the study."""
        self.worker.log_event(self.topic, asdict(event))

    def warn(self, message: str) -> None:
        """Have the study tell a person."""
        self.worker.log_event(self.topic, {"warning": message})

    def is_unwanted(self) -> bool:
        """Whether the study has gone, or has taken the run back."""
        state = self.worker.state.tasks.get(self.task)
        return self.worker.status != Status.running or state is None or state.state == "cancelled"

    def wait(self) -> None:
        if self.is_unwanted():
            raise KeyboardInterrupt


def carry_out(config: RunConfig, call: Call) -> None:
    """Carry out a run and write it."""
    last = 0.0

    def report(position: Position) -> None:
        nonlocal last
        ends = position.converged or position.diverged or position.samples >= setup.protocol.max_samples
        if not ends and time.monotonic() < last + _REPORT_SECONDS:
            return
        last = time.monotonic()
        seconds = position.train_seconds
        speed = position.samples / seconds if seconds > 0 else None
        call.log(Event(call.index, call.worker.address, position.samples, position.online, speed))

    setup = set_up(config, project=call.files.unpack(), commit=call.files.commit)
    if setup.config.key != config.key:
        raise RequestError(
            f"scheduler: its worker on {socket.gethostname()} makes another run of {config.model}; "
            "all must have the same version of bioplast"
        )
    # Asked for afresh, a run goes on from its own checkpoints only, not from those of an earlier call.
    is_fresh = call.job.is_fresh
    more, warn = ({"attempt": call.attempt}, be_silent) if is_fresh else ({}, call.warn)
    checkpointer = make_checkpointer(
        call.job.folder, setup, more, resumes=True, insists=False, wants_stop=call.is_unwanted, warn=warn
    )
    carry_out_in(
        call.job.folder, setup, checkpointer=checkpointer, reuses=not is_fresh, report=report, wait=call.wait
    )


def measure(point: Point, call: Call) -> None:
    """Measure a point and write what it gave."""
    project = call.files.unpack()
    with only_one(call.job.folder, call.wait) as waited:
        if waited and find_point(call.job.folder, point) is not None:
            return
        started = time.perf_counter()
        load_additions(project)
        experiment = Experiment(load_module("experiment", point.experiment, project))
        with leave_signals():  # a measurement may be the first to need Brian2
            rows = experiment.measure(point, project)
        write_point(call.job.folder, point, rows, seconds=time.perf_counter() - started)


def be_silent(message: str) -> None:
    """The warning of a checkpoint that was not to be used anyway."""
