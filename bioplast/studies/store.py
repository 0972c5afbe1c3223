"""Where a study's runs are kept: one folder a run, found by its key."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from pathlib import Path

from bioplast.errors import RequestError
from bioplast.notice import warn_on_stderr
from bioplast.studies.failure import FAILURE_FILE, read_failure
from bioplast.studies.jobs import Failure, Work
from bioplast.studies.point import Point, Rows, find_point
from bioplast.training.config import RunConfig
from bioplast.training.folder import find_run
from bioplast.training.record import (
    Run,
    check_writable,
    replace_files,
    replace_text,
    write_run,
)
from bioplast.training.weights import WEIGHTS_FILE

LOG = logging.getLogger(__name__)


def find_result(config: Work, folder: Path) -> Run | Rows | None:
    """What ``folder`` holds of the work: a run, or the rows of a point; None if it is not done.

    Raises
    ------
    RequestError : its files are damaged, or it is other work
    """
    return find_point(folder, config) if isinstance(config, Point) else find_run(folder, config.key)


class Store:
    """The runs and points of one experiment: ``<folder>/<key>/run.json`` and what lies beside it.

    A run counts as finished when its ``run.json`` is there, which is written last; a point has a
    ``point.json`` instead.

    Parameters
    ----------
    folder : of the experiment, made if need be
    warn : told, in one line, what a person should know
    makes : whether the folder is made; without this it is only looked into

    Raises
    ------
    RequestError : the folder cannot be made or written to
    """

    def __init__(
        self, folder: Path, warn: Callable[[str], None] = warn_on_stderr, *, makes: bool = True
    ) -> None:
        if makes:
            check_writable(folder)
            folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self._warn = warn

    def folder_of(self, config: Work) -> Path:
        return self.folder / config.key

    def has(self, config: Work) -> bool:
        """Whether the work is finished and whole."""
        try:
            return find_result(config, self.folder_of(config)) is not None
        except RequestError:
            return False

    def find(self, config: Work) -> Run | Rows | None:
        """What the work gave; what is damaged is told and counts as not there."""
        try:
            return find_result(config, self.folder_of(config))
        except RequestError as error:
            self._warn(f"{error}; it is carried out again")
            return None

    def reuse(self, config: RunConfig) -> bool:
        """Copy the run from another experiment beside this one that has it; whether there was one."""
        elsewhere = self.find_elsewhere(config)
        if elsewhere is None:
            return False
        folder, run = elsewhere
        write_run(self.folder_of(config), run)
        weights = folder / WEIGHTS_FILE
        if weights.is_file():
            replace_files(self.folder_of(config), {WEIGHTS_FILE: weights.read_bytes()})
        LOG.info("%s: taken from %s", config.title, folder)
        return True

    def find_elsewhere(self, work: Work) -> tuple[Path, Run] | None:
        """The run as another experiment beside this one has it, and where; points are their own's alone."""
        if isinstance(work, Point):
            return None
        for folder in self._others.get(work.key, ()):
            try:
                found = find_run(folder, work.key)
            except RequestError:  # the experiment that it belongs to will say so
                continue
            if found is not None:
                return folder, found
        return None

    @cached_property
    def _others(self) -> Mapping[str, Sequence[Path]]:
        """The folders beside this experiment's, by the keys that they are called by."""
        others: dict[str, list[Path]] = {}
        if not self.folder.parent.is_dir():
            return others
        for experiment in sorted(self.folder.parent.iterdir()):
            if experiment != self.folder and experiment.is_dir():
                for folder in experiment.iterdir():
                    others.setdefault(folder.name, []).append(folder)
        return others

    def read(self, config: RunConfig) -> Run:
        run = find_run(self.folder_of(config), config.key)
        if run is None:
            raise RequestError(f"run: {self.folder_of(config)} was taken away while the study ran")
        return run

    def read_rows(self, point: Point) -> Rows:
        """What a point gave, after its values."""
        rows = find_point(self.folder_of(point), point)
        if rows is None:
            raise RequestError(f"point: {self.folder_of(point)} was taken away while the study ran")
        return [{**point.values, **row} for row in rows]

    def find_failure(self, config: Work) -> Failure | None:
        """Why the work failed; None if it did not, or if the note of it is damaged."""
        note = read_failure(self.folder_of(config))
        if note is None:
            return None
        return Failure(config, note["reason"], note.get("details", ""), note.get("is_request", False))

    def record_failure(self, failure: Failure) -> None:
        """Leave the reason where the result would stand."""
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

    def forget_failure(self, config: Work) -> None:
        (self.folder_of(config) / FAILURE_FILE).unlink(missing_ok=True)
