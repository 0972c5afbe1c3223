"""Functions for code on synapses of which only some change. All but the last belong to one Synapses object.

===============================  =========================================================================
``compete(x)``                   x; its size takes part in the competition of the layer
``kth_largest(k)``               the k-th largest size since it was last asked for, ties included;
                                 0 if fewer than k that are not zero compete
``adapted(theta, f, rate, n)``   theta, moved by at most the part ``rate`` towards where f of n synapses
                                 are as large; theta itself if none has come since it was last asked for
``in_force(theta)``              what theta was before ``adapted`` moved it
``compete_for(x, j)``            x; its size takes part in the competition within cell j
``kth_largest_of(j, k)``         as ``kth_largest``, within cell j
``enter(x, is_entered)``         x, which takes part in a competition of its own if ``is_entered``
``kth_highest(k)``               the k-th highest number entered since it was last asked for
``index_of_draw(m, n, key)``     index at which number m is drawn of n (``bioplast.kernels.shuffle``)
===============================  =========================================================================

A rule's ``cutoff`` is computed at every time step; without new candidates all answers stay what they were.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from brian2 import Function, Quantity, Unit, prefs
from brian2.codegen.generators.cpp_generator import c_data_type
from numpy.typing import DTypeLike, NDArray

from bioplast.kernels.shuffle import find_index
from bioplast.tasks.poisson import trial_keys

FloatArray = NDArray[np.floating[Any]]


class Candidates:
    """The functions of a layer's competition as NumPy computes them (runtime mode); see ``candidates.h``."""

    def __init__(self) -> None:
        self._sizes: list[FloatArray] = []
        self._cutoff: Any = 0.0

    def compete(self, change: Any) -> Any:
        self._sizes.append(np.atleast_1d(np.abs(change)))
        return change

    def kth_largest(self, k: Any) -> Any:
        if self._sizes:
            self._cutoff = _find_kth_largest(np.concatenate(self._sizes), int(k))
            self._sizes.clear()
        return self._cutoff

    def adapted(self, theta: Any, target: Any, rate: Any, n: Any) -> Any:
        if not self._sizes or n == 0:
            return theta
        sizes = np.concatenate(self._sizes)
        self._sizes.clear()
        theta = np.float64(np.asarray(theta).item())
        self._cutoff = sizes.dtype.type(theta)
        share = np.count_nonzero(sizes >= self._cutoff) / int(n)
        return theta * (1 + float(rate) * min(max(share / float(target) - 1, -1.0), 1.0))

    def in_force(self, theta: Any) -> Any:
        return self._cutoff


class NeuronCandidates:
    """The same within each cell."""

    def __init__(self) -> None:
        self._lots: list[tuple[FloatArray, NDArray[np.int64]]] = []
        self._is_over = True

    def compete_for(self, change: Any, j: Any) -> Any:
        if self._is_over:
            self._lots.clear()
            self._is_over = False
        sizes = np.atleast_1d(np.abs(change))
        self._lots.append((sizes, np.broadcast_to(j, sizes.shape)))
        return change

    def kth_largest_of(self, j: Any, k: Any) -> Any:
        self._is_over = True
        sizes = np.concatenate([size for size, _ in self._lots])
        cells = np.concatenate([cell for _, cell in self._lots])
        cutoffs = np.zeros(np.shape(j), sizes.dtype)
        ranks = np.broadcast_to(k, np.shape(j))
        for cell in np.unique(j):
            asking = j == cell
            cutoffs[asking] = _find_kth_largest(sizes[cells == cell], int(ranks[asking][0]))
        return cutoffs


class Speakers:
    """``enter`` and ``kth_highest``."""

    def __init__(self) -> None:
        self._entered: list[FloatArray] = []
        self._cutoff: Any = 0.0

    def enter(self, value: Any, representative: Any) -> Any:
        values, representative = np.broadcast_arrays(value, representative)
        self._entered.append(values[representative.astype(bool)])
        return value

    def kth_highest(self, k: Any) -> Any:
        if self._entered:
            values = np.sort(np.concatenate(self._entered))
            self._entered.clear()
            self._cutoff = values[values.size - int(k)] if 0 < k <= values.size else np.inf
        return self._cutoff


def make_selection_functions(
    synapses_name: str,
    unit: Unit | Quantity | None = None,
    dtype: DTypeLike = None,
    include_dirs: Sequence[str] = (),
) -> dict[str, Function]:
    """The functions for the Synapses of this name.

    Parameters
    ----------
    unit : of the weights, as a rule's ``cutoff`` is compared with them; 1 if not given
    dtype : of the weights; Brian2's default one if not given
    include_dirs : where a program finds the headers, if not among its own files
    """
    unit = Unit(1) if unit is None else unit
    real = c_data_type(prefs.core.default_float_dtype if dtype is None else np.dtype(dtype).type)
    headers = {"headers": ['"candidates.h"', '"draws.h"'], "include_dirs": list(include_dirs)}
    owner = f"<{real}, {zlib.crc32(synapses_name.encode())}u>"
    layer, neurons, representatives = Candidates(), NeuronCandidates(), Speakers()
    candidates = f"bioplast::Candidates{owner}"
    listed = f"using Listed = {candidates};\n"  # for the template of synapses
    functions = (
        _make_function(
            "compete",
            layer.compete,
            f"inline {real} compete({real} change) {{ return {candidates}::compete(change); }}\n"
            f"inline void compete_run(const {real}* changes, const bioplast::Run& run) "
            f"{{ {candidates}::compete_run(changes, run); }}",
            headers,
        ),
        _make_function(
            "kth_largest",
            layer.kth_largest,
            f"{listed}inline {real} kth_largest(double k) {{ return {candidates}::kth_largest((long) k); }}",
            headers,
            unit=unit,
            is_shared=True,
        ),
        _make_function(
            "adapted",
            layer.adapted,
            "inline double adapted(double theta, double target, double rate, double n) "
            f"{{ return {candidates}::adapted(theta, target, rate, (long) n); }}",
            headers,
            n_arguments=4,
            is_shared=True,
        ),
        _make_function(
            "in_force",
            layer.in_force,
            f"{listed}inline {real} in_force(double theta) {{ return {candidates}::cutoff; }}",
            headers,
            is_shared=True,
        ),
        _make_function(
            "compete_for",
            neurons.compete_for,
            f"inline {real} compete_for({real} change, int j) "
            f"{{ return bioplast::NeuronCandidates{owner}::compete(change, j); }}\n"
            f"inline void compete_run_for(const {real}* changes, const bioplast::Run& run, int first_cell) "
            f"{{ bioplast::NeuronCandidates{owner}::compete_run(changes, run, first_cell); }}",
            headers,
            n_arguments=2,
        ),
        _make_function(
            "kth_largest_of",
            neurons.kth_largest_of,
            f"using Listed = bioplast::NeuronCandidates{owner};\n"
            f"inline {real} kth_largest_of(int j, int k) {{ return Listed::kth_largest(j, k); }}",
            headers,
            n_arguments=2,
            unit=unit,
            is_shared=True,
        ),
        _make_function(
            "enter",
            representatives.enter,
            f"inline {real} enter({real} value, bool representative) "
            f"{{ return bioplast::Speakers{owner}::enter(value, representative); }}",
            headers,
            n_arguments=2,
        ),
        _make_function(
            "kth_highest",
            representatives.kth_highest,
            f"inline {real} kth_highest(double k) "
            f"{{ return bioplast::Speakers{owner}::kth_highest((long) k); }}",
            headers,
            is_shared=True,
        ),
        _make_function(
            "index_of_draw",
            _index_of_draw,
            "inline long index_of_draw(long number, long n, long key) "
            "{ return bioplast::index_of_draw(number, n, (uint32_t) key); }",
            headers,
            n_arguments=3,
            return_type="integer",
            is_shared=True,
        ),
    )
    return dict(functions)


def make_draw_key(key: int) -> Function:
    """``draw_key(trial, layer)``: 32 random bits of a trial, from the run's ``key``; see ``trial_keys``."""
    function = Function(
        lambda trial, layer: trial_keys(key, int(layer), np.atleast_1d(trial)).astype(np.int64)[0],
        arg_units=[1, 1],
        return_unit=1,
        return_type="integer",
        stateless=True,
    )
    code = f"""inline int64_t draw_key(int64_t trial, int64_t layer) {{
    const uint32_t golden = 0x9e3779b9U, base = bioplast::scramble({key}U + (uint32_t) layer * golden);
    return bioplast::scramble(base + (uint32_t) trial * golden);
}}"""
    function.implementations.add_implementation("cpp", code, name="draw_key")
    return function


def _index_of_draw(number: Any, n: Any, key: Any) -> Any:
    return find_index(np.asarray(number, np.int64), int(n), int(np.asarray(key).item()))


def _find_kth_largest(sizes: FloatArray, k: int) -> Any:
    sizes = sizes[sizes > 0]
    n_below = sizes.size - k
    return np.partition(sizes, n_below)[n_below] if 0 <= n_below < sizes.size else 0.0


def _make_function(
    name: str,
    meaning: Callable[..., Any],
    code: str,
    headers: Mapping[str, Sequence[str]],
    *,
    unit: Unit | Quantity | None = None,
    n_arguments: int = 1,
    return_type: str | None = None,
    is_shared: bool = False,
) -> tuple[str, Function]:
    """Name and function of numbers that returns the unit of its first argument, or ``unit``.

    ``is_shared`` if Brian2 may take it for the value of a shared variable.
    """
    function = Function(
        lambda *values: meaning(*values),
        arg_units=[None] * n_arguments,
        return_unit=lambda *units: units[0] if unit is None else unit,
        return_type=return_type,
        # What is shared has to be stateless, which it is between two candidates.
        stateless=is_shared,
    )
    # The function itself: Brian2's own wrapper of it would ask it for a Quantity.
    function.implementations.add_implementation("numpy", lambda *values: meaning(*values))
    function.implementations.add_implementation("cpp", code, compiler_kwds=dict(headers), name=name)
    return name, function
