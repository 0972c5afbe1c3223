"""One experiment from its grid to its figure: grid -> runs -> analysis -> figure, table, caption."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

from rich.console import Console

from bioplast.errors import IncompleteStudyError, RequestError
from bioplast.figures.style import save_figure, use_style
from bioplast.studies.caption import fill_caption
from bioplast.studies.executor import execute
from bioplast.studies.experiment import Experiment, as_experiment, name_experiment
from bioplast.studies.jobs import Failure, Job
from bioplast.studies.progress import StudyProgress
from bioplast.studies.store import Store
from bioplast.studies.table import make_rich_table
from bioplast.training.config import RunConfig
from bioplast.training.lock import only_one
from bioplast.training.record import Run
from bioplast.training.run import set_up

TABLE_WIDTH = 160


def run_experiment(
    module: ModuleType,
    *,
    project: Path,
    quick: bool = False,
    seeds: int | None = None,
    workers: int | None = None,
    scheduler: str | None = None,
    fresh: bool = False,
    retry: bool = False,
    out: Path | None = None,
    report: Console | None = None,
) -> Path:
    """Carry out what is missing of an experiment, then draw its figure.

    Parameters
    ----------
    module : experiments/NAME.py
    project : folder with models/ and experiments/
    quick : the small form
    seeds : seeds of each cell; None for the experiment's own number
    workers : processes of this machine at work at once; None for one per core
    scheduler : address of a Dask scheduler whose workers are used instead
    fresh : carry out every run again
    retry : carry out the runs again that failed when they were last tried
    out : where results go, into a folder of the experiment's name; ``<project>/results`` if None
    report : where progress is shown; standard error if None

    Returns
    -------
    folder : holds figure.{pdf,png,svg}, figure.csv, table.csv, caption.txt and a folder per run

    Raises
    ------
    RequestError : the request is wrong
    IncompleteStudyError : a run failed for another reason; raised after the rest was drawn
    """
    experiment, name = as_experiment(module), name_experiment(module)
    crew = _Crew(_check_workers(workers), scheduler)
    # A grid may name a run twice, for instance as a cell of two panels.
    configs = list({config.key: config for config in _complete(experiment, quick, seeds, project)}.values())
    store = Store((out or project / "results") / name)
    stored = set() if fresh else {config.key for config in configs if store.find(config)}
    missing = [config for config in configs if config.key not in stored]
    earlier = [] if fresh or retry else [note for note in map(store.find_failure, missing) if note]
    given_up = {failure.config.key for failure in earlier}
    jobs = [
        Job(config, store.folder_of(config), experiment.expected_seconds(config), is_fresh=fresh)
        for config in missing
        if config.key not in given_up
    ]
    failures = earlier + _carry_out(jobs, store, name, len(configs) - len(jobs), project, crew, report)
    failed = {failure.config.key for failure in failures}
    runs = [store.read(config) for config in configs if config.key not in failed]
    if runs:
        # Two studies may share the folder: the figure is that of one of them, not of both.
        with only_one(store.folder):
            try:
                _draw(experiment, runs, failures, store.folder)
            except OSError as error:
                reason = f"cannot write the figure to {store.folder}: {error.strerror}"
                raise RequestError(f"out: {reason}; finished runs are kept") from None
    _check_complete(failures, len(configs), len(earlier))
    return store.folder


@dataclass(frozen=True)
class _Crew:
    """Who carries out the runs: processes of this machine, or the workers of a scheduler."""

    workers: int
    scheduler: str | None


def _complete(experiment: Experiment, quick: bool, seeds: int | None, project: Path) -> list[RunConfig]:
    return [set_up(config, project=project).config for config in experiment.make_grid(quick, seeds)]


def _carry_out(
    jobs: Sequence[Job],
    store: Store,
    name: str,
    n_stored: int,
    project: Path,
    crew: _Crew,
    report: Console | None,
) -> list[Failure]:
    if not jobs:
        return []
    for job in jobs:
        store.forget_failure(job.config)
    try:
        with StudyProgress(name, jobs, n_stored, report) as progress:
            failures = execute(
                jobs, project=project, workers=crew.workers, watcher=progress, scheduler=crew.scheduler
            )
    except KeyboardInterrupt:
        n_kept = n_stored + sum(store.has(job.config) for job in jobs)
        print(f"{name}: {n_kept} of {n_stored + len(jobs)} runs are finished and kept", file=sys.stderr)
        raise
    for failure in failures:
        store.record_failure(failure)
    return failures


def _draw(experiment: Experiment, runs: Sequence[Run], failures: Sequence[Failure], folder: Path) -> None:
    data = experiment.analyse(runs)
    data.to_csv(folder / "figure.csv", index=False)
    with use_style():
        save_figure(experiment.plot(data), folder)
    table = experiment.tabulate(runs)
    table.to_csv(folder / "table.csv", index=False)
    caption = fill_caption(experiment.CAPTION, runs, failures)
    (folder / "caption.txt").write_text(caption + "\n", encoding="utf-8")
    # Columns are whole even where the terminal is too narrow, or where there is none.
    Console(width=TABLE_WIDTH).print(make_rich_table(table))
    Console().print(caption, highlight=False, markup=False)


def _check_workers(workers: int | None) -> int:
    if workers is None:
        return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    if workers < 1:
        raise RequestError(f"workers: must be a whole number >= 1, got {workers}")
    return workers


def _check_complete(failures: Sequence[Failure], n_runs: int, n_earlier: int) -> None:
    """Raise if runs failed, with the reason of the first of each kind; ``n_earlier`` were not tried again."""
    if not failures:
        return
    reasons = "; ".join(dict.fromkeys(failure.reason for failure in failures))
    message = f"{len(failures)} of {n_runs} runs failed: {reasons}"
    if n_earlier:
        message += f" ({n_earlier} of them failed before and were not tried again; --retry tries them)"
    if all(failure.is_request for failure in failures):
        raise RequestError(message)
    raise IncompleteStudyError(message)
