"""The note that a failed run leaves where its record would stand."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

FAILURE_FILE = "failure.json"


def read_failure(folder: Path) -> dict[str, Any] | None:
    """The note of a run that failed in ``folder``; None if there is none that can be read."""
    try:
        note = json.loads((folder / FAILURE_FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return note if isinstance(note, dict) and isinstance(note.get("reason"), str) else None
