"""What an experiment asks for, and what of it is still to be done."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bioplast.errors import RequestError
from bioplast.studies.experiment import Experiment
from bioplast.studies.jobs import Failure, Job, Work
from bioplast.studies.point import Point
from bioplast.studies.store import Store
from bioplast.studies.times import Times
from bioplast.training.config import RunConfig
from bioplast.training.run import set_up


@dataclass(frozen=True)
class Options:
    """What holds for all experiments of a call.

    Attributes
    ----------
    project : folder with models/ and experiments/
    quick : the small form
    seeds : seeds of each cell; None for the experiment's own number
    fresh : carry out everything again
    retry : carry out again what failed when it was last tried
    """

    project: Path
    quick: bool = False
    seeds: int | None = None
    fresh: bool = False
    retry: bool = False


@dataclass(frozen=True)
class Plan:
    """One experiment's runs and points.

    Attributes
    ----------
    experiment, store : whose they are, and where they are kept
    runs, points : all of them
    jobs : what is still to be done
    earlier : what failed before and is not tried again
    """

    experiment: Experiment
    store: Store
    runs: Sequence[RunConfig]
    points: Sequence[Point]
    jobs: Sequence[Job]
    earlier: Sequence[Failure]

    @property
    def size(self) -> int:
        """Number of runs and points."""
        return len(self.runs) + len(self.points)


def make_plan(experiment: Experiment, folder: Path, options: Options) -> Plan:
    """What ``experiment``, kept in ``folder``, asks for; runs that others beside it have are used again.

    Raises
    ------
    RequestError : a run cannot be what is asked for
    """
    everything = list_work(experiment, options)
    store = Store(folder)
    missing = everything if options.fresh else [work for work in everything if store.find(work) is None]
    if not options.fresh:
        missing = [work for work in missing if isinstance(work, Point) or not store.reuse(work)]
    tries_again = options.fresh or options.retry
    earlier = [] if tries_again else [note for note in map(store.find_failure, missing) if note]
    given_up = {failure.config.key for failure in earlier}
    times = Times.read(folder.parent) if missing else Times()
    jobs = [
        Job(work, store.folder_of(work), times.expect(work), is_fresh=options.fresh)
        for work in missing
        if work.key not in given_up
    ]
    runs = [work for work in everything if not isinstance(work, Point)]
    points = [work for work in everything if isinstance(work, Point)]
    return Plan(experiment, store, runs, points, jobs, earlier)


def list_work(experiment: Experiment, options: Options) -> list[Work]:
    """All runs and points that ``experiment`` asks for, complete, so that they have keys.

    Raises
    ------
    RequestError : a run cannot be what is asked for
    """
    grid = experiment.make_grid(options.quick, options.seeds)
    complete = [set_up(config, project=options.project).config for config in grid]
    # A grid may name a run twice, for instance as a cell of two panels.
    work: list[Work] = [*complete, *experiment.make_points(options.quick, options.seeds)]
    return list({one.key: one for one in work}.values())


def count_workers(workers: int | None) -> int:
    """Processes of this machine at work at once; None is one for each core that we may use.

    Raises
    ------
    RequestError : fewer than one
    """
    if workers is None:
        return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    if workers < 1:
        raise RequestError(f"workers: must be a whole number >= 1, got {workers}")
    return workers
