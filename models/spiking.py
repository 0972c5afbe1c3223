"""Spiking network in Brian2: leaky integrate-and-fire cells that learn by a three-factor rule.

Inputs are Poisson spike trains whose rate follows the pixel. Spikes reach the hidden cells, hidden
spikes the next hidden population or a leaky readout, which is averaged over the ``n_stimulus`` steps of a
trial (v in units of the threshold; traces decay with the membrane's time constant)::

    tau_m dv/dt = -v         v_j += w_ij at a spike of i      v > v_thresh: spike, v -= v_thresh
    tau_m dy/dt = -y         y_k += w_jk at a spike of j      readout_k = <y_k>

The error of the readout goes back through the same synapses and meets an eligibility that each synapse
built up from the two cells it joins (e-prop for a feedforward net without adaptation, Bellec et al.
2020, doi:10.1038/s41467-020-17236-y)::

    error_k = [k is the label] - softmax(readout)_k         error_j = sum_k w_jk error_k
    delta_w_ij = eta error_j sum_t psi_j(t) pre_trace_i(t)  psi = gamma max(0, 1 - |v - v_thresh|/v_thresh)
    delta_w_jk = eta error_k sum_t pre_trace_j(t)

From one hidden population to the one before it an error passes the gain of the cells in between, as if
error and potential were constant during the trial::

    error_i = sum_j w_ij gain_j error_j                     gain_j = tau_m/dt <psi_j>

The double sum costs work per input spike, none per time step. With a(t) = exp(-t/tau_m) a cell keeps
H_j(t) = sum_{t' <= t} a(t') psi_j(t'), a presynaptic one P_i = sum over its spikes of 1/a(t_s), and a synapse
S_ij = sum over the spikes of i of H_j/a up to the spike; at the end of the trial the sum over t is
P_i H_j - S_ij.

Without ``reset`` potentials and traces go on from trial to trial: P begins with what is left of it, and only
synapses of inputs that fire in a trial learn from it. With a ``release_probability`` p a spike of i reaches j
with probability p, drawn anew each time, and moves v by w_ij / p; the trace that learning knows counts every
spike, whether or not it released.

The last input is on like a white pixel, the last cell of each hidden population is driven so that it fires
regularly: their synapses are biases.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from bioplast.backends.brian.cells import Cells
from bioplast.backends.brian.model import BrianModel
from bioplast.backends.brian.spiking_cells import (
    READOUTS,
    RELEASED,
    SpikingCells,
    make_hidden_synapses,
    make_input_synapses,
    make_output_synapses,
)
from bioplast.backends.programs.program import Values
from bioplast.backends.programs.stimulus import MAX_STEPS
from bioplast.energy import Signalling
from bioplast.errors import RequestError
from bioplast.network import Graph, State, make_chain
from bioplast.plasticity import Plasticity, checks
from bioplast.sizes import Hidden

N_HIDDEN = 200
ANY_DEPTH = True


@dataclass
class SpikingNetwork(BrianModel):
    """A network of leaky integrate-and-fire cells.

    Beside the parameters of ``BrianModel``:

    Parameters
    ----------
    n_stimulus : time steps of 1 ms for which an image is shown, at most 57
    p_input : probability that an input fires in a step of 1 ms if its pixel is white: 0.2 is 200 Hz
    psp_input : how far an input spike moves the potential, in units of the weight; rate times ``psp_input``
        is what a white pixel drives a cell with
    tau_m_ms : time constant of membrane, readout and traces, in ms
    v_thresh : firing threshold; weights are in the same unit
    gamma : height of the pseudo-derivative psi
    spike_trains : ``"poisson"``, or ``"regular"``: spikes at even distances
    readout : ``"membrane"``, or ``"spikes"``: output cells fire as hidden ones do, and their counts are read
    n_pause : time steps after a trial in which nothing is shown
    reset : whether every trial begins with cells at rest; else potentials and traces go on from trial to
        trial, and begin at rest with each chunk of trials alone
    release_probability : probability, in (0, 1], that a spike releases transmitter at a synapse, drawn for
        each spike and synapse; what is released is larger by its inverse, so that the mean drive stays
    tau_refrac_ms : time after a spike, in ms, in which a cell cannot fire
    learning_rate, learning_rate_output : eta onto hidden cells and output, times the steps they sum over
    sd_hidden, sd_output : standard deviation of the first weights into hidden and output cells
    sd_between : that from one hidden population to the next: its cells must reach their threshold to learn

    Raises
    ------
    RequestError : a setting is not allowed; a trial has at most as many steps as a spike train has bits
    """

    n_stimulus: int = 50
    p_input: float = 0.2
    psp_input: float = 1.0
    tau_m_ms: float = 20.0
    v_thresh: float = 1.0
    gamma: float = 0.3
    spike_trains: str = "poisson"
    readout: str = "membrane"
    tau_refrac_ms: float = 0.0
    n_pause: int = 0
    reset: bool = True
    release_probability: float = 1.0
    learning_rate: float = 0.05
    learning_rate_output: float = 0.01
    sd_hidden: float = 0.03
    sd_output: float = 0.1
    sd_feedback: float = 0.02
    sd_between: float = 0.2

    name = "spiking"
    time_step_ms = 1.0
    # The image is shown in steps 1 to n_stimulus.
    equations = "is_shown = step >= 1 and step <= n_stimulus : boolean (shared)\n"

    def check(self) -> None:
        super().check()
        checks.check_count(self, "n_stimulus", self.n_stimulus)
        checks.check_probability(self, "p_input", self.p_input)
        checks.check_fraction(self, "release_probability", self.release_probability)
        for name in ("psp_input", "tau_m_ms", "v_thresh", "gamma"):
            checks.check_positive(self, name, getattr(self, name))
        checks.check_choice(self, "spike_trains", self.spike_trains, ("poisson", "regular"))
        checks.check_choice(self, "readout", self.readout, tuple(READOUTS))
        checks.check_not_negative(
            self,
            "tau_refrac_ms",
            "learning_rate",
            "learning_rate_output",
            "sd_hidden",
            "sd_output",
            "sd_between",
        )
        if isinstance(self.n_pause, bool) or not isinstance(self.n_pause, int) or self.n_pause < 0:
            raise RequestError(f"SpikingNetwork.n_pause: must be a whole number >= 0, got {self.n_pause!r}")
        if super().n_steps > MAX_STEPS:
            longest = MAX_STEPS - super().n_steps + self.n_stimulus
            raise RequestError(f"SpikingNetwork.n_stimulus: must be at most {longest}, got {self.n_stimulus}")

    @property
    def read_step(self) -> int:
        return self.n_stimulus + 1

    @property
    def n_steps(self) -> int:
        return super().n_steps + self.n_pause

    @property
    def constants(self) -> Mapping[str, Any]:
        from brian2 import ms

        return {
            "tau_m": self.tau_m_ms * ms,
            "v_thresh": self.v_thresh,
            "gamma": self.gamma,
            "p_input": self.p_input,
            "n_stimulus": self.n_stimulus,
            "psp_input": self.psp_input,
            "release_probability": self.release_probability,
        }

    def make_graph(self) -> Graph:
        chain = make_chain(
            self.n_pixels,
            self.n_hidden,
            self.n_classes,
            sds=(self.sd_hidden, self.sd_output),
            sd_between=self.sd_between,
            learning_rates=(
                self.learning_rate / self.n_stimulus,
                self.learning_rate_output / self.n_stimulus,
            ),
        )
        hidden = chain.hidden
        kind = SpikingCells(self.spike_trains, self.readout, self.tau_refrac_ms, self.reset, self.v_thresh)
        cells: dict[str, Cells] = {
            population.name: kind.make_hidden(
                is_first=population == hidden[0], is_last=population == hidden[-1]
            )
            for population in hidden
        }
        cells |= {chain.input.name: kind.make_input(), chain.readout.name: kind.make_output()}
        # At their defaults these two leave the equations as they are.
        jump = "" if self.psp_input == 1 else "psp_input*"
        released = "" if self.release_probability == 1 else RELEASED
        between = [make_hidden_synapses(released)] * (len(hidden) - 1)
        synapses = [make_input_synapses(jump, released), *between, make_output_synapses(released)]
        return chain.with_equations(cells, synapses)

    def find_constants(self, state: State) -> Values:
        learns = {
            f"{population.name}.learns": np.append(layer.plastic.any(axis=0), False)
            for population, layer in zip(self.graph.hidden, state.layers, strict=False)
        }
        return {**super().find_constants(state), **learns}

    def count_signalling(self, n_active: Mapping[str, int]) -> Signalling:
        return Signalling(
            spikes_input=n_active[self.graph.input.name],
            spikes_hidden=sum(n_active[population.name] for population in self.graph.hidden),
            synaptic_events=self.graph.count_sent(n_active),
        )


def make_network(
    *, n_pixels: int, n_classes: int, n_hidden: Hidden, plasticity: Plasticity, device: str
) -> SpikingNetwork:
    """The network as the command line asks for it."""
    return SpikingNetwork(n_pixels, n_classes, n_hidden, plasticity, device)
