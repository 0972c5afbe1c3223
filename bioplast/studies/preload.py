"""What a worker does before anything else."""

import importlib
import signal
from typing import Any

from distributed import WorkerPlugin


class ImportBrian2(WorkerPlugin):  # type: ignore[misc]  # distributed has no types
    """Imports Brian2 in the worker's main thread.

    Brian2 takes over Ctrl-C when it is first imported, which Python allows in the main thread only;
    runs are carried out in another.
    """

    name = "bioplast-import-brian2"

    def setup(self, worker: Any) -> None:
        importlib.import_module("brian2")


def dask_setup(worker: Any) -> None:
    """Leave Ctrl-C, which reaches every process of a terminal, to the study."""
    ImportBrian2().setup(worker)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
