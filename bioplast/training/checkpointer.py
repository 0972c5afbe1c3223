"""When a run's checkpoints are written, and where it goes on from."""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bioplast.errors import RequestError
from bioplast.network import State
from bioplast.notice import warn_on_stderr
from bioplast.training.checkpoint import describe_beginning, read_checkpoint, write_checkpoint
from bioplast.training.loop import Position

LOG = logging.getLogger(__name__)

MIN_SECONDS = 5.0
# Of a large network a checkpoint takes long: then they come at greater distances.
MAX_SHARE = 0.01


def find_min_seconds() -> float:
    """Seconds between two checkpoints: ``$BIOPLAST_CHECKPOINT_SECONDS``, or 5.

    Raises
    ------
    RequestError : the variable is no number
    """
    text = os.environ.get("BIOPLAST_CHECKPOINT_SECONDS", "")
    try:
        return float(text) if text else MIN_SECONDS
    except ValueError:
        raise RequestError(
            f"BIOPLAST_CHECKPOINT_SECONDS: must be a number of seconds, got {text!r}"
        ) from None


@dataclass
class Checkpointer:
    """Keeps the checkpoints of one run.

    A checkpoint is due ``min_seconds`` after the one before, and later where writing would take more
    than a hundredth of the time. One that cannot be written does not end the run: it is told once.

    Attributes
    ----------
    folder : the run's
    origin : what the run is, as JSON values; see ``write_checkpoint``
    resumes : whether the run goes on from a checkpoint that is there
    insists : whether a checkpoint that cannot be used is an error; if not, it is told and the run begins anew
    wants_stop : asked after each chunk; when true the run is kept and ended by ``KeyboardInterrupt``
    warn : told what a person should know
    min_seconds : between two checkpoints; 0 for one after each chunk
    kept : samples of the last checkpoint
    reached : samples after the last chunk
    """

    folder: Path
    origin: Mapping[str, Any]
    resumes: bool = False
    insists: bool = True
    wants_stop: Callable[[], bool] = lambda: False
    warn: Callable[[str], None] = warn_on_stderr
    min_seconds: float = field(default_factory=find_min_seconds)
    kept: int = field(default=0, init=False)
    reached: int = field(default=0, init=False)
    _due: float = field(default=0.0, init=False)
    _beginning: str = field(default="", init=False)
    _has_warned: bool = field(default=False, init=False)

    def open(self, state: State) -> Position | None:
        """Where the run begins; ``state``, fresh from the network, is brought there.

        Raises
        ------
        RequestError : the checkpoint there is cannot be used, and the checkpointer insists
        """
        position = self._read(state) if self.resumes else None
        self.kept = self.reached = position.samples if position else 0
        if position:
            LOG.info("goes on after %s samples from %s", f"{self.kept:,}", self.folder)
        self._due = time.monotonic() + self.min_seconds
        return position

    def _read(self, state: State) -> Position | None:
        try:
            return read_checkpoint(self.folder, state, self.origin, self.warn)
        except RequestError as error:
            if self.insists:
                raise
            self.warn(f"{error}; the run begins anew")
            return None

    @property
    def has_unkept(self) -> bool:
        """Whether the run is further than its last checkpoint."""
        return self.reached > self.kept

    def pass_chunk(self, state: State, position: Position) -> None:
        """After a chunk: write a checkpoint if one is due.

        Raises
        ------
        KeyboardInterrupt : the run was asked to stop; it is kept
        """
        self.reached = position.samples
        stops = self.wants_stop()
        if stops or time.monotonic() >= self._due:
            self.keep(state, position)
        if stops:
            raise KeyboardInterrupt

    def keep(self, state: State, position: Position) -> None:
        """Write a checkpoint, unless the last one is of here."""
        if not self.has_unkept:
            return
        start = time.monotonic()
        self._beginning = self._beginning or describe_beginning(state)
        try:
            write_checkpoint(self.folder, state, position, self.origin, self._beginning)
            self.kept = position.samples
            LOG.info("kept after %s samples in %s", f"{self.kept:,}", self.folder)
        except OSError as error:
            if not self._has_warned:
                self.warn(
                    f"out: cannot write a checkpoint to {self.folder}: {error.strerror}; the run goes on"
                )
            self._has_warned = True
        end = time.monotonic()
        self._due = end + max(self.min_seconds, (end - start) / MAX_SHARE if self.min_seconds else 0.0)
