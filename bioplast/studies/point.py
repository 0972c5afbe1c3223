"""A measurement of an experiment that is no training run: a point of its own grid, and the rows it gave."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bioplast.errors import RequestError
from bioplast.files import read_file
from bioplast.jsontext import parse_json
from bioplast.training.config import SCHEMA
from bioplast.training.record import DamagedRunError, purge, replace_text
from bioplast.training.versions import collect_versions

POINT_FILE = "point.json"
Rows = list[dict[str, Any]]


@dataclass(frozen=True)
class Point:
    """What an experiment measures once.

    Attributes
    ----------
    experiment : its name; ``measure`` in its file carries the measurement out
    values : what is measured, as JSON scalars by name
    provenance : what its numbers depend on (``bioplast.studies.measuring``)

    Raises
    ------
    RequestError : a value that is no JSON scalar
    """

    experiment: str
    values: Mapping[str, Any] = field(hash=False)
    provenance: Mapping[str, Any] = field(default_factory=dict, hash=False, compare=False)

    def __post_init__(self) -> None:
        for name, value in self.values.items():
            if not isinstance(value, str | bool | int | float | None):
                raise RequestError(
                    f"{self.experiment}.{name}: must be a text, a number, true, false or none, got {value!r}"
                )

    @property
    def key(self) -> str:
        """16 hexadecimal digits that differ whenever anything differs that is asked for."""
        text = json.dumps({"schema": SCHEMA, **self.to_dict()}, sort_keys=True, allow_nan=False)
        return hashlib.sha256(text.encode()).hexdigest()[:16]

    @property
    def name(self) -> str:
        """The point's name for people: ``load 1.5, seed 3``."""
        return ", ".join(f"{name} {value}" for name, value in self.values.items())

    def to_dict(self) -> dict[str, Any]:
        """The point as it stands in its file."""
        return asdict(self)


def write_point(folder: Path, point: Point, rows: Sequence[Mapping[str, Any]], *, seconds: float) -> None:
    """Write what ``point`` gave, all at once.

    Raises
    ------
    RequestError : the folder cannot be written
    """
    content = {
        "key": point.key,
        **point.to_dict(),
        "rows": purge(list(rows)),
        "seconds": round(seconds, 3),
        "versions": collect_versions(),
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
    }
    content["checksum"] = _digest(content)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        replace_text(folder / POINT_FILE, json.dumps(content, allow_nan=False) + "\n")
    except OSError as error:
        raise RequestError(f"out: cannot write to {folder}: {error.strerror}") from None


def find_point(folder: Path, point: Point) -> Rows | None:
    """The rows that ``point`` gave; None if it was not measured.

    Raises
    ------
    RequestError : its file is damaged
    """
    path = folder / POINT_FILE
    if not path.exists():
        return None
    try:
        content = parse_json(read_file(path))
        if content["key"] != point.key:
            raise ValueError(f"it is of another point, {content['key']}")
        if content.pop("checksum") != _digest(content):
            raise ValueError("its checksum is not that of its content")
        rows: Rows = content["rows"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise DamagedRunError(f"point: {folder} is damaged: {error}") from None
    return rows


def _digest(content: Mapping[str, Any]) -> str:
    """Checksum of a point's file, however it is laid out."""
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
