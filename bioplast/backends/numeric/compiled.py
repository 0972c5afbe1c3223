"""Machine code from plain functions, with the parts of a rule put in, kept on disk between processes."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache, partial
from types import CodeType, FunctionType, ModuleType
from typing import Any

import numba
import numpy as np

from bioplast.backends.numeric.inner import InnerCompiler
from bioplast.backends.numeric.kernel_cache import KernelCache
from bioplast.kernels.synapse_arrays import SynapseArrays

# Without Numba's run time (_nrt) no references are counted, a third of the time it takes to compile, and
# a kernel that allocates does not compile at all. Only the outermost function is called from Python: to
# make the others ready for it would double the time.
_compile_inner: Any = partial(
    numba.njit, _nrt=False, no_cfunc_wrapper=True, no_cpython_wrapper=True, pipeline_class=InnerCompiler
)
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
    twin = _make_twin(function, dict(parts), twins, mark)
    machine_code = _compile_outer(twin)
    machine_code._cache = KernelCache(twin.__qualname__)
    return machine_code


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

    It is part of the name under which the machine code is kept: an edited rule must never be run from an
    old copy.
    """
    digest = hashlib.sha256(repr(SynapseArrays.__annotations__).encode())
    for function in functions:
        cells = [cell.cell_contents for cell in function.__closure__ or ()]
        for fact in (function.__module__, function.__defaults__, cells):
            digest.update(_describe(fact))
        for code in _list_codes(function.__code__):
            digest.update(_describe(code))
            digest.update(_describe(_list_constants(code.co_names, function.__globals__)))
    return digest.hexdigest()[:16]


def _list_codes(code: CodeType) -> Iterator[CodeType]:
    """``code`` and that of the functions and comprehensions inside it."""
    yield code
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _list_codes(constant)


def _list_constants(names: Sequence[str], scope: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """The values that code with ``names`` finds in ``scope``, in its modules too; machine code keeps them."""
    found = [(name, scope[name]) for name in names if name in scope]
    for module in [value for _, value in found if isinstance(value, ModuleType)]:
        found += [(f"{module.__name__}.{name}", vars(module).get(name)) for name in names]
    return [(name, value) for name, value in found if not isinstance(value, FunctionType)]


def _describe(value: Any) -> bytes:
    """The same bytes for the same value in every process; only the name of what is no value."""
    if isinstance(value, np.ndarray):
        return f"{value.dtype.str} {value.shape}".encode() + value.tobytes()
    if isinstance(value, tuple | list):
        return b"(" + b",".join(_describe(item) for item in value) + b")"
    if value is None or isinstance(value, bool | int | float | complex | str | bytes | np.generic):
        return f"{type(value).__name__} {value!r}".encode()
    if isinstance(value, CodeType):
        constants = [one for one in value.co_consts if not isinstance(one, CodeType)]
        names = repr((value.co_name, value.co_names, value.co_varnames)).encode()
        return names + value.co_code + _describe(constants)
    if isinstance(inner := getattr(value, "__wrapped__", None), FunctionType):  # an intrinsic of Numba's
        return b"".join(_describe(code) for code in _list_codes(inner.__code__))
    if isinstance(fields := getattr(value, "_fields", None), tuple):  # a named tuple that code makes
        return repr((value.__name__, fields)).encode()
    return f"{type(value).__name__} {getattr(value, '__name__', '')}".encode()
