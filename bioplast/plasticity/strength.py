"""The k-th largest weight of a layer.

Plain functions in Numba's subset of Python; ``bioplast.numeric`` turns them into machine code.
"""

from __future__ import annotations

from typing import Any

from bioplast.plasticity.ordering import find_largest
from bioplast.plasticity.side import Side
from bioplast.plasticity.walks import recall, weight_at


def find_strength(side: Side, rank: int) -> Any:
    """The ``rank``-th largest size of a plastic synapse's weight.

    From one trial to the next it hardly moves. ``hints`` holds the last one and a width around it;
    only weights within are laid out, and if it was not among them the search starts over wider.
    """
    width = side.hints[1]
    while True:
        low, high = side.hints[0] - width, side.hints[0] + width
        everything = not width > 0
        n = 0
        n_above = 0
        for r in range(side.plastic_rows.size):
            i = side.plastic_rows[r]
            recall(side, i)
            for j in range(side.step.size):
                if not side.has_gaps or side.plastic[i, j]:
                    size = abs(weight_at(side, i, j))
                    side.room[n] = size
                    n += everything or (low <= size <= high)
                    n_above += not everything and size > high
        if n_above < rank <= n_above + n:
            break
        width = 0.0 if n > side.n_plastic // 8 else 4 * width
    cutoff = find_largest(side.room, n, rank - n_above)
    # Wide enough for some hundred of the neighbours, found from how dense they were this time.
    side.hints[1] = 0.01 * cutoff if everything else width * min(2.0, max(0.5, 200.0 / n))
    side.hints[0] = cutoff
    return cutoff
