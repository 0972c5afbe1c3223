"""A run's progress on standard error: a bar for whoever watches a terminal or a notebook, lines in a log."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from importlib import import_module

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn

from bioplast.training.loop import Position, Report, be_silent

LINE_SECONDS = 30.0  # between two lines in a log
LONGEST_SECONDS = 1e10  # that are told; three centuries
_PREPARING = "making the network"
_BAR = 12  # letters
_BESIDE_NEWS = _BAR + 3  # and a spinner, and spaces between


@contextmanager
def watch(label: str, max_samples: int, console: Console | None = None) -> Iterator[Report]:
    """A report that shows how far a run is.

    Where nobody watches a terminal or a notebook there is a line each ``LINE_SECONDS``.

    Parameters
    ----------
    label : what is run
    max_samples : trials after which it gives up
    console : where to show it; standard error if None. One that is quiet gets nothing
    """
    console = console or Console(stderr=True)
    if console.quiet:
        yield be_silent
    elif console.is_jupyter:
        yield from _show(label, max_samples)
    elif console.is_terminal:
        yield from _draw(label, max_samples, console)
    else:
        yield from _log(label, max_samples, console)


def _draw(label: str, max_samples: int, console: Console) -> Iterator[Report]:
    columns = (SpinnerColumn(), BarColumn(bar_width=_BAR), TextColumn("{task.fields[news]}"))
    console.print(label, markup=False, highlight=False)
    with Progress(*columns, console=console) as bar:
        task = bar.add_task(label, total=max_samples, news=_PREPARING)

        def report(position: Position) -> None:
            news = describe(position, max_samples, console.width - _BESIDE_NEWS)
            bar.update(task, completed=position.samples, news=news)

        yield report


def _show(label: str, max_samples: int) -> Iterator[Report]:
    """One line in a notebook, which changes as the run goes on."""
    display = import_module("IPython.display").display  # there is one, where there is a notebook

    def make(news: str) -> dict[str, str]:
        return {"text/plain": f"{label}: {news}"}

    line = display(make(_PREPARING), raw=True, display_id=True)

    def report(position: Position) -> None:
        line.update(make(describe(position, max_samples)), raw=True)

    yield report


def _log(label: str, max_samples: int, console: Console) -> Iterator[Report]:
    news = _PREPARING
    is_over = threading.Event()

    def report(position: Position) -> None:
        nonlocal news
        news = describe(position, max_samples)

    def tell() -> None:
        while not is_over.wait(LINE_SECONDS):
            console.print(f"{label}: {news}", markup=False, highlight=False, soft_wrap=True)

    # A thread: the first chunk of a run, compiling included, may take longer than a line may wait.
    teller = threading.Thread(target=tell, name="bioplast progress", daemon=True)
    teller.start()
    try:
        yield report
    finally:
        is_over.set()
        teller.join()


def describe(position: Position, max_samples: int, width: int | None = None) -> str:
    """Images, images/s, accuracy and energy so far, and the longest it can still take.

    The goal may be reached long before the limit, so the time left is an upper bound.

    Parameters
    ----------
    width : letters there is room for; what matters least is left out; None for as many as there are
    """
    if not position.trace or position.online is None:
        return _PREPARING
    row = position.trace[-1]
    seconds = position.train_seconds + position.evaluate_seconds
    still = seconds / position.samples * (max_samples - position.samples)
    left = timedelta(seconds=round(min(still, LONGEST_SECONDS)))
    parts = {"samples": f"{position.samples:,}"}
    if position.train_seconds > 0:
        parts["speed"] = f"{position.samples / position.train_seconds:,.0f}/s"
    parts["online"] = f"online {position.online:.1%}"
    if position.validation is not None:
        parts["validation"] = f"validation {position.validation:.1%}"
    parts |= {"m0": f"m0 {row['m0']:.2e}", "m1": f"m1 {row['m1']:.2e}", "left": f"at most {left} left"}
    for least in ("m1", "speed", "m0", "online", "left"):
        if width is None or len("  ".join(parts.values())) <= width:
            break
        del parts[least]
    return "  ".join(parts.values())
