"""Things that take turns, so that a machine that is busy for a while is busy for all of them."""

from __future__ import annotations

import resource
import statistics
from collections.abc import Callable, Sequence
from contextlib import suppress

import psutil


def take_turns(things: Sequence[Callable[[int], object]], n_turns: int) -> list[float]:
    """Median processor time of each, in seconds; each is given the number of the turn."""
    spent: list[list[float]] = [[] for _ in things]
    for turn in range(n_turns):
        for thing, seconds in zip(things, spent, strict=True):
            before = read_processor_time()
            thing(turn)
            seconds.append(read_processor_time() - before)
    return [statistics.median(seconds) for seconds in spent]


def read_processor_time() -> float:
    """Seconds of processor time that this process and the programs it started have used.

    Programs that have ended and those that run still: a compiled network stays.
    """
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    seconds = sum(usage.ru_utime + usage.ru_stime for usage in used)
    for child in psutil.Process().children(recursive=True):
        with suppress(psutil.NoSuchProcess):
            times = child.cpu_times()
            seconds += times.user + times.system
    return seconds
