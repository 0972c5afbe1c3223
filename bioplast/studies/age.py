"""Whether a run that was found is still the run that would be made."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bioplast.errors import RequestError
from bioplast.project import search_project
from bioplast.tasks import load_task
from bioplast.training.config import make_key
from bioplast.training.provenance import explain_difference, update_provenance


@dataclass
class Age:
    """Compares runs with what they would be now; what many runs share is looked at once.

    Attributes
    ----------
    project : whose files the runs are of; None if it is not known, and the files count as they were
    """

    project: Path | None
    _data: dict[str, str | None] = field(default_factory=dict)
    _reasons: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, folder: Path, project: Path | None = None) -> Age:
        """For runs in ``folder`` of ``project``; if None, of the one that they lie in, or of none."""
        if project is not None:
            return cls(project)
        try:
            return cls(search_project(folder))
        except RequestError:
            return cls(None)

    def explain(self, config: Mapping[str, Any], key: str) -> str:
        """Why a run is outdated; empty if it is not.

        Parameters
        ----------
        config, key : as they stand in its record

        Raises
        ------
        RequestError, KeyError, TypeError : they are not what is written into a record
        """
        provenance = config.get("provenance")
        if provenance is None:
            return "it is of an earlier version of bioplast, which did not keep what its numbers depend on"
        task = str(config["task"])
        name = f"{task} {provenance}"
        if name not in self._reasons:
            now = update_provenance(provenance, self.project, self._find_data(task))
            self._reasons[name] = explain_difference(provenance, now)
        if self._reasons[name]:
            return self._reasons[name]
        if make_key(config) != key:
            return "its key was made in another way"
        return ""

    def _find_data(self, task: str) -> str | None:
        if task not in self._data:
            try:
                self._data[task] = load_task(task).digest
            except RequestError:  # its folder is not here
                self._data[task] = None
        return self._data[task]
