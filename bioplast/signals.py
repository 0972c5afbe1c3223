"""Signals and threads."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def leave_signals() -> Iterator[None]:
    """Let code import Brian2 in a thread: it takes over Ctrl-C, which only the main thread may do."""
    if threading.current_thread() is threading.main_thread():
        yield
        return
    before = signal.signal
    signal.signal = lambda number, handler: signal.getsignal(number)  # type: ignore[assignment]
    try:
        yield
    finally:
        signal.signal = before
