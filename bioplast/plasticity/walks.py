"""Ways over the proposed changes of a layer: all of them, or only those that are written.

Plain functions in Numba's subset of Python; ``bioplast.numeric`` turns them into machine code.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from bioplast.plasticity.side import Side


def write(side: Side, i: int, j: int, change: Any) -> None:
    """Write one change and book what happened to the weight."""
    before = side.weights[i, j]
    after = before + change
    side.weights[i, j] = after
    applied = np.float64(after) - np.float64(before)
    side.m0[i, j] += applied != 0
    side.m1[i, j] += abs(applied)


def write_all(side: Side, n_rows: int) -> None:
    """Write every proposed change."""
    for r in range(n_rows):
        i = side.rows[r]
        pre = side.pre[i]
        if side.has_gaps:
            for j in range(side.n_columns):
                if side.plastic[i, j]:
                    write(side, i, j, pre * side.step[j])
        else:
            for j in range(side.n_columns):
                write(side, i, j, pre * side.step[j])


def write_from(side: Side, n_rows: int, n_columns: int, cutoff: Any) -> None:
    """Write the changes of at least ``cutoff`` in size, and touch little else.

    The first ``n_columns`` of ``side.columns`` are sorted by ``sort_columns``, so each row ends at the
    first change that is too small.
    """
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


def sort_columns(side: Side) -> int:
    """Put the units whose step is not zero into ``columns``, largest step first; how many they are.

    ``low`` then holds the sizes of their steps in the same order.
    """
    n = 0
    for j in range(side.n_columns):
        size = abs(side.step[j])
        if size > 0:
            side.low[n] = size
            side.columns[n] = j
            n += 1
    gap = 1
    while gap < n // 3:
        gap = 3 * gap + 1
    while gap > 0:
        for k in range(gap, n):
            size, j = side.low[k], side.columns[k]
            at = k
            while at >= gap and side.low[at - gap] < size:
                side.low[at] = side.low[at - gap]
                side.columns[at] = side.columns[at - gap]
                at -= gap
            side.low[at] = size
            side.columns[at] = j
        gap //= 3
    return n


def in_dtype(side: Side, value: float) -> Any:
    """``value`` rounded to the dtype of the weights, as NumPy rounds what it compares with them."""
    side.high[0] = value
    return side.high[0]
