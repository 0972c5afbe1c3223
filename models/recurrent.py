"""Recurrent network of spiking cells, some of which adapt, that learns in time by e-prop.

Per step of 1 ms, with input spikes x and the cells' spikes z (Bellec et al. 2020,
doi:10.1038/s41467-020-17236-y)::

    I(t) = alpha_syn I(t-1) + W' x(t) + V' z(t-1)
    v(t) = alpha v(t-1) + gain I(t) - v_thresh z(t-1)       no cell reaches itself
    a(t) = rho a(t-1) + z(t-1)                               A(t) = v_thresh + beta a(t)
    z(t) = [v(t) > A(t)], unless refractory
    y(t) = kappa y(t-1) + O' z(t)

``alpha = exp(-1 ms / tau_m)``, ``rho`` and ``kappa`` the same of ``tau_a`` and ``tau_out``; ``alpha_syn`` is
0 and ``gain`` 1 unless ``tau_syn`` is set, else ``gain`` is 1 - alpha. With ``reset=zero`` a spike zeroes v.

With eligibility e and the learning signal L, where B brings errors of the readout to the cells::

    psi(t) = gamma / v_thresh max(0, 1 - |v(t) - A(t)| / v_thresh)
    L_j(t) = sum_k B_jk err_k(t)                             err = softmax(mean of y) - [k is the label]
    delta_w_ij = -eta sum_t L_j(t) filter_kappa(e_ij)(t) - eta c (f_j - f_target) / T sum_t e_ij(t)

It is found without a trace at any synapse, by replaying the trial backwards
(``bioplast.backends.numeric.recurrent.reference.replay``). What of it is written is up to the plasticity.

Trials run as machine code, with ``--device cpp_standalone`` as compiled Brian2 programs and with ``runtime``
in Brian2 in this process (``bioplast.backends.brian.spiking_in_time``): the same numbers, bit for bit.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import Any

import numpy as np

from bioplast.backends.brian.in_time import Sizes
from bioplast.backends.brian.spiking_in_time import SpikingInTime
from bioplast.backends.numeric.recurrent.cells import Cells
from bioplast.backends.numeric.recurrent.chunk import Dynamics
from bioplast.backends.numeric.recurrent.model import RecurrentModel
from bioplast.backends.numeric.recurrent.spiking import make_trace, run_backward, run_forward
from bioplast.plasticity import Plasticity
from bioplast.plasticity.checks import check_choice
from bioplast.sizes import Hidden

N_HIDDEN = 100
IN_TIME = True
DEVICE = "numba"
DEVICES = (DEVICE, "cpp_standalone", "runtime")


@dataclass
class Network(RecurrentModel):
    """Spiking cells; for the other parameters see ``RecurrentModel`` and ``Cells``.

    Parameters
    ----------
    device : ``"numba"`` for machine code, ``"cpp_standalone"`` or ``"runtime"`` for Brian2
    """

    cells: Cells = field(default_factory=Cells)
    device: str = DEVICE

    name = "recurrent"

    def __post_init__(self) -> None:
        super().__post_init__()
        check_choice(self, "device", self.device, DEVICES)

    @property
    def first_rate(self) -> float:
        return self.cells.rate_hz / 1000

    def make_dynamics(self, seed: int) -> Dynamics:
        cells, dtype = self.cells, np.dtype(self.dtype)
        beta = cells.make_beta(self.n_cells, dtype)
        shared: dict[str, Any] = {
            "constants": cells.make_constants(dtype),
            "feedback": self.draw_feedback(seed),
            "is_mean": cells.answer == "mean",
            "rate_target": cells.rate_hz / 1000,
            "rate_cost": cells.rate_cost,
        }
        if self.device != DEVICE:
            return Dynamics.of(self._in_brian, beta, **shared)
        return Dynamics(
            parts={"run_forward": run_forward, "run_backward": run_backward},
            make_trace=partial(make_trace, beta, n_outputs=self.n_outputs, refractory=cells.refractory),
            **shared,
        )

    @cached_property
    def _in_brian(self) -> SpikingInTime:
        return SpikingInTime(Sizes(self.n_inputs, self.n_cells, self.n_outputs), self.dtype, self.device)


def make_network(
    *, n_pixels: int, n_classes: int, n_hidden: Hidden, plasticity: Plasticity, device: str
) -> Network:
    """The network for tasks with ``n_pixels`` input units."""
    return Network(n_pixels, n_classes, n_hidden, plasticity, device=device)


MAKERS = {"standard": make_network, "endless": make_network}
