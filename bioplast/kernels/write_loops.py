"""Ways over the proposed changes of a layer: all of them, or only those that are written.

Plain functions in Numba's subset of Python; ``bioplast.backends.numeric`` turns them into machine code.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from bioplast.kernels.sorting import sort_falling
from bioplast.kernels.synapse_arrays import SynapseArrays


def book(synapses: SynapseArrays, i: int, j: int, change: Any) -> None:
    """Change a weight and book what happened to it."""
    before = synapses.weights[i, j]
    synapses.weights[i, j] = before + change
    after = synapses.weights[i, j]
    applied = np.float64(after) - np.float64(before)
    synapses.recent[i, j] += applied != 0
    synapses.m1[i, j] += abs(applied)


def book_proposal(synapses: SynapseArrays, i: int, j: int, change: Any) -> None:
    """Change a weight and book what was proposed to it."""
    synapses.weights[i, j] += change
    synapses.recent[i, j] += change != 0
    synapses.m1[i, j] += abs(change)


def flush(synapses: SynapseArrays) -> None:
    """Bring the writes of the last trials into the books: one a trial at most, as many as a byte holds."""
    for r in range(synapses.plastic_rows.size):
        i = synapses.plastic_rows[r]
        for j in range(synapses.step.size):
            synapses.m0[i, j] += synapses.recent[i, j]
            synapses.recent[i, j] = 0


def write(synapses: SynapseArrays, i: int, j: int, change: Any) -> None:
    """Write one change: into the weight, unless a consolidation says otherwise."""
    book(synapses, i, j, change)


def weight_at(synapses: SynapseArrays, i: int, j: int) -> Any:
    """The weight as it acts: the one that is kept, unless a consolidation says otherwise."""
    return synapses.weights[i, j]


def catch_up(synapses: SynapseArrays, i: int) -> None:
    """Bring what unit i's synapses carry up to the present: without a consolidation, nothing."""


def close(synapses: SynapseArrays, n_rows: int) -> None:
    """End a trial's writing: without a consolidation, nothing is left to do."""


def is_block(synapses: SynapseArrays) -> bool:
    """Whether the plastic synapses from a unit are those onto the first units, without a gap."""
    n_columns = synapses.plastic_columns.size
    return not synapses.has_gaps and synapses.plastic_columns[n_columns - 1] == n_columns - 1


def write_all(synapses: SynapseArrays, n_rows: int) -> None:
    """Write every proposed change; where there are gaps a change of nothing, eight or sixteen at once."""
    whole = is_block(synapses)
    for r in range(n_rows):
        i = synapses.rows[r]
        pre = synapses.pre[i]
        if whole:
            for j in range(synapses.plastic_columns.size):
                write(synapses, i, j, pre * synapses.step[j])
        else:
            nothing = pre - pre  # in the dtype of the weights
            for j in range(synapses.step.size):
                change = pre * synapses.step[j]
                write(synapses, i, j, change if synapses.plastic[i, j] else nothing)


def write_columns(synapses: SynapseArrays, n_rows: int, n_columns: int) -> None:
    """Write every change that is proposed to the first ``n_columns`` units of ``synapses.columns``."""
    for r in range(n_rows):
        i = synapses.rows[r]
        pre = synapses.pre[i]
        for c in range(n_columns):
            j = synapses.columns[c]
            if not synapses.has_gaps or synapses.plastic[i, j]:
                write(synapses, i, j, pre * synapses.step[j])


def write_from(synapses: SynapseArrays, n_rows: int, n_columns: int, cutoff: Any, n_expected: float) -> int:
    """Write the changes of at least ``cutoff`` in size: how many they are.

    The first ``n_columns`` of ``synapses.columns`` are sorted by ``sort_columns``, so each row ends at the
    first change that is too small, and little is touched that is not written. Where a good part is
    expected to be written, it is faster to pass all of them in their order, eight or sixteen at once.
    """
    n = 0
    if n_expected > 0.2 * n_rows * n_columns and is_block(synapses):
        for r in range(n_rows):
            i = synapses.rows[r]
            pre = synapses.pre[i]
            nothing = pre - pre  # in the dtype of the weights
            for j in range(synapses.plastic_columns.size):
                change = pre * synapses.step[j]
                passes = abs(change) >= cutoff
                write(synapses, i, j, change if passes else nothing)
                n += passes
        return n
    for r in range(n_rows):
        i = synapses.rows[r]
        pre = synapses.pre[i]
        for c in range(n_columns):
            j = synapses.columns[c]
            change = pre * synapses.step[j]
            if abs(change) < cutoff:
                break
            if not synapses.has_gaps or synapses.plastic[i, j]:
                write(synapses, i, j, change)
                n += 1
    return n


def list_columns(synapses: SynapseArrays) -> int:
    """Put the units that get a change into ``columns`` and its factor into ``low``: how many they are."""
    n = 0
    for c in range(synapses.plastic_columns.size):
        j = synapses.plastic_columns[c]
        size = abs(synapses.step[j])
        if size > 0:
            synapses.low[n] = size
            synapses.columns[n] = j
            n += 1
    return n


def sort_columns(synapses: SynapseArrays) -> int:
    """The same, the largest factor first."""
    n = list_columns(synapses)
    sort_falling(synapses.low, synapses.columns, synapses.stack, n)
    return n


def in_dtype(synapses: SynapseArrays, value: float) -> Any:
    """``value`` rounded to the dtype of the weights, as NumPy rounds what it compares with them."""
    synapses.high[0] = value
    return synapses.high[0]
