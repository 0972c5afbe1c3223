"""Where the build cache is, and who may write to it.

It lives in ``$BIOPLAST_CACHE``, by default in the user's cache folder. ``$BIOPLAST_SHARED_CACHE`` names one
that users share on purpose; each of them can then run code as the others.
"""

from __future__ import annotations

import os
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bioplast.errors import RequestError

_OWN, _SHARED = "BIOPLAST_CACHE", "BIOPLAST_SHARED_CACHE"


class UnusableCacheError(RequestError):
    """Nothing can be kept in the build cache."""


def cache_folder(part: str = "") -> Path:
    """The folder of the build cache, or the one called ``part`` in it; made if it is not there.

    Raises
    ------
    UnusableCacheError : the folder cannot be made or not be written to
    RequestError : somebody else can write to it
    """
    root = _find_root()
    names = Path(part).parts
    for folder in (root.joinpath(*names[:depth]) for depth in range(len(names) + 1)):
        with writing(folder):
            folder.mkdir(mode=0o777 if _is_shared() else 0o700, parents=True, exist_ok=True)
            check_private(folder)
            tempfile.TemporaryFile(dir=folder).close()
    return root / part


@contextmanager
def writing(place: Path) -> Iterator[None]:
    """Meanwhile something is written at ``place`` in the cache.

    Raises
    ------
    UnusableCacheError : in place of the error of a disk that is full or cannot be written to
    """
    try:
        yield
    except OSError as error:
        # NumPy says how much it could write, but not why.
        reason = error.strerror or f"no room: {error}"
        raise UnusableCacheError(
            f"build cache {place}: cannot be written to ({reason}); set {_OWN} to another"
        ) from error


def close(folder: Path) -> None:
    """Let nobody else into ``folder``, whatever the user's umask is, unless the cache is shared."""
    if not _is_shared():
        folder.chmod(0o700)


def check_private(folder: Path) -> None:
    """Make sure that nobody else can put files into ``folder``.

    Raises
    ------
    RequestError : it is somebody else's, or others may write to it
    """
    check_owner(folder)
    mode = stat.S_IMODE(folder.stat().st_mode)
    if mode & (stat.S_IWGRP | stat.S_IWOTH) and not _is_shared():
        _refuse(folder, f"others may write to it (mode {mode:o})")


def check_owner(path: Path) -> None:
    """Make sure that nobody else put ``path`` there.

    Raises
    ------
    RequestError : it is somebody else's
    """
    owner = path.stat().st_uid
    if hasattr(os, "geteuid") and owner != os.geteuid() and not _is_shared():
        _refuse(path, f"it belongs to user {owner}")


def _refuse(path: Path, reason: str) -> None:
    raise RequestError(
        f"build cache {path}: {reason}, and what is in it is run as you; delete it or set {_OWN} to another "
        f"(if it is shared on purpose, name the cache in {_SHARED})"
    )


def _is_shared() -> bool:
    return bool(os.environ.get(_SHARED))


def _find_root() -> Path:
    if folder := os.environ.get(_SHARED) or os.environ.get(_OWN):
        return Path(folder).absolute()  # programs are run in folders of their own
    if user := os.environ.get("XDG_CACHE_HOME"):
        return Path(user) / "bioplast"
    try:
        return Path.home() / ".cache" / "bioplast"
    except RuntimeError:
        raise UnusableCacheError(f"build cache: there is no home folder; set {_OWN} to a folder") from None
