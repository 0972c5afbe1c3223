"""One process at a time in a run's folder."""

from __future__ import annotations

import errno
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import filelock

from bioplast.errors import RequestError

LOCK_FILE = ".lock"
_POLL_SECONDS = 0.2
_CLOEXEC = getattr(os, "O_CLOEXEC", 0)  # Windows hands no files on anyway
_NO_LOCKS = (errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP)


@contextmanager
def only_one(folder: Path, wait: Callable[[], None] = lambda: None) -> Iterator[bool]:
    """Hold the lock of ``folder``, which is made if need be; a process that dies leaves no lock behind.

    On a file system that has no locks nothing is locked.

    Parameters
    ----------
    folder : a run's
    wait : called again and again while another process holds the lock; may raise

    Returns
    -------
    waited : whether another process held the lock before

    Raises
    ------
    RequestError : the folder cannot be written
    """
    path = folder / LOCK_FILE
    waited = False
    while True:
        descriptor = _open(path)
        try:
            is_free = filelock.lock_descriptor(descriptor, blocking=False)
        except OSError as error:
            is_free = True
            if error.errno not in _NO_LOCKS:
                os.close(descriptor)
                raise
        if not is_free:
            os.close(descriptor)
            waited = True
            wait()
            time.sleep(_POLL_SECONDS)
            continue
        # Who held the lock before may have removed the file that was opened here.
        if _is_same(descriptor, path):
            break
        os.close(descriptor)
    try:
        yield waited
    finally:
        with suppress(PermissionError):  # where a file that is open cannot be removed, it stays
            path.unlink(missing_ok=True)
        os.close(descriptor)


def is_held(folder: Path) -> bool:
    """Whether a process holds the lock of ``folder`` at this moment."""
    try:
        descriptor = os.open(folder / LOCK_FILE, os.O_RDWR | _CLOEXEC)
    except OSError:
        return False
    try:
        return not filelock.lock_descriptor(descriptor, blocking=False)
    except OSError:  # there are no locks here
        return False
    finally:
        os.close(descriptor)


def _open(path: Path) -> int:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        return os.open(path, os.O_RDWR | os.O_CREAT | _CLOEXEC, 0o666)
    except OSError as error:
        raise RequestError(f"out: cannot write to {path.parent}: {error.strerror}") from None


def _is_same(descriptor: int, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(descriptor), path.stat())
    except FileNotFoundError:
        return False
