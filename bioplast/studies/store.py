"""Where a study's runs are kept: one folder a run, found by its key."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from bioplast.errors import RequestError
from bioplast.studies.failure import FAILURE_FILE, read_failure
from bioplast.studies.jobs import Failure
from bioplast.training.config import RunConfig
from bioplast.training.folder import find_run
from bioplast.training.keeper import warn_on_stderr
from bioplast.training.record import Run, check_writable, read_run, replace_text


class Store:
    """The runs of one experiment: ``<folder>/<key>/run.json`` and what lies beside it.

    A run counts as finished when its ``run.json`` is there, which is written last.

    Parameters
    ----------
    folder : of the experiment, made if need be
    warn : told, in one line, what a person should know

    Raises
    ------
    RequestError : the folder cannot be made or written to
    """

    def __init__(self, folder: Path, warn: Callable[[str], None] = warn_on_stderr) -> None:
        check_writable(folder)
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self._warn = warn

    def folder_of(self, config: RunConfig) -> Path:
        return self.folder / config.key

    def has(self, config: RunConfig) -> bool:
        """Whether the run is finished and whole."""
        try:
            return find_run(self.folder_of(config), config.key) is not None
        except RequestError:
            return False

    def find(self, config: RunConfig) -> Run | None:
        """The finished run; one that is damaged is told and counts as not there."""
        try:
            return find_run(self.folder_of(config), config.key)
        except RequestError as error:
            self._warn(f"{error}; it is carried out again")
            return None

    def read(self, config: RunConfig) -> Run:
        return read_run(self.folder_of(config))

    def find_failure(self, config: RunConfig) -> Failure | None:
        """Why the run failed; None if it did not, or if the note of it is damaged."""
        note = read_failure(self.folder_of(config))
        if note is None:
            return None
        return Failure(config, note["reason"], note.get("details", ""), note.get("is_request", False))

    def record_failure(self, failure: Failure) -> None:
        """Leave the reason where the run would stand."""
        folder = self.folder_of(failure.config)
        note = {
            "config": failure.config.to_dict(),
            "reason": failure.reason,
            "details": failure.details,
            "is_request": failure.is_request,
        }
        try:
            folder.mkdir(exist_ok=True)
            replace_text(folder / FAILURE_FILE, json.dumps(note, indent=2) + "\n")
        except OSError as error:
            self._warn(f"out: cannot write to {folder}: {error.strerror}; why the run failed is not kept")

    def forget_failure(self, config: RunConfig) -> None:
        (self.folder_of(config) / FAILURE_FILE).unlink(missing_ok=True)
