"""Functions for code on synapses that compete: ``offer`` and ``kth_largest``.

``offer(delta_w)`` returns its argument and remembers its size; ``kth_largest(k)`` is the k-th largest
size offered since the last call, ties included, and 0 if fewer than k changes that are not zero were
offered. Both belong to one Synapses object.
"""

from __future__ import annotations

import zlib
from typing import Any

import numpy as np
from brian2 import Function, prefs
from brian2.codegen.generators.cpp_generator import c_data_type
from numpy.typing import NDArray


class Offers:
    """The two functions as NumPy computes them (runtime mode); the meaning of ``offers.h``."""

    def __init__(self) -> None:
        self._sizes: list[NDArray[np.floating[Any]]] = []
        self._cutoff: Any = 0.0

    def offer(self, delta_w: Any) -> Any:
        self._sizes.append(np.atleast_1d(np.abs(delta_w)))
        return delta_w

    def kth_largest(self, k: Any) -> Any:
        if not self._sizes:
            return self._cutoff
        sizes = np.concatenate(self._sizes)
        sizes = sizes[sizes > 0]
        self._sizes.clear()
        n_below = len(sizes) - int(k)
        self._cutoff = np.partition(sizes, n_below)[n_below] if n_below >= 0 else 0.0
        return self._cutoff


def make_selection_functions(synapses_name: str) -> dict[str, Function]:
    """``offer`` and ``kth_largest`` for the Synapses of this name."""
    offers = Offers()
    real = c_data_type(prefs.core.default_float_dtype)
    shared = f"bioplast::Offers<{real}, {zlib.crc32(synapses_name.encode())}u>"
    return {
        "offer": _make_function(
            offers.offer,
            f"inline {real} offer({real} delta_w) {{ return {shared}::offer(delta_w); }}\n"
            f"inline void offer_run(const {real}* delta_w, long n) {{ {shared}::offer_run(delta_w, n); }}",
            stateless=False,
        ),
        "kth_largest": _make_function(
            offers.kth_largest,
            f"inline {real} kth_largest(double k) {{ return {shared}::kth_largest((long) k); }}",
            # Brian2 takes only a stateless function as the value of a shared variable.
            stateless=True,
        ),
    }


def _make_function(meaning: Any, code: str, *, stateless: bool) -> Function:
    function = Function(
        lambda value: meaning(value), arg_units=[None], return_unit=lambda unit: unit, stateless=stateless
    )
    function.implementations.add_implementation("cpp", code, compiler_kwds={"headers": ['"offers.h"']})
    return function
