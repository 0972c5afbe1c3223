"""Recurrent network of leaky rate units that learns in time by backpropagation or by e-prop.

Per step of ``step`` ms, with counts of input spikes x and rates r (``bioplast.numeric.recurrent.rates``)::

    h_j(t) = a_j h_j(t-1) + sum_i W_ij x_i(t) + (1 - a_j) sum_i V_ij r_i(t-1)       no cell reaches itself
    r_j(t) = tanh(h_j(t))
    y_k(t) = kappa y_k(t-1) + (1 - kappa) sum_j O_jk r_j(t)

``a = exp(-step / tau_m)`` or, in slow cells, of ``tau_slow``; ``kappa`` the same of ``tau_out``. The error is
the cross-entropy of the softmax of the readout, or its squared distance from a series. With ``credit=bptt``
its gradient is followed back through all connections, with ``credit=e-prop`` only through each cell's own
past. What of the change is written is up to the plasticity.
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
from bioplast.numeric.recurrent.chunk import Dynamics, TimedChunks, draw_feedback
from bioplast.numeric.recurrent.layers import make_recurrent_graph, make_recurrent_layers
from bioplast.numeric.recurrent.rates import (
    Rates,
    make_rate_trace,
    run_rates_backward,
    run_rates_forward,
)
from bioplast.plasticity import Plasticity
from bioplast.plasticity.checks import check_choice
from bioplast.sizes import Hidden
from bioplast.tasks.task import Trials

N_HIDDEN = 100
IN_TIME = True


@dataclass
class Network:
    """Inputs, leaky units that reach each other, and a readout.

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
    cells: Rates = field(default_factory=Rates)
    dtype: str = "float32"
    build_seconds: float = field(default=0.0, init=False)

    name = "rnn"
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
        layers = make_recurrent_layers(self.graph, seed, self.plasticity, dtype=self.dtype)
        return State(seed, layers)

    def present(self, state: State, trials: Trials, *, learn: bool) -> Outcome:
        """Show ``trials`` in order; with ``learn`` the state moves on in place."""
        outcome = self._chunks.present(state, trials, self._make_dynamics(state.seed), learn=learn)
        self.build_seconds = self._chunks.build_seconds
        return outcome

    def _make_dynamics(self, seed: int) -> Dynamics:
        cells, dtype, n_cells = self.cells, np.dtype(self.dtype), self.graph["recurrent"].size
        leak = cells.make_leak(n_cells, dtype)
        shape = (n_cells, self.n_outputs)
        return Dynamics(
            parts={"run_forward": run_rates_forward, "run_backward": run_rates_backward},
            constants=cells.make_constants(dtype),
            make_trace=partial(make_rate_trace, leak, n_outputs=self.n_outputs),
            feedback=draw_feedback(cells.feedback, seed, shape, cells.feedback_sd, dtype)
            if cells.feedback == "random"
            else None,
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
