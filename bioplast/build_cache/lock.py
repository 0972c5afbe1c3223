"""Who may make what in the build cache: one process at a time, and none that is gone."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import filelock

from bioplast.build_cache.folder import writing

_PREFIX = "new-"  # of scratch folders
_HELD = "held"  # the file in one that its process holds a lock on


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold a lock file beside ``path``: of several processes that want it made, one makes it."""
    with _hold(path.with_name(path.name + ".lock")):
        yield


@contextmanager
def scratch_folder(parent: Path) -> Iterator[Path]:
    """A folder in ``parent`` that is gone afterwards; those that dead processes left there are removed.

    What is made in it and then renamed into ``parent`` is never there half made.
    """
    with locked(parent / "new"):  # nobody takes a folder that was just made for one that was left
        for path in parent.glob(f"{_PREFIX}*"):
            if not _is_held(path):
                shutil.rmtree(path, ignore_errors=True)
        with writing(parent):
            folder = Path(tempfile.mkdtemp(dir=parent, prefix=_PREFIX))
        try:
            held = _hold(folder / _HELD)
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise
    with held:
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)


def _hold(path: Path) -> IO[str]:
    """An open file whose lock is ours until it is closed."""
    with writing(path):
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = path.open("w")
        try:
            filelock.lock_descriptor(lock.fileno())
        except BaseException:
            lock.close()
            raise
    return lock


def _is_held(folder: Path) -> bool:
    """Whether the process that made a scratch folder is alive."""
    try:
        with (folder / _HELD).open("r+") as lock:
            return not filelock.lock_descriptor(lock.fileno(), blocking=False)
    except FileNotFoundError:  # it died before it could hold it
        return False
    except OSError:  # somebody else's
        return True
