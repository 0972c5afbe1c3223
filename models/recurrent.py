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

Trials run as machine code; with ``--device runtime`` in Brian2 (``backends.brian.in_time``), slowly and in
double precision.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np

from bioplast.backends.numeric.recurrent.cells import Cells
from bioplast.backends.numeric.recurrent.chunk import Dynamics
from bioplast.backends.numeric.recurrent.model import RecurrentModel
from bioplast.backends.numeric.recurrent.spiking import make_trace, run_backward, run_forward
from bioplast.plasticity import Plasticity
from bioplast.signals import leave_signals
from bioplast.sizes import Hidden

N_HIDDEN = 100
IN_TIME = True
RUNTIME = "runtime"


@dataclass
class Network(RecurrentModel):
    """Spiking cells; for the other parameters see ``RecurrentModel`` and ``Cells``.

    Parameters
    ----------
    device : ``"runtime"`` for Brian2 in this process; anything else for machine code
    """

    cells: Cells = field(default_factory=Cells)
    device: str = "cpp_standalone"

    name = "recurrent"

    @property
    def first_rate(self) -> float:
        return self.cells.rate_hz / 1000

    def make_dynamics(self, seed: int) -> Dynamics:
        cells, dtype = self.cells, np.dtype(self.dtype)
        beta = cells.make_beta(self.n_cells, dtype)
        return Dynamics(
            parts=find_parts(self.device),
            constants=cells.make_constants(dtype),
            make_trace=partial(make_trace, beta, n_outputs=self.n_outputs, refractory=cells.refractory),
            feedback=self.draw_feedback(seed),
            is_mean=cells.answer == "mean",
            rate_target=cells.rate_hz / 1000,
            rate_cost=cells.rate_cost,
            is_compiled=self.device != RUNTIME,
        )


def find_parts(device: str) -> dict[str, Callable[..., Any]]:
    """What takes a trial forward and backward on ``device``."""
    if device != RUNTIME:
        return {"run_forward": run_forward, "run_backward": run_backward}
    with leave_signals():  # what follows may be the first to need Brian2
        from bioplast.backends.brian import in_time
    return {"run_forward": in_time.run_forward, "run_backward": in_time.run_backward}


def make_network(
    *, n_pixels: int, n_classes: int, n_hidden: Hidden, plasticity: Plasticity, device: str
) -> Network:
    """The network for tasks with ``n_pixels`` input units."""
    return Network(n_pixels, n_classes, n_hidden, plasticity, device=device)


MAKERS = {"standard": make_network, "endless": make_network}
