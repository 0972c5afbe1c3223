"""Everything that lies in a results folder: runs that are finished, and those that are not."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bioplast.errors import RequestError
from bioplast.sizes import format_hidden
from bioplast.spelling import list_known
from bioplast.studies.age import Age
from bioplast.studies.failure import read_failure
from bioplast.training.checkpoint import PREVIOUS_FILE, STATE_FILE
from bioplast.training.lock import is_held
from bioplast.training.record import RECORD_FILE, Run, read_run

if TYPE_CHECKING:
    import pandas as pd

# What a run can be asked for by.
NAMES = ("experiment", "status", "key", "model", "rule", "hidden", "seed", "task", "protocol")
STATUSES = ("finished", "failed", "kept", "running", "outdated", "damaged")


@dataclass(frozen=True)
class Entry:
    """One run's folder.

    Attributes
    ----------
    folder : ``<results>/<experiment>/<key>``
    status : ``finished``; ``failed``, with a reason; ``kept``, a checkpoint from which it can go on;
        ``running``, a process is at work on it; ``outdated``, finished, and what its numbers depend on has
        changed since, so that it is never reused; ``damaged``
    run : the finished run
    reason : why it failed or is outdated, or what is damaged
    """

    folder: Path
    status: str
    run: Run | None = None
    reason: str = ""
    config: Mapping[str, Any] = field(default_factory=dict)

    @property
    def names(self) -> dict[str, Any]:
        """What the run can be asked for by, with its value."""
        found = {"experiment": self.folder.parent.name, "status": self.status, "key": self.folder.name}
        values = {name: found.get(name, self.config.get(name)) for name in NAMES}
        if isinstance(values["hidden"], list):
            values["hidden"] = format_hidden(values["hidden"])
        return values


def find_entries(results: Path, project: Path | None = None, **wanted: Any) -> list[Entry]:
    """The runs in ``results``, by experiment and key.

    Parameters
    ----------
    results : folder with a folder per experiment
    project : whose networks and experiments the runs are of; that around ``results`` if None
    wanted : values of ``NAMES`` that a run must have, e.g. ``model="ann", status="finished"``; a value is
        compared as text

    Raises
    ------
    RequestError : there is no such name
    """
    for name in wanted:
        if name not in NAMES:
            raise RequestError(f"where: no field {name!r}; {list_known(name, NAMES)}")
    return [entry for entry in _read_all(results, project) if _fits(entry, wanted)]


def load_runs(results: Path, **wanted: Any) -> pd.DataFrame:
    """The finished runs in ``results`` as a table, one row a run; see ``find_entries``.

    Columns are those of ``make_run_frame``, and ``experiment`` before them.
    """
    from bioplast.analysis.frame import make_run_frame

    entries = find_entries(results, **{"status": "finished"} | wanted)
    found = [entry for entry in entries if entry.run is not None]
    frame = make_run_frame(entry.run for entry in found if entry.run is not None)
    frame.insert(0, "experiment", [entry.folder.parent.name for entry in found])
    return frame


def find_entry(results: Path, key: str, project: Path | None = None) -> Entry:
    """The run whose key begins with ``key``.

    Raises
    ------
    RequestError : there is none, or more than one
    """
    found = [entry for entry in _read_all(results, project) if entry.folder.name.startswith(key)]
    if len({entry.folder.name for entry in found}) > 1:
        raise RequestError(f"run: {len(found)} runs have keys that begin with {key!r}; give more of it")
    if not found:
        raise RequestError(f"run: no run {key!r}: no such folder, and no key in {results} begins so")
    return found[0]


def _read_all(results: Path, project: Path | None) -> Iterator[Entry]:
    age = Age.of(results, project)
    for folder in sorted(results.glob("*/*")):
        if folder.is_dir():
            entry = read_entry(folder, age)
            if entry is not None:
                yield entry


def read_entry(folder: Path, age: Age | None = None) -> Entry | None:
    """What ``folder`` holds; None if it is not a run's.

    Parameters
    ----------
    age : tells whether a run is outdated; made for this folder if None
    """
    if (folder / RECORD_FILE).exists():
        return _read_finished(folder, age or Age.of(folder))
    if is_held(folder):
        return Entry(folder, "running")
    failure = read_failure(folder)
    if failure is not None:
        return Entry(folder, "failed", reason=failure["reason"], config=failure.get("config", {}))
    if any((folder / name).exists() for name in (STATE_FILE, PREVIOUS_FILE)):
        return Entry(folder, "kept")
    return None


def _read_finished(folder: Path, age: Age) -> Entry:
    try:
        run = read_run(folder)
        config = run.record["config"]
        reason = age.explain(config, run.record["key"])
    except (ValueError, KeyError, TypeError, RuntimeError) as error:
        return Entry(folder, "damaged", reason=str(error))
    return Entry(folder, "outdated" if reason else "finished", run, reason, config)


def _fits(entry: Entry, wanted: Mapping[str, Any]) -> bool:
    if not wanted:
        return True
    names = entry.names
    return all(str(names[name]) == str(value) for name, value in wanted.items())


def make_entry_rows(entries: Iterable[Entry]) -> list[dict[str, Any]]:
    """One row per run, finished or not: what it is called by, how it ended, why it did not."""
    rows = []
    for entry in entries:
        record = entry.run.record if entry.run else {}
        energy = record.get("energy", {})
        row = {name: value for name, value in entry.names.items() if name not in ("task", "protocol")}
        row |= {name: record.get(name) for name in ("samples", "converged")}
        row["test"] = record.get("accuracy", {}).get("test")
        row |= {name: energy.get(name) for name in ("m0", "m1")}
        rows.append(row | {"reason": entry.reason or None})
    return rows
