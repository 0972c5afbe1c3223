"""What a run leaves behind: ``run.json`` with every number, ``trace.csv`` with a row a chunk, and what was
learned in ``weights.npz``.

``run.json`` is written last and appears all at once, so a folder that has one holds a finished run.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import math
import os
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bioplast.changes import format_changes
from bioplast.errors import RequestError
from bioplast.files import read_file
from bioplast.jsontext import parse_json
from bioplast.network import State
from bioplast.training.fields import check_record
from bioplast.training.weights import WEIGHTS_FILE, pack_weights

if TYPE_CHECKING:
    from matplotlib.figure import Figure

RECORD_FILE = "run.json"
TRACE_FILE = "trace.csv"
CHECKSUM = "checksum"  # of record and trace, in the file of the record


class DamagedRunError(RequestError):
    """The files of a run that are not what was once written."""


@dataclass
class Run:
    """A finished run.

    Attributes
    ----------
    record : every number of the run, as JSON values
    trace : one row a chunk of trials
    state : the network as training left it; None for a run read from its folder
    """

    record: dict[str, Any]
    trace: list[dict[str, Any]] = field(default_factory=list)
    state: State | None = None

    def plot(self) -> Figure:
        """How accuracy, M0 and M1 rose as the run went on: a figure, which a notebook shows."""
        from bioplast.figures.course import plot_courses

        return plot_courses({self.title: self.trace}, goal=self.record.get("goal"))

    def _repr_html_(self) -> str:
        """What a notebook shows: how it ended, what it cost."""
        from bioplast.training.summary import make_html

        return make_html(self)

    @property
    def title(self) -> str:
        """The run's name for people, such as ``spiking, largest(0.02), feedback=random, seed 3``."""
        record = self.record
        changes = format_changes(record.get("config", {}).get("options", {}))
        parts = (record.get("model"), record.get("rule"), changes, f"seed {record.get('seed')}")
        return ", ".join(str(part) for part in parts if part)


def check_writable(folder: Path) -> None:
    """Raise unless ``folder``, which need not exist, can be made and written to; nothing is left.

    Raises
    ------
    RequestError : it cannot
    """
    folder = folder.absolute()
    try:
        present = folder
        while not _exists(present):
            present = present.parent
        with tempfile.TemporaryFile(dir=present):
            pass
    except OSError as error:
        raise RequestError(f"out: cannot write to {folder}: {error.strerror}") from None


def write_run(folder: Path, run: Run) -> None:
    """Write ``run`` to ``folder``, which is made if need be.

    Raises
    ------
    RequestError : the folder cannot be written
    """
    trace = format_trace(run.trace)
    record = purge(run.record)
    record[CHECKSUM] = _digest(record, trace)
    contents = {TRACE_FILE: trace.encode(), RECORD_FILE: (format_record(record, indent=1) + "\n").encode()}
    if run.state is not None:
        contents = {WEIGHTS_FILE: pack_weights(run.state), **contents}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        replace_files(folder, contents)
    except OSError as error:
        raise RequestError(f"out: cannot write to {folder}: {error.strerror}") from None


def read_run(folder: Path | str) -> Run:
    """The run in ``folder``; its ``run.json`` may be named as well.

    Raises
    ------
    RequestError : there is no finished run, or its files cannot be read
    """
    folder = Path(folder)
    path = folder if folder.name == RECORD_FILE else folder / RECORD_FILE
    try:
        record = parse_json(read_file(path).decode("utf-8"))
        text = read_file(path.parent / TRACE_FILE).decode("utf-8")
        check_record(record)
        checksum = record.pop(CHECKSUM, None)  # runs from before have none
        if checksum is not None and checksum != _digest(record, text):
            raise ValueError("its checksum is not that of its record and trace")
        trace = parse_trace(text)
    except OSError as error:
        raise RequestError(f"run: no finished run at {folder}: {error.strerror}: {error.filename}") from None
    except ValueError as error:
        raise DamagedRunError(f"run: {folder} is damaged: {error}") from None
    return Run(record, trace)


def format_record(record: Mapping[str, Any], indent: int | None = None) -> str:
    """``record`` as JSON, a number that is none (nan, inf) as null: JSON has no such numbers."""
    return json.dumps(purge(record), indent=indent, allow_nan=False)


def format_trace(trace: list[dict[str, Any]]) -> str:
    """``trace`` as CSV; a value that is missing or no number is an empty field."""
    text = io.StringIO()
    if trace:
        writer = csv.DictWriter(text, fieldnames=list(trace[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(purge(row) for row in trace)
    return text.getvalue()


def parse_trace(text: str) -> list[dict[str, Any]]:
    """The rows that ``format_trace`` wrote ``text`` for.

    Raises
    ------
    ValueError : a row has more or fewer fields than there are names, or one is no number
    """
    try:
        lines = list(csv.reader(io.StringIO(text), strict=True))
    except csv.Error as error:
        raise ValueError(f"{TRACE_FILE}: {error}") from None
    names = lines[0] if lines else []
    rows = []
    for number, values in enumerate(lines[1:], start=1):
        if len(values) != len(names):
            raise ValueError(f"{TRACE_FILE}: row {number} has {len(values)} fields, must have {len(names)}")
        rows.append({name: _parse_number(value) for name, value in zip(names, values, strict=True)})
    return rows


def purge(value: Any) -> Any:
    """``value`` with None for every number in it that is none (nan, inf)."""
    if isinstance(value, Mapping):
        return {name: purge(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [purge(item) for item in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _digest(record: Mapping[str, Any], trace: str) -> str:
    """Checksum of a record, as it is read from its file however that is laid out, and of its trace's text."""
    text = json.dumps(record, sort_keys=True, allow_nan=False)
    return hashlib.sha256(f"{text}\0{trace}".encode()).hexdigest()


def _parse_number(text: str) -> int | float | None:
    if not text:
        return None
    return int(text) if text.isdecimal() else float(text)


def replace_text(path: Path, text: str) -> None:
    """Give ``path`` the content ``text`` in one step."""
    replace_files(path.parent, {path.name: text.encode()})


def replace_files(folder: Path, contents: Mapping[str, bytes]) -> None:
    """Give files in ``folder`` new contents, in their order, once all of them are on the disk.

    Raises
    ------
    OSError : one cannot be written; all are as they were
    """
    temporary = {name: folder / f".{name}.{os.getpid()}" for name in contents}
    try:
        for name, content in contents.items():
            with temporary[name].open("wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
        for name, path in temporary.items():
            path.replace(folder / name)
    finally:
        for path in temporary.values():
            path.unlink(missing_ok=True)


def _exists(path: Path) -> bool:
    """Whether there is something at ``path``; unlike ``Path.exists`` this hides no other error."""
    try:
        path.stat()
    except FileNotFoundError:
        return False
    return True
