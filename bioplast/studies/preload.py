"""What a local worker does before anything else."""

import signal
from typing import Any


def dask_setup(worker: Any) -> None:
    """Leave Ctrl-C, which reaches every process of a terminal, to the study."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
