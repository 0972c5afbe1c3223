"""Order statistics of a rank-one change, without forming the matrix.

Rounding keeps order: of two products with one factor in common, the one with the larger other factor
is never the smaller, in floating point as in exact arithmetic. So the sizes ``|pre[i]| * |step[j]|``
form a table that falls along both sorted factors, and a staircase between the two finds how many of
them reach a value in ``n_pre + n_post`` steps. The k-th largest is found by narrowing an interval
whose ends are always sizes that occur, so it is exact, ties included.

Plain functions in Numba's subset of Python; ``bioplast.backends.numeric`` turns them into machine code.
"""

from __future__ import annotations

import math
from typing import Any

from bioplast.kernels.ordering import find_largest
from bioplast.kernels.sorting import sort_falling
from bioplast.kernels.synapse_arrays import FloatArray, SynapseArrays


def find_cutoff(synapses: SynapseArrays, n_rows: int, n_columns: int, rank: int) -> Any:
    """The ``rank``-th largest size of a proposed change among the layer's plastic synapses.

    Synapses from silent units and into units without a step count, with a change of 0. The first
    ``n_columns`` of ``synapses.columns`` are sorted by ``sort_columns``.
    """
    zero = synapses.step[0] * 0
    if n_rows == 0 or n_columns == 0:
        return zero
    if synapses.has_gaps:  # no staircase then
        n = gather_sizes(synapses, n_rows, n_columns)
        return find_largest(synapses.scratch, n, rank) if rank <= n else zero
    if rank > n_rows * n_columns:
        return zero
    sort_rows(synapses, n_rows)
    return climb(synapses.high, n_rows, synapses.low, n_columns, rank)


def climb(high: FloatArray, n_high: int, low: FloatArray, n_low: int, rank: int) -> Any:
    """The ``rank``-th largest product of two falling factors."""
    bottom = high[n_high - 1] * low[n_low - 1]  # no fewer than `rank` products reach it
    n_bottom = n_high * n_low
    top = high[0] * low[0]  # fewer than `rank` products are above it
    n_above = 0
    turn = 0
    while bottom < top and n_bottom > rank:
        # How many products are above a value falls about exponentially with it. With a bisection now and
        # then, interpolation cannot creep along one end.
        known = math.log((n_bottom + 0.5) / (n_above + 0.5))
        share = 0.5 if turn % 3 == 2 else math.log((rank + 0.5) / (n_above + 0.5)) / known
        probe = top - (top - bottom) * share
        if not bottom < probe <= top:
            probe = top
        n, inside, outside = count_by_staircase(high, n_high, low, n_low, probe)
        if n >= rank:
            bottom, n_bottom = inside, n
        else:
            top, n_above = outside, n
        turn += 1
    return bottom


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


def gather_sizes(synapses: SynapseArrays, n_rows: int, n_columns: int) -> int:
    """Lay out the sizes of the changes of plastic synapses in ``room``: how many there are."""
    n = 0
    for r in range(n_rows):
        i = synapses.rows[r]
        pre = abs(synapses.pre[i])
        for c in range(n_columns):
            if not synapses.has_gaps or synapses.plastic[i, synapses.columns[c]]:
                synapses.scratch[n] = pre * synapses.low[c]
                n += 1
    return n


def sort_rows(synapses: SynapseArrays, n_rows: int) -> None:
    """Put the sizes of the active units' activity into ``high``, largest first."""
    for r in range(n_rows):
        synapses.high[r] = abs(synapses.pre[synapses.rows[r]])
        synapses.order[r] = r
    sort_falling(synapses.high, synapses.order, synapses.stack, n_rows)
