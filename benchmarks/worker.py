"""One learner in a process of its own, on one core: how fast it learns and how much memory that takes."""

from __future__ import annotations

import multiprocessing
import os
import resource
import sys
import time
from collections.abc import Callable
from multiprocessing.connection import Connection
from types import TracebackType

_THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS")


class Worker:
    """A learner in another process.

    Parameters
    ----------
    learner : a name in ``benchmarks.learners.LEARNERS``
    rule : text of a declaration
    n_hidden : number of hidden units
    """

    def __init__(self, learner: str, rule: str, n_hidden: int) -> None:
        before = {name: os.environ.get(name) for name in _THREADS}
        os.environ.update(dict.fromkeys(_THREADS, "1"))  # read when NumPy is loaded
        try:
            context = multiprocessing.get_context("spawn")
            self._connection, far_end = context.Pipe()
            self._process = context.Process(
                target=serve, args=(far_end, learner, rule, n_hidden), daemon=True
            )
            self._process.start()
            far_end.close()
        finally:
            for name, value in before.items():
                if value is None:
                    del os.environ[name]
                else:
                    os.environ[name] = value

    def learn(self, first: int, n_images: int) -> float:
        """Learn from a stretch of the training images; seconds of processor time."""
        return self._ask("learn", first, n_images)

    def count_writes(self) -> float:
        """Weight writes so far."""
        return self._ask("count_writes")

    def measure_peak(self) -> float:
        """Most memory the process has had, in bytes: interpreter, libraries and task included."""
        return self._ask("measure_peak")

    def _ask(self, *request: str | int) -> float:
        try:
            self._connection.send(request)
            return self._connection.recv()
        except (EOFError, BrokenPipeError):
            self._process.join()
            raise RuntimeError(f"a worker has ended with status {self._process.exitcode}") from None

    def __enter__(self) -> Worker:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._connection.close()  # the other synapses's receive then ends
        self._process.join()


def serve(connection: Connection, learner: str, rule: str, n_hidden: int) -> None:
    """Make the learner and answer requests until there are no more."""
    import numpy as np

    from benchmarks.learners import make_learner
    from bioplast.tasks import load_task

    task = load_task("mnist")
    network = make_learner(learner, task, rule, n_hidden)
    order = np.random.default_rng(1).permutation(len(task.train))

    def learn(first: int, n_images: int) -> float:
        indices = order[np.arange(first, first + n_images) % len(order)]
        # Processor time is what the clock shows when nothing else runs, and hardly more when something does.
        started = time.process_time()
        network.learn(task.train, indices)
        return time.process_time() - started

    def count_writes() -> float:
        return network.n_writes

    answers: dict[str, Callable[..., float]] = {
        "learn": learn,
        "count_writes": count_writes,
        "measure_peak": read_peak,
    }
    while True:
        try:
            name, *arguments = connection.recv()
        except EOFError:
            return
        connection.send(answers[name](*arguments))


def read_peak() -> float:
    """Most memory this process has had, in bytes."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024
