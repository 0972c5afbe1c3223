"""The books: what every synapse's plasticity has cost.

With w(t) the weight after trial t (van Rossum & Pache 2024, doi:10.1371/journal.pcbi.1012553;
Li & van Rossum 2020, doi:10.7554/eLife.50804)::

    m0 = sum_t [w(t) != w(t-1)]          number of writes
    m1 = sum_t |w(t) - w(t-1)|           summed size of the changes

A change is what happened to the weight, not what a rule proposed: it is booked once, where the
weight is written, as ``w_after - w_before``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bioplast.energy.energy import Energy

FloatArray = NDArray[np.floating[Any]]


@dataclass
class Books:
    """The books of one layer, one entry per synapse.

    Attributes
    ----------
    initial : (n_pre, n_post), weights when the books were opened
    m0 : (n_pre, n_post) int64, writes
    m1 : (n_pre, n_post) float64, summed size of the changes, in the unit of the weights
    maintenance : cost of keeping transient changes, in the unit of m1
    """

    initial: FloatArray
    m0: NDArray[np.int64]
    m1: NDArray[np.float64]
    maintenance: float = 0.0

    @classmethod
    def open(cls, weights: FloatArray) -> Books:
        """Empty books for ``weights`` (n_pre, n_post), which are copied."""
        return cls(weights.copy(), np.zeros(weights.shape, np.int64), np.zeros(weights.shape, np.float64))

    def record(self, before: FloatArray, after: FloatArray) -> None:
        """Book one trial's change of the weights, both (n_pre, n_post)."""
        applied = after.astype(np.float64) - before.astype(np.float64)
        self.m0 += applied != 0
        self.m1 += np.abs(applied)

    def balance(self, weights: FloatArray) -> Energy:
        """The layer's energy up to now, ``weights`` being the present ones."""
        moved = weights != self.initial  # of a huge layer with a small path, few are
        net = weights[moved].astype(np.float64) - self.initial[moved].astype(np.float64)
        return Energy(
            m0=int(self.m0.sum()),
            m1=float(self.m1.sum()),
            m0_min=int(np.count_nonzero(moved)),
            m1_min=float(np.abs(net).sum()),
            maintenance=self.maintenance,
        )
