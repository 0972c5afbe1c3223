"""The build cache: compiled programs and kernels, and decoded images, that runs on one machine share.

It lives in ``$BIOPLAST_CACHE``, by default in the user's cache folder, and may be deleted when no
run is under way.
"""

from __future__ import annotations

import fcntl
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bioplast.errors import RequestError


def cache_folder() -> Path:
    """The folder of the build cache, made if it is not there.

    Raises
    ------
    RequestError : the folder cannot be made or not be written to
    """
    base = os.environ.get("BIOPLAST_CACHE")
    user = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    folder = Path(base) if base else Path(user) / "bioplast"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        tempfile.TemporaryFile(dir=folder).close()
    except OSError as error:
        raise RequestError(
            f"build cache {folder}: cannot be written to ({error.strerror}); set BIOPLAST_CACHE to another"
        ) from None
    return folder


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold a lock file beside ``path``: of several processes that want it made, one makes it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.with_name(path.name + ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def write_once(path: Path, content: bytes) -> None:
    """Write ``content`` to ``path`` unless it is there; a reader never sees half a file."""
    with locked(path):
        if path.exists():
            return
        descriptor, part = tempfile.mkstemp(dir=path.parent, prefix=path.name, suffix=".part")
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
        Path(part).replace(path)
