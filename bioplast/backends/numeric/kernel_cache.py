"""Kernels' machine code on disk, checked before it is read."""

from __future__ import annotations

import hashlib
import pickle
import sys
from functools import cache
from pathlib import Path
from typing import Any

import numba
import numpy as np
from numba.core.caching import NullCache
from numba.core.compiler import CompileResult
from numba.core.serialize import dumps
from numba.core.types import BaseTuple

from bioplast.build_cache import UnusableCacheError, cache_folder, read_sealed, write_sealed
from bioplast.notice import warn_on_stderr

# Numba annotates some of its functions.
_rebuild: Any = CompileResult._rebuild
_dump: Any = dumps


class KernelCache(NullCache):
    """Where Numba finds and leaves the machine code of one function.

    Numba keeps machine code in pickles, which run code when they are read, and its own cache trusts them as
    they are. These are read only if they are what was written.

    Parameters
    ----------
    name : of the function and all that goes into it
    """

    def __init__(self, name: str) -> None:
        self._name = name

    def load_overload(self, sig: Any, target_context: Any) -> Any:
        """The machine code for arguments of these types, None if there is none."""
        # Without target_context.refresh(): it makes all that Numba knows ready for compiling, SciPy's linear
        # algebra included, which takes as long as everything else that a short run does.
        try:
            content = read_sealed(self._find(sig, target_context.codegen()))
        except UnusableCacheError as error:
            return _tell_once(str(error))
        return None if content is None else _rebuild(target_context, *pickle.loads(content))

    def save_overload(self, sig: Any, cres: Any) -> None:
        """Keep machine code for arguments of these types, where there is room."""
        if cres.lifted or cres.library.has_dynamic_globals:  # addresses of this process are in it
            return
        try:
            write_sealed(self._find(sig, cres.codegen), _dump(cres._reduce()))
        except UnusableCacheError as error:
            _tell_once(str(error))

    def _find(self, sig: Any, codegen: Any) -> Path:
        """Where machine code for these arguments and this processor is."""
        facts = (
            sig,
            _list_fields(sig),
            codegen.magic_tuple(),
            numba.__version__,
            np.__version__,
            sys.implementation.cache_tag,
        )
        digest = hashlib.sha256(repr(facts).encode()).hexdigest()[:16]
        return cache_folder("kernels") / f"{self._name}-{digest}"


def _list_fields(types: Any) -> list[tuple[str, ...]]:
    """The fields of the named tuples among the arguments: machine code knows them by their places."""
    found = []
    for one in types:
        if hasattr(one, "fields") and isinstance(one.fields, tuple):
            found.append(one.fields)
        if isinstance(one, BaseTuple):
            found += _list_fields(one)
    return found


@cache
def _tell_once(message: str) -> None:
    """Kernels are compiled in a few seconds: where none can be kept, runs go on without."""
    warn_on_stderr(f"{message}; kernels are compiled again each time")
