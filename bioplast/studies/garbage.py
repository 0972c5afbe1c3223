"""What lies in a results folder and nothing needs any more."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

from bioplast.studies.catalog import Entry
from bioplast.studies.failure import FAILURE_FILE
from bioplast.studies.point import POINT_FILE
from bioplast.training.checkpoint import PREVIOUS_FILE, STATE_FILE
from bioplast.training.lock import LOCK_FILE, is_held
from bioplast.training.record import RECORD_FILE, TRACE_FILE
from bioplast.training.weights import WEIGHTS_FILE

CHECKPOINTS = (STATE_FILE, PREVIOUS_FILE)
# Every file that bioplast writes into the folder of a run.
FILES = (RECORD_FILE, TRACE_FILE, WEIGHTS_FILE, POINT_FILE, FAILURE_FILE, *CHECKPOINTS)
_LEFTOVER = re.compile(rf"\.(?:{'|'.join(map(re.escape, FILES))})\.\d+")


def list_garbage(entries: Iterable[Entry], *, outdated: bool = False) -> Iterator[tuple[Path, str]]:
    """Files that nothing needs any more, each with the reason.

    Checkpoints of finished runs whose weights are kept, and what processes that were killed left behind. Only
    files count that bioplast writes, by their names, and none that is reached through a link. A folder that a
    process is at work in is left alone.

    Parameters
    ----------
    outdated : whether outdated runs count too, with all their files
    """
    for entry in entries:
        if _is_linked(entry.folder) or is_held(entry.folder):
            continue
        is_whole = entry.status == "finished" and (entry.folder / WEIGHTS_FILE).is_file()
        for path in sorted(entry.folder.iterdir()):
            if path.is_symlink() or not path.is_file():
                continue
            if path.name == LOCK_FILE or _LEFTOVER.fullmatch(path.name):
                yield path, "left behind by a process that was killed"
            elif outdated and entry.status == "outdated" and path.name in FILES:
                yield path, f"outdated: {entry.reason}"
            elif is_whole and path.name in CHECKPOINTS:
                yield path, "checkpoint of a finished run"
            elif entry.status == "finished" and path.name == FAILURE_FILE:
                yield path, "failure of a run that is finished"


def delete_file(path: Path) -> None:
    """Delete a file of a run, and the run's folder if it is empty then."""
    path.unlink(missing_ok=True)
    with suppress(OSError):
        path.parent.rmdir()


def _is_linked(folder: Path) -> bool:
    """Whether the run's folder, or its experiment's, is a link."""
    return folder.is_symlink() or folder.parent.is_symlink()
