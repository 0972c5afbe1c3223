"""Recurrent network of leaky rate units that learns in time by backpropagation or by e-prop.

Per step of ``step`` ms, with counts of input spikes x and rates r (``backends.numeric.recurrent.rates``)::

    h_j(t) = a_j h_j(t-1) + sum_i W_ij x_i(t) + (1 - a_j) sum_i V_ij r_i(t-1)       no cell reaches itself
    r_j(t) = tanh(h_j(t))
    y_k(t) = kappa y_k(t-1) + (1 - kappa) sum_j O_jk r_j(t)

``a = exp(-step / tau_m)`` or, in slow cells, of ``tau_slow``; ``kappa`` the same of ``tau_out``. The error is
the cross-entropy of the softmax of the readout, or its squared distance from a series. With ``credit=bptt``
its gradient is followed back through all connections, with ``credit=e-prop`` only through each cell's own
past. What of the change is written is up to the plasticity.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial

import numpy as np

from bioplast.backends.numeric.recurrent.chunk import Dynamics
from bioplast.backends.numeric.recurrent.model import RecurrentModel
from bioplast.backends.numeric.recurrent.rates import (
    Rates,
    make_rate_trace,
    run_rates_backward,
    run_rates_forward,
)
from bioplast.plasticity import Plasticity
from bioplast.sizes import Hidden

N_HIDDEN = 100
IN_TIME = True


@dataclass
class Network(RecurrentModel):
    """Leaky rate units; for the parameters see ``RecurrentModel`` and ``Rates``."""

    cells: Rates = field(default_factory=Rates)

    name = "rnn"

    def make_dynamics(self, seed: int) -> Dynamics:
        cells, dtype = self.cells, np.dtype(self.dtype)
        leak = cells.make_leak(self.n_cells, dtype)
        return Dynamics(
            parts={"run_forward": run_rates_forward, "run_backward": run_rates_backward},
            constants=cells.make_constants(dtype),
            make_trace=partial(make_rate_trace, leak, n_outputs=self.n_outputs),
            feedback=self.draw_feedback(seed),
            is_mean=cells.answer == "mean",
            step=cells.step,
            has_spikes=False,
        )


def make_network(
    *, n_pixels: int, n_classes: int, n_hidden: Hidden, plasticity: Plasticity, device: str
) -> Network:
    """The network for tasks with ``n_pixels`` input units."""
    return Network(n_pixels, n_classes, n_hidden, plasticity)


MAKERS = {"standard": make_network, "endless": make_network}
