"""Machine code from plain functions, with the parts of a rule put in, kept on disk between processes."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import cache, partial
from pathlib import Path
from types import FunctionType
from typing import Any

import numba

from bioplast.build_cache import cache_folder
from bioplast.errors import RequestError
from bioplast.plasticity.side import Side

_CONFIG: Any = numba.config  # its settings are made at run time
# Without Numba's run time (_nrt) no references are counted, a third of the time it takes to compile, and
# a kernel that allocates does not compile at all. Only the outermost function is called from Python: to
# make the others ready for it would double the time.
_compile_inner: Any = partial(numba.njit, _nrt=False, no_cfunc_wrapper=True, no_cpython_wrapper=True)
_compile_outer: Any = partial(numba.njit, nogil=True, _nrt=False, no_cfunc_wrapper=True)


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
    tree = _list_functions(function, dict(parts), [])
    mark = _fingerprint(tree)
    twins: dict[FunctionType, Any] = {}
    for callee in reversed(tree):
        twins.setdefault(callee, _compile_inner(_make_twin(callee, dict(parts), twins, mark)))
    with _cache_folder() as folder:
        twin = _make_twin(function, dict(parts), twins, mark)
        return _compile_outer(twin, cache=folder is not None)


def _list_functions(
    function: FunctionType, parts: dict[str, FunctionType], found: list[FunctionType]
) -> list[FunctionType]:
    """``function`` and the plain functions it calls, however deep, each after those that call it."""
    if function in found:
        found.remove(function)
    found.append(function)
    for callee in _list_callees(function, parts).values():
        _list_functions(callee, parts, found)
    return found


def _list_callees(function: FunctionType, parts: dict[str, FunctionType]) -> dict[str, FunctionType]:
    """The plain functions that ``function`` calls itself, by the name it calls them."""
    names = {name: parts.get(name, function.__globals__.get(name)) for name in function.__code__.co_names}
    return {name: callee for name, callee in names.items() if isinstance(callee, FunctionType)}


def _make_twin(
    function: FunctionType, parts: dict[str, FunctionType], twins: dict[FunctionType, Any], mark: str
) -> FunctionType:
    """A copy of ``function`` that calls the twins of what it calls.

    Machine code from disk and from now meet under the functions' names, so functions that call other
    parts must have other names.
    """
    callees = {name: twins[callee] for name, callee in _list_callees(function, parts).items()}
    twin = FunctionType(
        function.__code__, {**function.__globals__, **callees}, function.__name__, function.__defaults__
    )
    twin.__qualname__ = f"{function.__name__}_{mark}"
    return twin


def _fingerprint(functions: Iterable[FunctionType]) -> str:
    """A hash of the code of all functions that go into a kernel and of the layout of their arguments.

    It is part of the name under which Numba files the machine code: Numba itself looks only at the
    outermost function's file to see whether its copy is out of date, and an edited rule must never be
    run from an old copy.
    """
    digest = hashlib.sha256(repr(Side.__annotations__).encode())
    for function in functions:
        code = function.__code__
        digest.update(repr((function.__module__, code.co_name, code.co_names, code.co_varnames)).encode())
        digest.update(repr((code.co_consts, function.__defaults__)).encode())
        digest.update(code.co_code)
    return digest.hexdigest()[:16]


@contextmanager
def _cache_folder() -> Iterator[Path | None]:
    """The folder for machine code, ``None`` where none can be written."""
    try:
        folder = cache_folder() / "kernels"
        folder.mkdir(exist_ok=True)
    except (OSError, RequestError, RuntimeError):
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
