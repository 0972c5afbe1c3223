"""The note that a failed run leaves where its record would stand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from bioplast.files import read_file
from bioplast.jsontext import parse_json

FAILURE_FILE = "failure.json"


def read_failure(folder: Path) -> dict[str, Any] | None:
    """The note of a run that failed in ``folder``; None if there is none that can be read."""
    try:
        note = parse_json(read_file(folder / FAILURE_FILE))
    except (OSError, ValueError):
        return None
    kinds = {"reason": str, "details": str, "is_request": bool, "config": dict}
    if not isinstance(note, dict) or "reason" not in note:
        return None
    return note if all(isinstance(note.get(name, kind()), kind) for name, kind in kinds.items()) else None
