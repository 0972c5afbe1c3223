"""What is in the build cache is used only if it is what was put there: a digest beside it says so."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

from bioplast.build_cache.folder import check_owner, check_private, close, writing
from bioplast.build_cache.lock import locked
from bioplast.notice import warn_on_stderr

_SEAL = "sha256"  # the file with the digest of those beside it
_BLOCK = 2**18
_SIZE = hashlib.sha256().digest_size


def write_once(path: Path, content: bytes) -> None:
    """Have ``content`` in ``path``, which is written if it is not there or was damaged."""
    with locked(path):
        if path.exists():
            check_owner(path)
            if _holds(path, content):
                return
            tell_damaged(path)
        _replace(path, content)


def write_sealed(path: Path, content: bytes) -> None:
    """Write ``content`` to ``path`` behind its digest."""
    with locked(path):
        _replace(path, hashlib.sha256(content).digest() + content)


def read_sealed(path: Path) -> bytes | None:
    """What ``write_sealed`` wrote; None if it is not there or is no longer what was written.

    Raises
    ------
    RequestError : it is somebody else's
    """
    try:
        check_owner(path)
        found = path.read_bytes()
    except FileNotFoundError:
        return None
    if hashlib.sha256(found[_SIZE:]).digest() != found[:_SIZE]:
        tell_damaged(path)
        return None
    return found[_SIZE:]


def seal(folder: Path, names: Sequence[str]) -> None:
    """Put a digest beside the files ``names`` of ``folder``, and those in folders among them."""
    close(folder)
    (folder / _SEAL).write_text(_digest_files(folder, names))


def is_sealed(folder: Path, names: Sequence[str]) -> bool:
    """Whether these files are what they were when they were sealed.

    Raises
    ------
    RequestError : one is somebody else's
    """
    try:
        check_private(folder)
        return (folder / _SEAL).read_bytes() == _digest_files(folder, names).encode()
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
        return False


def tell_damaged(path: Path) -> None:
    """Say that something in the cache cannot be used."""
    warn_on_stderr(f"build cache: {path} is damaged and is made again")


def _holds(path: Path, content: bytes) -> bool:
    """Whether ``content`` is what is in ``path``; block by block, as images may be large."""
    with path.open("rb") as file:
        starts = range(0, len(content), _BLOCK)
        same = all(file.read(_BLOCK) == content[start : start + _BLOCK] for start in starts)
        return same and not file.read(1)


def _replace(path: Path, content: bytes) -> None:
    """Write ``content`` to ``path``; a reader never sees half of it."""
    part = path.with_name(path.name + ".part")  # what a process that died left is written over
    with writing(path):
        try:
            part.write_bytes(content)
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)


def _digest_files(folder: Path, names: Sequence[str]) -> str:
    digest = hashlib.sha256()
    paths = [folder / name for name in names]
    paths += [inner for path in paths if path.is_dir() for inner in sorted(path.iterdir())]
    for path in paths:
        check_owner(path)
        if path.is_file():
            can_run = bool(path.stat().st_mode & 0o100)
            content = hashlib.sha256(path.read_bytes()).hexdigest()
            digest.update(f"{path.relative_to(folder)} {can_run} {content}\n".encode())
    return digest.hexdigest()
