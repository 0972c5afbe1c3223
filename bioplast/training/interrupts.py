"""Ctrl-C and SIGTERM while a run is under way: the chunk is finished and the run kept."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import FrameType

_SIGNALS = (signal.SIGINT, signal.SIGTERM)


@dataclass
class Interrupts:
    """Whether the process was asked to stop.

    Attributes
    ----------
    can_wait : whether there is something that would be lost if the process stopped at once
    """

    can_wait: Callable[[], bool] = lambda: False
    requested: bool = False


@contextmanager
def held_interrupts() -> Iterator[Interrupts]:
    """Hold back the first Ctrl-C or SIGTERM where ``can_wait`` says so; the second one acts at once.

    An error raised after one was held back (a compiled network that the same Ctrl-C ended) becomes
    the interrupt. Outside of a process's main thread nothing is held back.
    """
    interrupts = Interrupts()
    if threading.current_thread() is not threading.main_thread():
        yield interrupts
        return

    def handle(number: int, frame: FrameType | None) -> None:
        acts = interrupts.requested or not interrupts.can_wait()
        interrupts.requested = True
        if acts:
            raise KeyboardInterrupt

    before = {number: signal.signal(number, handle) for number in _SIGNALS}
    try:
        yield interrupts
    except Exception:
        if interrupts.requested:
            raise KeyboardInterrupt from None
        raise
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
