"""The k-th largest weight of a layer.

Plain functions in Numba's subset of Python; ``bioplast.backends.numeric`` turns them into machine code.
"""

from __future__ import annotations

from typing import Any

from bioplast.kernels.ordering import find_largest
from bioplast.kernels.synapse_arrays import SynapseArrays
from bioplast.kernels.write_loops import catch_up, weight_at


def find_strength(synapses: SynapseArrays, rank: int) -> Any:
    """The ``rank``-th largest size of a plastic synapse's weight.

    From one trial to the next it hardly moves. ``hints`` holds the last one and a width around it;
    only weights within are laid out, and if it was not among them the search starts over wider.
    """
    width = synapses.hints[1]
    while True:
        low, high = synapses.hints[0] - width, synapses.hints[0] + width
        everything = not width > 0
        n = 0
        n_above = 0
        for r in range(synapses.plastic_rows.size):
            i = synapses.plastic_rows[r]
            catch_up(synapses, i)
            for j in range(synapses.step.size):
                if not synapses.has_gaps or synapses.plastic[i, j]:
                    size = abs(weight_at(synapses, i, j))
                    synapses.scratch[n] = size
                    n += everything or (low <= size <= high)
                    n_above += not everything and size > high
        if n_above < rank <= n_above + n:
            break
        width = 0.0 if n > synapses.n_plastic // 8 else 4 * width
    cutoff = find_largest(synapses.scratch, n, rank - n_above)
    # Wide enough for some hundred of the neighbors, found from how dense they were this time.
    synapses.hints[1] = 0.01 * cutoff if everything else width * min(2.0, max(0.5, 200.0 / n))
    synapses.hints[0] = cutoff
    return cutoff
