"""What a call would do, and how long that would take; nothing is written."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

from bioplast.additions import load_additions
from bioplast.errors import MissingDataError
from bioplast.loading import load_module
from bioplast.sizes import format_hidden
from bioplast.studies.experiment import Experiment
from bioplast.studies.jobs import Work, name_run
from bioplast.studies.plan import Options, count_workers, list_work
from bioplast.studies.point import Point
from bioplast.studies.progress import format_seconds
from bioplast.studies.store import Store
from bioplast.studies.times import Times

LISTED = 20  # runs of an experiment that are named


@dataclass(frozen=True)
class Preview:
    """One experiment's work.

    Attributes
    ----------
    name : of the experiment
    n_stored : runs and points that are there
    waiting : names of those that are to be done, and about how many seconds each takes
    n_failed : those that failed and are not tried again
    """

    name: str
    n_stored: int
    waiting: Sequence[tuple[str, float]] = ()
    n_failed: int = 0

    @property
    def size(self) -> int:
        return self.n_stored + len(self.waiting) + self.n_failed


def preview_experiments(
    modules: Sequence[ModuleType],
    *,
    project: Path,
    quick: bool = False,
    seeds: int | None = None,
    workers: int | None = None,
    fresh: bool = False,
    retry: bool = False,
    out: Path | None = None,
) -> list[str]:
    """Lines that say what ``run_experiments`` would do with the same arguments; nothing is written.

    Raises
    ------
    RequestError : the request is wrong
    """
    options = Options(project, quick, seeds, fresh, retry)
    load_additions(project)
    waiting = [Experiment(module) for module in modules]
    experiments: dict[str, Experiment] = {}
    while waiting:
        experiment = waiting.pop(0)
        experiments.setdefault(experiment.name, experiment)
        waiting = [
            Experiment(load_module("experiment", name, project)) for name in experiment.sources
        ] + waiting
    own = [experiment for experiment in experiments.values() if not experiment.sources]
    results = out or project / "results"
    previews, lines = [], []
    for one in own:
        try:
            previews.append(preview(one, results, options))
        except MissingDataError as error:
            if len(own) == 1:
                raise
            lines.append(f"{one.name} is left out: {error}")
    return [*lines, *describe(previews, count_workers(workers))]


def preview(experiment: Experiment, results: Path, options: Options) -> Preview:
    """What ``experiment`` would do if its results were kept in ``results``.

    Raises
    ------
    RequestError : a run cannot be what is asked for
    """
    work = list_work(experiment, options)
    store = Store(results / experiment.name, makes=False)
    missing = [one for one in work if options.fresh or not _is_stored(store, one)]
    tries_again = options.fresh or options.retry
    todo = [one for one in missing if tries_again or store.find_failure(one) is None]
    times = Times.read(results) if todo else Times()
    waiting = [(_name(one), times.expect(one)) for one in todo]
    return Preview(experiment.name, len(work) - len(missing), waiting, len(missing) - len(todo))


def describe(previews: Sequence[Preview], workers: int) -> Iterator[str]:
    """Lines that say what would be done.

    Parameters
    ----------
    previews : of all experiments of a call
    workers : processes at work at once
    """
    for one in previews:
        parts = [f"{one.name}: {one.size:,} runs", f"{len(one.waiting):,} to do"]
        if one.n_failed:
            parts.append(f"{one.n_failed:,} failed before (--retry)")
        yield ", ".join(parts)
        listed = one.waiting[:LISTED]
        width = max((len(name) for name, _ in listed), default=0)
        for name, seconds in listed:
            yield f"  {name:<{width}}  {format_seconds(seconds):>12}"
        if len(one.waiting) > LISTED:
            yield f"  and {len(one.waiting) - LISTED:,} more"
    lengths = [seconds for one in previews for _, seconds in one.waiting]
    if not lengths:
        yield "nothing to do but to draw"
        return
    # However many work at once, the longest run takes its time.
    expected = max(sum(lengths) / workers, max(lengths))
    processes = f"{workers} process{'es' * (workers > 1)}"
    yield f"about {format_seconds(expected)} with {processes}, beside compiling; nothing was run or written"


def _name(work: Work) -> str:
    """A run's name with its size, in which those of a sweep may differ alone."""
    name = name_run(work)
    hidden = None if isinstance(work, Point) else work.hidden
    return name if hidden is None else f"{name}, {format_hidden(hidden)} hidden"


def _is_stored(store: Store, work: Work) -> bool:
    return store.has(work) or store.find_elsewhere(work) is not None
