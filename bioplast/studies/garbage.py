"""What lies in a results folder and nothing needs any more."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path

from bioplast.studies.catalogue import Entry
from bioplast.studies.failure import FAILURE_FILE
from bioplast.training.checkpoint import PREVIOUS_FILE, STATE_FILE
from bioplast.training.lock import is_held


def list_garbage(entries: Iterable[Entry]) -> Iterator[tuple[Path, str]]:
    """Files and folders that nothing needs any more, each with the reason.

    Checkpoints of finished runs, runs that are outdated, and what processes that were killed left behind. A
    folder that a process is at work in is left alone.
    """
    for entry in entries:
        if is_held(entry.folder):
            continue
        if entry.status == "outdated":
            yield entry.folder, "outdated: its configuration means other numbers now"
            continue
        for path in sorted(entry.folder.iterdir()):
            if path.name.startswith("."):
                yield path, "left behind by a process that was killed"
            elif entry.status == "finished" and path.name in (STATE_FILE, PREVIOUS_FILE):
                yield path, "checkpoint of a finished run"
            elif entry.status == "finished" and path.name == FAILURE_FILE:
                yield path, "failure of a run that is finished"


def measure_path(path: Path) -> int:
    """Bytes of a file, or of all files in a folder."""
    files = path.rglob("*") if path.is_dir() else [path]
    return sum(file.stat().st_size for file in files if file.is_file())


def delete_path(path: Path) -> None:
    """Delete a file, or a folder with all that is in it."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink()
