"""Where a study's runs are kept: one folder a run, found by its key."""

from __future__ import annotations

import json
from pathlib import Path

from bioplast.studies.jobs import Failure
from bioplast.training.config import RunConfig
from bioplast.training.record import RECORD_FILE, Run, check_writable, read_run

FAILURE_FILE = "failure.json"


class Store:
    """The runs of one experiment: ``<folder>/<key>/run.json`` and what lies beside it.

    A run counts as finished when its ``run.json`` is there, which is written last.

    Raises
    ------
    RequestError : the folder cannot be made or written to
    """

    def __init__(self, folder: Path) -> None:
        check_writable(folder)
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder

    def folder_of(self, config: RunConfig) -> Path:
        return self.folder / config.key

    def has(self, config: RunConfig) -> bool:
        return (self.folder_of(config) / RECORD_FILE).exists()

    def read(self, config: RunConfig) -> Run:
        return read_run(self.folder_of(config))

    def record_failure(self, failure: Failure) -> None:
        """Leave the reason where the run would stand; a failed run is tried again next time."""
        folder = self.folder_of(failure.config)
        folder.mkdir(exist_ok=True)
        note = {"config": failure.config.to_dict(), "reason": failure.reason, "details": failure.details}
        (folder / FAILURE_FILE).write_text(json.dumps(note, indent=2) + "\n")

    def forget_failure(self, config: RunConfig) -> None:
        (self.folder_of(config) / FAILURE_FILE).unlink(missing_ok=True)
