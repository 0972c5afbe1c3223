"""A run's progress on standard error, for whoever watches a terminal."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn

from bioplast.training.loop import Position, Report, be_silent


@contextmanager
def watch(label: str, max_samples: int, console: Console | None = None) -> Iterator[Report]:
    """A report that shows how far a run is; silent where nobody watches a terminal.

    Parameters
    ----------
    label : what is run
    max_samples : trials after which it gives up
    console : where to show it; standard error if None
    """
    console = console or Console(stderr=True)
    if not console.is_terminal:
        yield be_silent
        return
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}", markup=False),
        BarColumn(bar_width=12),
        TextColumn("{task.fields[news]}"),
    )
    with Progress(*columns, console=console) as bar:
        task = bar.add_task(label, total=max_samples, news="making the network")

        def report(position: Position) -> None:
            bar.update(task, completed=position.samples, news=describe(position, max_samples))

        yield report


def describe(position: Position, max_samples: int) -> str:
    """Images, images/s, accuracy and energy so far, and the longest it can still take.

    The goal may be reached long before the limit, so the time left is an upper bound.
    """
    if not position.trace or position.online is None:
        return "making the network"
    row = position.trace[-1]
    seconds = position.train_seconds + position.evaluate_seconds
    left = timedelta(seconds=round(seconds / position.samples * (max_samples - position.samples)))
    parts = [f"{position.samples:,}"]
    if position.train_seconds > 0:
        parts.append(f"{position.samples / position.train_seconds:,.0f}/s")
    parts.append(f"online {position.online:.1%}")
    if position.validation is not None:
        parts.append(f"validation {position.validation:.1%}")
    parts += [f"m0 {row['m0']:.2e}", f"m1 {row['m1']:.2e}", f"at most {left} left"]
    return "  ".join(parts)
