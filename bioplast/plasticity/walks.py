"""Ways over the proposed changes of a layer: all of them, or only those that are written.

Plain functions in Numba's subset of Python; ``bioplast.numeric`` turns them into machine code.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from bioplast.plasticity.side import Side
from bioplast.plasticity.sorting import sort_falling


def book(side: Side, i: int, j: int, change: Any) -> None:
    """Change a weight and book what happened to it."""
    before = side.weights[i, j]
    side.weights[i, j] = before + change
    after = side.weights[i, j]
    applied = np.float64(after) - np.float64(before)
    side.recent[i, j] += applied != 0
    side.m1[i, j] += abs(applied)


def book_proposal(side: Side, i: int, j: int, change: Any) -> None:
    """Change a weight and book what was proposed to it."""
    side.weights[i, j] += change
    side.recent[i, j] += change != 0
    side.m1[i, j] += abs(change)


def settle(side: Side) -> None:
    """Bring the writes of the last trials into the books: one a trial at most, as many as a byte holds."""
    for r in range(side.plastic_rows.size):
        i = side.plastic_rows[r]
        for j in range(side.step.size):
            side.m0[i, j] += side.recent[i, j]
            side.recent[i, j] = 0


def write(side: Side, i: int, j: int, change: Any) -> None:
    """Write one change: into the weight, unless a consolidation says otherwise."""
    book(side, i, j, change)


def weight_at(side: Side, i: int, j: int) -> Any:
    """The weight as it acts: the one that is kept, unless a consolidation says otherwise."""
    return side.weights[i, j]


def recall(side: Side, i: int) -> None:
    """Bring what unit i's synapses carry up to the present: without a consolidation, nothing."""


def close(side: Side, n_rows: int) -> None:
    """End a trial's writing: without a consolidation, nothing is left to do."""


def is_block(side: Side) -> bool:
    """Whether the plastic synapses from a unit are those onto the first units, without a gap."""
    n_columns = side.plastic_columns.size
    return not side.has_gaps and side.plastic_columns[n_columns - 1] == n_columns - 1


def write_all(side: Side, n_rows: int) -> None:
    """Write every proposed change; where there are gaps a change of nothing, eight or sixteen at once."""
    whole = is_block(side)
    for r in range(n_rows):
        i = side.rows[r]
        pre = side.pre[i]
        if whole:
            for j in range(side.plastic_columns.size):
                write(side, i, j, pre * side.step[j])
        else:
            nothing = pre - pre  # in the dtype of the weights
            for j in range(side.step.size):
                change = pre * side.step[j]
                write(side, i, j, change if side.plastic[i, j] else nothing)


def write_columns(side: Side, n_rows: int, n_columns: int) -> None:
    """Write every change that is proposed to the first ``n_columns`` units of ``side.columns``."""
    for r in range(n_rows):
        i = side.rows[r]
        pre = side.pre[i]
        for c in range(n_columns):
            j = side.columns[c]
            if not side.has_gaps or side.plastic[i, j]:
                write(side, i, j, pre * side.step[j])


def write_from(side: Side, n_rows: int, n_columns: int, cutoff: Any, n_expected: float) -> int:
    """Write the changes of at least ``cutoff`` in size: how many they are.

    The first ``n_columns`` of ``side.columns`` are sorted by ``sort_columns``, so each row ends at the
    first change that is too small, and little is touched that is not written. Where a good part is
    expected to be written, it is faster to pass all of them in their order, eight or sixteen at once.
    """
    n = 0
    if n_expected > 0.2 * n_rows * n_columns and is_block(side):
        for r in range(n_rows):
            i = side.rows[r]
            pre = side.pre[i]
            nothing = pre - pre  # in the dtype of the weights
            for j in range(side.plastic_columns.size):
                change = pre * side.step[j]
                passes = abs(change) >= cutoff
                write(side, i, j, change if passes else nothing)
                n += passes
        return n
    for r in range(n_rows):
        i = side.rows[r]
        pre = side.pre[i]
        for c in range(n_columns):
            j = side.columns[c]
            change = pre * side.step[j]
            if abs(change) < cutoff:
                break
            if not side.has_gaps or side.plastic[i, j]:
                write(side, i, j, change)
                n += 1
    return n


def list_columns(side: Side) -> int:
    """Put the units that get a change into ``columns`` and its factor into ``low``: how many they are."""
    n = 0
    for c in range(side.plastic_columns.size):
        j = side.plastic_columns[c]
        size = abs(side.step[j])
        if size > 0:
            side.low[n] = size
            side.columns[n] = j
            n += 1
    return n


def sort_columns(side: Side) -> int:
    """The same, the largest factor first."""
    n = list_columns(side)
    sort_falling(side.low, side.columns, side.stack, n)
    return n


def in_dtype(side: Side, value: float) -> Any:
    """``value`` rounded to the dtype of the weights, as NumPy rounds what it compares with them."""
    side.high[0] = value
    return side.high[0]
