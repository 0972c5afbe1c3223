"""Machine code from plain functions, with the parts of a rule put in, kept on disk between processes."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from types import FunctionType
from typing import Any

import numba

import bioplast

_CONFIG: Any = numba.config  # its settings are made at run time


def compiled(function: Callable[..., Any], **parts: Callable[..., Any]) -> Callable[..., Any]:
    """``function`` and everything it calls as machine code.

    Kernels and rules are written as plain functions in Numba's subset of Python. A kernel calls its
    replaceable parts by a global name; ``parts`` says, name by name, which function stands there for
    this kernel, however deep in the calls. So there is one kernel for all rules, and none of the
    rules' files needs Numba to be imported.

    Parameters
    ----------
    function : the outermost function; its machine code is kept on disk
    parts : global name to the plain function that is called under it
    """
    return _compile(function, tuple(sorted(parts.items())))


@cache
def _compile(function: FunctionType, parts: tuple[tuple[str, FunctionType], ...]) -> Callable[..., Any]:
    twin = _make_twin(function, dict(parts), {})
    twin.__qualname__ = "_".join([function.__name__, _fingerprint(function, parts)])
    with _cache_folder() as folder:
        return numba.njit(nogil=True, cache=folder is not None)(twin)


def _make_twin(function: FunctionType, parts: dict[str, FunctionType], done: dict[Any, Any]) -> FunctionType:
    """A copy of ``function`` in whose globals every plain function is machine code."""
    namespace = dict(function.__globals__)
    for name in function.__code__.co_names:
        callee = parts.get(name, namespace.get(name))
        if isinstance(callee, FunctionType):
            if callee not in done:
                done[callee] = numba.njit(_make_twin(callee, parts, done))
            namespace[name] = done[callee]
    return FunctionType(function.__code__, namespace, function.__name__, function.__defaults__)


def _fingerprint(function: FunctionType, parts: tuple[tuple[str, FunctionType], ...]) -> str:
    """The name under which Numba files the machine code: one per choice of parts."""
    names = [f"{name}={part.__module__}.{part.__qualname__}" for name, part in parts]
    return hashlib.sha256(" ".join([function.__module__, *names]).encode()).hexdigest()[:16]


@contextmanager
def _cache_folder() -> Iterator[Path | None]:
    """The folder for machine code, ``None`` where none can be written.

    Numba looks only at the outermost function's file to see whether its copy is out of date. The
    folder's name therefore holds a hash of every source file of the library: an edited rule is
    never run from an old copy.
    """
    try:
        base = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
        folder = base / "bioplast" / f"kernels-{_hash_sources()}"
        folder.mkdir(parents=True, exist_ok=True)
    except (OSError, RuntimeError):
        yield None
        return
    if not os.access(folder, os.W_OK):
        yield None
        return
    before, _CONFIG.CACHE_DIR = _CONFIG.CACHE_DIR, str(folder)
    try:
        yield folder
    finally:
        _CONFIG.CACHE_DIR = before


@cache
def _hash_sources() -> str:
    root = Path(bioplast.__file__).parent
    digest = hashlib.sha256()
    for path in sorted([*root.glob("plasticity/*.py"), *root.glob("numeric/*.py")]):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]
