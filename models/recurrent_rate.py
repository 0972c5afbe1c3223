"""Recurrent network of leaky rate units in Brian2 that learns in time by e-prop.

The rate-based partner of ``recurrent``: the same inputs, connections, readout, errors and backward replay,
with rates in the place of spikes. Per step of ``step`` ms, with counts of input spikes x and rates r::

    h_j(t) = a_j h_j(t-1) + sum_i W_ij x_i(t) + (1 - a_j) sum_i V_ij r_i(t-1)       no cell reaches itself
    r_j(t) = tanh(h_j(t))
    y_k(t) = kappa y_k(t-1) + (1 - kappa) sum_j O_jk r_j(t)

``a = exp(-step / tau_m)`` or, in slow cells, of ``tau_slow``; ``kappa`` the same of ``tau_out``. With the
slope 1 - r^2 of the rate in the place of the pseudo-derivative, a trial replayed backwards is the exact
e-prop of this network (``bioplast.backends.brian.rates_in_time``). ``credit=bptt`` follows errors back
through the cells' connections too. It is the network ``rnn`` again, in equations that stand in the open.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from bioplast.backends.brian.in_time import Sizes
from bioplast.backends.brian.rates_in_time import RatesInTime
from bioplast.backends.numeric.recurrent.chunk import Dynamics
from bioplast.backends.numeric.recurrent.model import RecurrentModel
from bioplast.backends.numeric.recurrent.rates import Rates
from bioplast.plasticity import Plasticity
from bioplast.plasticity.checks import check_choice
from bioplast.sizes import Hidden

N_HIDDEN = 100
IN_TIME = True
DEVICES = ("cpp_standalone", "runtime")


@dataclass
class Network(RecurrentModel):
    """Leaky rate units; for the other parameters see ``RecurrentModel`` and ``Rates``.

    Parameters
    ----------
    device : of Brian2, ``"cpp_standalone"`` or ``"runtime"``
    """

    cells: Rates = field(default_factory=lambda: Rates(credit="e-prop"))
    device: str = DEVICES[0]

    name = "recurrent_rate"

    def __post_init__(self) -> None:
        super().__post_init__()
        check_choice(self, "device", self.device, DEVICES)

    def make_dynamics(self, seed: int) -> Dynamics:
        cells, dtype = self.cells, np.dtype(self.dtype)
        return Dynamics.of(
            self._in_brian,
            cells.make_leak(self.n_cells, dtype),
            constants=cells.make_constants(dtype),
            feedback=self.draw_feedback(seed),
            is_mean=cells.answer == "mean",
            step=cells.step,
            has_spikes=False,
        )

    @cached_property
    def _in_brian(self) -> RatesInTime:
        sizes = Sizes(self.n_inputs, self.n_cells, self.n_outputs)
        return RatesInTime(sizes, self.dtype, self.device, through_time=self.cells.credit == "bptt")


def make_network(
    *, n_pixels: int, n_classes: int, n_hidden: Hidden, plasticity: Plasticity, device: str
) -> Network:
    """The network for tasks with ``n_pixels`` input units."""
    return Network(n_pixels, n_classes, n_hidden, plasticity, device=device)


MAKERS = {"standard": make_network, "endless": make_network}
