"""What a study shows while it runs: a bar over its runs, and one for each worker over its run."""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn
from rich.table import Column

from bioplast.studies.jobs import Event, Failure, Job, count_samples, name_run

_LINE_SECONDS = 30.0  # between two lines in a log
_BAR = 16  # letters


class StudyProgress:
    """Watches the runs of a study; to be used as a context.

    Where ``console`` is no terminal nothing is drawn, but a line says at the start, and every half minute,
    how far the study is. Each reason for which runs fail is always told, with the first run that it ended.

    Parameters
    ----------
    title : name of the study
    jobs : the runs to be carried out
    n_stored : runs that were found finished
    console : where to draw; standard error if not given
    """

    def __init__(self, title: str, jobs: Sequence[Job], n_stored: int = 0, console: Console | None = None):
        self._jobs = jobs
        self._console = console or Console(stderr=True)
        self._bar = Progress(
            TextColumn("{task.description}", markup=False, table_column=Column(no_wrap=True)),
            BarColumn(bar_width=_BAR, table_column=Column(min_width=_BAR)),
            # A terminal may be narrow: what does not fit is left out, and never breaks the line.
            TextColumn(
                "{task.fields[state]}",
                markup=False,
                table_column=Column(no_wrap=True, overflow="ellipsis", ratio=1),
            ),
            console=self._console,
            disable=not self._console.is_terminal,
        )
        self._title = title
        self._next_line = time.monotonic()  # the first line says that it has begun
        self._n_stored = n_stored
        self._study = self._bar.add_task(
            title, total=n_stored + len(jobs), completed=n_stored, state="starting"
        )
        self._lines: dict[str, TaskID] = {}  # by worker
        self._workers: dict[int, str] = {}  # by job
        self._n_ended = 0
        self._n_failed = 0
        self._reasons: set[str] = set()
        self._seconds_ended = 0.0  # as they were expected
        self._seconds_left = math.fsum(job.expected_seconds for job in jobs)
        self._start = time.monotonic()

    def __enter__(self) -> Self:
        self._bar.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for line in self._lines.values():
            self._bar.remove_task(line)
        self._bar.stop()

    def on_event(self, event: Event) -> None:
        """A run started or has come further: its worker's line says so."""
        self._workers[event.job] = event.worker
        config = self._jobs[event.job].config
        self._draw_line(
            event.worker,
            f"{describe_event(event)}: {name_run(config)}",
            completed=event.samples,
            total=count_samples(config),
        )

    def on_warning(self, message: str) -> None:
        """A worker has something to say."""
        line = f"bioplast: {' '.join(message.split())}"
        self._console.print(line, markup=False, highlight=False, soft_wrap=True)

    def on_end(self, job: int, failure: Failure | None) -> None:
        """A run has ended: the bar moves, and its worker is free."""
        self._n_ended += 1
        self._seconds_ended += self._jobs[job].expected_seconds
        self._seconds_left -= self._jobs[job].expected_seconds
        self._bar.advance(self._study)
        if job in self._workers:
            self._draw_line(self._workers.pop(job), "waiting", completed=0, total=1)
        if failure is not None:
            self._n_failed += 1
            if failure.reason not in self._reasons:
                self._reasons.add(failure.reason)
                line = f"failed: {name_run(failure.config)}: {failure.reason}"
                self._console.print(line, markup=False, highlight=False, soft_wrap=True)

    def on_tick(self) -> None:
        """Time goes by: say how much is left."""
        n_left = len(self._jobs) - self._n_ended
        parts = [f"{self._n_stored + self._n_ended} runs done, {n_left} to go"]
        if self._n_failed:
            parts.append(f"{self._n_failed} failed")
        seconds = estimate_seconds_left(
            time.monotonic() - self._start, self._seconds_ended, self._seconds_left
        )
        if seconds is not None:
            parts.append(f"about {format_seconds(seconds)} left")
        state = ", ".join(parts)
        self._bar.update(self._study, state=state)
        if self._bar.disable and time.monotonic() >= self._next_line:
            self._next_line = time.monotonic() + _LINE_SECONDS
            self._console.print(f"{self._title}: {state}", markup=False, highlight=False, soft_wrap=True)

    def _draw_line(self, worker: str, state: str, *, completed: int, total: int | None) -> None:
        if worker not in self._lines:
            name = f"  worker {len(self._lines) + 1}"
            self._lines[worker] = self._bar.add_task(name, total=None, state=state)
        self._bar.update(self._lines[worker], state=state, completed=completed, total=total)


def describe_event(event: Event) -> str:
    """How far a run is, for people."""
    if event.online is None or event.images_per_second is None:
        return "preparing"
    return f"{event.samples:,} images, {event.online:.1%} right, {event.images_per_second:,.0f}/s"


def estimate_seconds_left(elapsed: float, ended: float, waiting: float) -> float | None:
    """Time left if the runs to come keep to their expected lengths as those that ended did.

    Parameters
    ----------
    elapsed : seconds since the study began
    ended, waiting : expected seconds of the runs that ended and of those that did not, in all

    Returns
    -------
    seconds : None before the first run has ended
    """
    return elapsed * max(waiting, 0.0) / ended if ended > 0 else None


def format_seconds(seconds: float) -> str:
    """``45 s`` or ``3 min 20 s``.

    >>> format_seconds(200.4)
    '3 min 20 s'
    """
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest:02d} s" if minutes else f"{rest} s"
