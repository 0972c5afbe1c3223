"""Changes of a layer of which any synapse may have one: what rules do to them, one after the other.

Where a trial unfolds in time its change has no two factors, as that of an image has
(``bioplast.kernels.synapse_arrays``), and nearly every synapse is changed. Plain functions in Numba's
subset of Python; ``bioplast.backends.numeric`` turns them into machine code.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from types import FunctionType
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from bioplast.kernels.ordering import find_largest
from bioplast.kernels.synapse_arrays import FloatArray

Link = Callable[["DenseArrays", Any, Any, int], None]


class DenseArrays(NamedTuple):
    """The arrays of one layer of synapses and what a trial has put into them.

    Attributes
    ----------
    weights, m0, m1 : (n_pre, n_post), the layer and its books
    effective : (n_pre, n_post), the weights as they act; ``weights`` itself without a consolidation
    plastic : (n_pre, n_post) bool, the synapses on the path
    n_plastic : number of plastic synapses
    change : (n_pre, n_post), what is proposed, and after the rules what is written
    chosen : (n_pre, n_post) bool, the synapses that are written
    scratch : (n_pre * n_post,), room for one number a synapse
    cell : (1,), room for a number in the dtype of the weights
    """

    weights: FloatArray
    m0: NDArray[np.int64]
    m1: NDArray[np.float64]
    effective: FloatArray
    plastic: NDArray[np.bool_]
    n_plastic: int
    change: FloatArray
    chosen: NDArray[np.bool_]
    scratch: FloatArray
    cell: FloatArray


def leave(synapses: DenseArrays, own: Any, parameters: Any, key: int) -> None:
    """Do nothing: a chain without links."""


first: Link = leave
second: Link = leave


def both(synapses: DenseArrays, own: Any, parameters: Any, key: int) -> None:
    """One link after the other, each with what is its own."""
    first(synapses, own[0], parameters[0], key)
    second(synapses, own[1], parameters[1], key)


@cache
def chain(links: tuple[FunctionType, ...]) -> Link:
    """One function that does what ``links`` do in turn; what is theirs lies as ``nest`` lays it."""
    if len(links) < 2:
        return links[0] if links else leave
    parts = {"first": links[0], "second": chain(links[1:])}
    assert isinstance(both, FunctionType)
    return FunctionType(both.__code__, {**both.__globals__, **parts}, both.__name__)


def nest(items: tuple[Any, ...]) -> Any:
    """What belongs to the links of a chain: ``(a, (b, c))``.

    >>> nest(()), nest((1,)), nest((1, 2, 3))
    ((), 1, (1, (2, 3)))
    """
    if len(items) < 2:
        return items[0] if items else ()
    return items[0], nest(items[1:])


def in_dtype(synapses: DenseArrays, value: Any) -> Any:
    """``value`` rounded to the dtype of the weights, as NumPy rounds it."""
    synapses.cell[0] = value
    return synapses.cell[0]


def gather_chosen(synapses: DenseArrays) -> int:
    """Lay out the sizes of the changes that are still chosen in ``scratch``: how many there are."""
    n = 0
    for i in range(synapses.change.shape[0]):
        for j in range(synapses.change.shape[1]):
            synapses.scratch[n] = abs(synapses.change[i, j])
            n += synapses.chosen[i, j]
    return n


def choose_from(synapses: DenseArrays, cutoff: Any) -> int:
    """Leave only changes of at least ``cutoff`` chosen: how many there are."""
    n = 0
    for i in range(synapses.change.shape[0]):
        for j in range(synapses.change.shape[1]):
            passes = synapses.chosen[i, j] and abs(synapses.change[i, j]) >= cutoff
            synapses.chosen[i, j] = passes
            n += passes
    return n


def find_cutoff(synapses: DenseArrays, fraction: float) -> Any:
    """The size from which on ``fraction`` of the chosen changes is; there is at least one."""
    n = gather_chosen(synapses)
    return find_largest(synapses.scratch, n, count_share(fraction, n))


def count_share(fraction: float, n: int) -> int:
    """``bioplast.plasticity.share.count_share`` in machine code."""
    return n - int(np.rint((1 - fraction) * (n - 1)))


def keep_chosen(synapses: DenseArrays) -> int:
    """Set every change that is not chosen to zero: how many are left."""
    n = 0
    nothing = synapses.change[0, 0] * 0
    nothing = in_dtype(synapses, nothing)
    for i in range(synapses.change.shape[0]):
        for j in range(synapses.change.shape[1]):
            if not synapses.chosen[i, j]:
                synapses.change[i, j] = nothing
            n += synapses.chosen[i, j]
    return n


def write_changes(synapses: DenseArrays) -> None:
    """Write all changes and book what happened to the weights."""
    for i in range(synapses.change.shape[0]):
        for j in range(synapses.change.shape[1]):
            before = synapses.weights[i, j]
            synapses.weights[i, j] = before + synapses.change[i, j]
            applied = np.float64(synapses.weights[i, j]) - np.float64(before)
            synapses.m0[i, j] += applied != 0
            synapses.m1[i, j] += abs(applied)
