"""Experiments from their grids to their figures: grid -> runs -> analysis -> figure, table, caption."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any

import pandas as pd
from rich.console import Console

from bioplast.additions import load_additions
from bioplast.errors import IncompleteStudyError, MissingDataError, RequestError
from bioplast.loading import load_module
from bioplast.studies.executor import execute
from bioplast.studies.experiment import Experiment
from bioplast.studies.jobs import Failure, summarize_failures
from bioplast.studies.output import draw
from bioplast.studies.plan import Options, Plan, count_workers, make_plan
from bioplast.studies.progress import StudyProgress, format_seconds
from bioplast.studies.store import Store


def run_experiments(
    modules: Sequence[ModuleType],
    *,
    project: Path,
    quick: bool = False,
    seeds: int | None = None,
    workers: int | None = None,
    scheduler: str | None = None,
    certificates: Path | None = None,
    fresh: bool = False,
    retry: bool = False,
    out: Path | None = None,
    report: Console | None = None,
    shown: Console | None = None,
) -> list[Path]:
    """Carry out what is missing of some experiments, one after another, and draw their figures.

    Parameters
    ----------
    modules : experiments/NAME.py of each
    project : folder with models/ and experiments/
    quick : the small form
    seeds : seeds of each cell; None for the experiment's own number
    workers : processes of this machine at work at once; None for one per core
    scheduler : address of a Dask scheduler whose workers are used instead
    certificates : folder of the certificates for that scheduler (``ca.pem``, ``cert.pem``, ``key.pem``)
    fresh : carry out every run again
    retry : carry out the runs again that failed when they were last tried
    out : where results go, into a folder of the experiment's name; ``<project>/results`` if None
    report : where progress is shown; standard error if None
    shown : where tables and captions are shown; standard output if None

    Returns
    -------
    folders : each holds figure.{pdf,png,svg}, figure.csv, table.{csv,md}, caption.txt, report.html and a
        folder per run; of several experiments those are left out, with a line, whose data are not on this
        machine

    Raises
    ------
    RequestError : the request is wrong
    IncompleteStudyError : a run failed for another reason; raised after the rest was drawn
    """
    series = Series(
        Options(project, quick, seeds, fresh, retry),
        workers=count_workers(workers),
        scheduler=scheduler,
        certificates=certificates,
        results=out or project / "results",
        report=report or Console(stderr=True),
        shown=shown,
    )
    load_additions(project)
    experiments = [Experiment(module) for module in modules]
    if len(experiments) > 1:
        series.announce(experiments)
    folders, errors = [], []
    for experiment in experiments:
        try:
            folders.append(series.run(experiment))
        except IncompleteStudyError as error:
            errors.append(f"{experiment.name}: {error}" if len(experiments) > 1 else str(error))
        except MissingDataError as error:
            if len(experiments) == 1:
                raise
            series.report.print(f"{experiment.name} is left out: {error}", highlight=False, soft_wrap=True)
    if errors:
        raise IncompleteStudyError("; ".join(errors))
    return folders


def run_experiment(module: ModuleType, **options: Any) -> Path:
    """The same for one experiment."""
    (folder,) = run_experiments([module], **options)
    return folder


@dataclass
class Series:
    """Experiments carried out one after another, each once.

    Attributes
    ----------
    options : what holds for all of them
    workers : processes of this machine
    scheduler : address of a Dask scheduler whose workers are used instead
    certificates : folder of the certificates for that scheduler
    results : where each has a folder
    report : where progress is shown
    shown : where tables and captions are shown; standard output if None
    """

    options: Options
    workers: int
    scheduler: str | None
    certificates: Path | None
    results: Path
    report: Console
    shown: Console | None = None
    _data: dict[str, pd.DataFrame] = field(default_factory=dict)

    def announce(self, experiments: Sequence[Experiment]) -> None:
        """Say how much there is to do and how long it will take."""
        everything = {
            e.name: e for experiment in experiments for e in (*self._load_sources(experiment), experiment)
        }
        plans = []
        for experiment in everything.values():
            with suppress(MissingDataError):  # it is left out
                plans.append(self._plan(experiment))
        # What two experiments want is done once.
        jobs = {job.config.key: job for plan in plans for job in plan.jobs}
        seconds = sum(job.expected_seconds for job in jobs.values())
        size = sum(plan.size for plan in plans)
        parts = [f"{len(plans)} figures of {size:,} runs, {len(jobs):,} of them to do"]
        if jobs and self.scheduler is None:
            processes = f"{self.workers} process{'es' * (self.workers > 1)}"
            parts.append(f"about {format_seconds(seconds / self.workers)} with {processes}")
        self.report.print("; ".join(parts), highlight=False)

    def run(self, experiment: Experiment) -> Path:
        """Carry out what is missing of ``experiment``, then draw its figure; return its folder.

        Raises
        ------
        RequestError : the request is wrong
        IncompleteStudyError : a run failed for another reason; raised after the rest was drawn
        """
        folder = self.results / experiment.name
        if experiment.name not in self._data:
            if experiment.sources:
                self._run_derived(experiment)
            else:
                self._run_own(experiment)
        return folder

    def _run_own(self, experiment: Experiment) -> None:
        plan = self._plan(experiment)
        failures = [*plan.earlier, *self._run_jobs(plan)]
        failed = {failure.config.key for failure in failures}
        runs = [plan.store.read(config) for config in plan.runs if config.key not in failed]
        rows = [
            row for point in plan.points if point.key not in failed for row in plan.store.read_rows(point)
        ]
        if runs or rows:
            findings = [runs] if experiment.has_runs else []
            findings += [pd.DataFrame(rows)] if experiment.has_points else []
            try:
                self._data[experiment.name] = self._draw(
                    experiment,
                    findings,
                    plan.store.folder,
                    runs=runs,
                    failures=failures,
                    rows=findings[-1] if experiment.has_points else None,
                )
            except RequestError:
                raise
            except (ValueError, LookupError) as error:
                if not failures:
                    raise
                reason = f"{experiment.name}: too little was carried out to draw: {error}"
                self.report.print(reason, highlight=False, markup=False, soft_wrap=True)
        _check_complete(failures, plan.size, len(plan.earlier))

    def _run_derived(self, experiment: Experiment) -> None:
        incomplete = []
        for source in self._load_sources(experiment):
            try:
                self.run(source)
            except IncompleteStudyError as error:
                incomplete.append(f"{source.name}: {error}")
        lacking = [name for name in experiment.sources if name not in self._data]
        if not lacking:
            folder = Store(self.results / experiment.name).folder
            findings = {name: self._data[name] for name in experiment.sources}
            self._data[experiment.name] = self._draw(experiment, [findings], folder)
        if incomplete:
            raise IncompleteStudyError("; ".join(incomplete))

    def _draw(
        self, experiment: Experiment, findings: Sequence[Any], folder: Path, **more: Any
    ) -> pd.DataFrame:
        command = experiment.say_command(self.options.quick, self.options.seeds)
        return draw(experiment, findings, folder, command=command, shown=self.shown, **more)

    def _load_sources(self, experiment: Experiment) -> list[Experiment]:
        return [
            Experiment(load_module("experiment", name, self.options.project)) for name in experiment.sources
        ]

    def _plan(self, experiment: Experiment) -> Plan:
        return make_plan(experiment, self.results / experiment.name, self.options)

    def _run_jobs(self, plan: Plan) -> list[Failure]:
        jobs, store, name = plan.jobs, plan.store, plan.experiment.name
        if not jobs:
            return []
        for job in jobs:
            store.forget_failure(job.config)
        n_stored = plan.size - len(jobs)
        try:
            with StudyProgress(name, jobs, n_stored, self.report) as progress:
                failures = execute(
                    jobs,
                    project=self.options.project,
                    workers=self.workers,
                    watcher=progress,
                    scheduler=self.scheduler,
                    certificates=self.certificates,
                )
        except KeyboardInterrupt:
            n_kept = n_stored + sum(store.has(job.config) for job in jobs)
            print(f"{name}: {n_kept} of {plan.size} runs are finished and kept", file=sys.stderr)
            raise
        for failure in failures:
            if not failure.is_lost:
                store.record_failure(failure)
        return failures


def _check_complete(failures: Sequence[Failure], n_runs: int, n_earlier: int) -> None:
    """Raise if runs failed, with each reason once; ``n_earlier`` were not tried again."""
    if not failures:
        return
    message = f"{len(failures)} of {n_runs} runs failed: {summarize_failures(failures)}"
    if n_earlier:
        message += f" ({n_earlier} of them failed before and were not tried again; --retry tries them)"
    if any(failure.is_lost for failure in failures):
        message += "; what is finished is kept, and the same command goes on"
    if all(failure.is_request for failure in failures):
        raise RequestError(message)
    raise IncompleteStudyError(message)
