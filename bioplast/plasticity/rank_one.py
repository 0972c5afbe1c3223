"""Order statistics of a rank-one change, without forming the matrix.

Rounding keeps order: of two products with one factor in common, the one with the larger other factor
is never the smaller, in floating point as in exact arithmetic. So the sizes ``|pre[i]| * |step[j]|``
form a table that falls along both sorted factors, and a staircase between the two finds how many of
them reach a value in ``n_pre + n_post`` steps. The k-th largest is found by narrowing an interval
whose ends are always sizes that occur, so it is exact, ties included.

Plain functions in Numba's subset of Python; ``bioplast.numeric`` turns them into machine code.
"""

from __future__ import annotations

from typing import Any

from bioplast.plasticity.side import FloatArray, Side


def find_cutoff(side: Side, n_rows: int, n_columns: int, rank: int) -> Any:
    """The ``rank``-th largest size of a proposed change among the layer's plastic synapses.

    Synapses from silent units and into units without a step count, with a change of 0. The first
    ``n_columns`` of ``side.columns`` are sorted by ``sort_columns``.
    """
    sort_rows(side, n_rows)
    low = side.step[0] * 0  # no fewer than `rank` sizes reach it
    n_low = side.n_plastic
    if n_rows == 0 or n_columns == 0:
        return low
    top = side.high[0] * side.low[0]  # fewer than `rank` sizes are above it
    n_above = 0
    probe = side.high[n_rows - 1] * side.low[n_columns - 1]
    turn = 0
    while low < top:
        if not low < probe <= top:
            probe = top
        if side.has_gaps:
            n, inside, outside = count_one_by_one(side, n_rows, n_columns, probe)
        else:
            n, inside, outside = count_by_staircase(side.high, n_rows, side.low, n_columns, probe)
        if n >= rank:
            low, n_low = inside, n
        else:
            top, n_above = outside, n
        turn += 1
        if turn % 3 == 0:
            probe = low + (top - low) / 2
        else:
            probe = top - (top - low) * ((rank - n_above) / (n_low - n_above))
    return low


def count_by_staircase(
    high: FloatArray, n_high: int, low: FloatArray, n_low: int, value: Any
) -> tuple[int, Any, Any]:
    """How many products of two falling factors reach ``value``; the least of them; the largest other one."""
    inside = high[0] * low[0]
    outside = inside * 0
    count = 0
    c = n_low
    for r in range(n_high):
        while c > 0 and high[r] * low[c - 1] < value:
            c -= 1
        if c < n_low:
            outside = max(outside, high[r] * low[c])
        if c == 0:
            break
        inside = min(inside, high[r] * low[c - 1])
        count += c
    return count, inside, outside


def count_one_by_one(side: Side, n_rows: int, n_columns: int, value: Any) -> tuple[int, Any, Any]:
    """The same over the plastic synapses only, which do not form a staircase."""
    inside = side.high[0] * side.low[0]
    outside = inside * 0
    count = 0
    for r in range(n_rows):
        i = side.rows[r]
        pre = abs(side.pre[i])
        for c in range(n_columns):
            if side.plastic[i, side.columns[c]]:
                size = pre * side.low[c]
                if size >= value:
                    count += 1
                    inside = min(inside, size)
                else:
                    outside = max(outside, size)
    return count, inside, outside


def sort_rows(side: Side, n_rows: int) -> None:
    """Put the sizes of the active units' activity into ``high``, largest first."""
    for r in range(n_rows):
        side.high[r] = abs(side.pre[side.rows[r]])
    gap = 1
    while gap < n_rows // 3:
        gap = 3 * gap + 1
    while gap > 0:
        for k in range(gap, n_rows):
            size = side.high[k]
            at = k
            while at >= gap and side.high[at - gap] < size:
                side.high[at] = side.high[at - gap]
                at -= gap
            side.high[at] = size
        gap //= 3
