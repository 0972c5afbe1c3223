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
(``bioplast.numeric.recurrent.reference.replay``). What of it is written is up to the plasticity.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Self

import numpy as np

from bioplast.changes import check_changes
from bioplast.network import DTYPES, Graph, Outcome, State
from bioplast.numeric.recurrent.cells import Cells
from bioplast.numeric.recurrent.chunk import Dynamics, TimedChunks, draw_feedback
from bioplast.numeric.recurrent.layers import make_recurrent_graph, make_recurrent_layers
from bioplast.numeric.recurrent.spiking import make_trace, run_backward, run_forward
from bioplast.plasticity import Plasticity
from bioplast.plasticity.checks import check_choice
from bioplast.sizes import Hidden
from bioplast.tasks.task import Trials

N_HIDDEN = 100
IN_TIME = True


@dataclass
class Network:
    """Inputs, cells that reach each other, and a readout; ``bioplast.numeric.recurrent`` computes it.

    Parameters
    ----------
    n_inputs, n_outputs, n_hidden : numbers of units
    plasticity : what may change
    cells : constants
    dtype : of the weights

    Raises
    ------
    RequestError : the plasticity's path cannot be laid through the cells, or a setting is not allowed
    """

    n_inputs: int
    n_outputs: int
    n_hidden: Hidden
    plasticity: Plasticity
    cells: Cells = field(default_factory=Cells)
    dtype: str = "float32"
    build_seconds: float = field(default=0.0, init=False)

    name = "recurrent"
    backend = "recurrent"

    def __post_init__(self) -> None:
        check_choice(self, "dtype", self.dtype, DTYPES)
        self.graph.check(self.plasticity)
        self._chunks = TimedChunks(self.plasticity)

    @property
    def graph(self) -> Graph:
        """Populations and projections."""
        cells = self.cells
        return make_recurrent_graph(
            self.name,
            self.n_inputs,
            self.n_hidden,
            self.n_outputs,
            sds=(cells.weight_input, cells.weight_recurrent, cells.weight_output),
            learning_rate=cells.learning_rate,
        )

    @property
    def settings(self) -> Mapping[str, Any]:
        """Every constant that shapes the numbers of a run."""
        return {**dataclasses.asdict(self.cells), "dtype": self.dtype}

    def with_settings(self, changes: Mapping[str, Any]) -> Self:
        """The same network with other values for some of its ``settings``."""
        checked = check_changes(self.name, self.settings, changes)
        dtype = checked.pop("dtype", self.dtype)
        return dataclasses.replace(self, cells=dataclasses.replace(self.cells, **checked), dtype=dtype)

    def initial_state(self, seed: int) -> State:
        """Weights before learning and empty books."""
        layers = make_recurrent_layers(
            self.graph, seed, self.plasticity, rate=self.cells.rate_hz / 1000, dtype=self.dtype
        )
        return State(seed, layers)

    def present(self, state: State, trials: Trials, *, learn: bool) -> Outcome:
        """Show ``trials`` in order; with ``learn`` the state moves on in place."""
        outcome = self._chunks.present(state, trials, self._make_dynamics(state.seed), learn=learn)
        self.build_seconds = self._chunks.build_seconds
        return outcome

    def _make_dynamics(self, seed: int) -> Dynamics:
        cells, dtype, n_cells = self.cells, np.dtype(self.dtype), self.graph["recurrent"].size
        beta, shape = cells.make_beta(n_cells, dtype), (n_cells, self.n_outputs)
        return Dynamics(
            parts={"run_forward": run_forward, "run_backward": run_backward},
            constants=cells.make_constants(dtype),
            make_trace=partial(make_trace, beta, n_outputs=self.n_outputs, refractory=cells.refractory),
            feedback=draw_feedback(cells.feedback, seed, shape, cells.feedback_sd, dtype)
            if cells.feedback == "random"
            else None,
            is_mean=cells.answer == "mean",
            rate_target=cells.rate_hz / 1000,
            rate_cost=cells.rate_cost,
        )


def make_network(
    *, n_pixels: int, n_classes: int, n_hidden: Hidden, plasticity: Plasticity, device: str
) -> Network:
    """The network for tasks with ``n_pixels`` input units."""
    return Network(n_pixels, n_classes, n_hidden, plasticity)


MAKERS = {"standard": make_network, "endless": make_network}
