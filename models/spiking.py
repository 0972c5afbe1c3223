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

The last input is on like a white pixel, the last cell of each hidden population is driven so that it fires
regularly: their synapses are biases.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from bioplast.brian.cells import Cells, ReadoutCells, Synapses
from bioplast.brian.model import BrianModel
from bioplast.brian.program import Values
from bioplast.brian.stimulus import MAX_STEPS
from bioplast.energy import Signalling
from bioplast.errors import RequestError
from bioplast.network import Graph, State, make_chain
from bioplast.plasticity import Plasticity, checks
from bioplast.sizes import Hidden

N_HIDDEN = 200
ANY_DEPTH = True

INPUT = """
train : integer (constant)                  # bit s: a spike at step s
P : 1                                       # sum over the spikes so far of 1/a
"""

HIDDEN = """
dv/dt = (bias - v)/tau_m : 1
psi = gamma*clip(1 - abs(v - v_thresh)/v_thresh, 0, 1){if_ready} : 1
dpre_trace/dt = -pre_trace/tau_m : 1
trace_sum : 1                               # sum over t of pre_trace
H : 1                                       # sum over t of a psi
learns : boolean (constant)                 # has plastic synapses onto it
bias : 1 (constant)                         # drive of the last cell, which fires regularly
error : 1
activity = trace_sum : 1
"""

# Of hidden cells that send to other hidden cells.
BETWEEN = """
P : 1                                       # sum over the spikes so far of 1/a
"""

# Of hidden cells that get spikes and send errors back to other hidden cells.
BEHIND = """
psi_sum : 1                                 # sum over t of psi
gain = psi_sum*tau_m/(dt*n_stimulus) : 1
"""

OUTPUT = """
dy/dt = -y/tau_m : 1
highest : 1                                 # the highest readout
evidence = exp(readout - highest) : 1       # at most 1, however high the readouts
total : 1                                   # sum of the evidence for all classes
error : 1                                   # as it is sent back: exp is costly for every synapse
activity = readout : 1
"""

# What the output answers by: its mean potential, or how often its cells fired.
READOUTS = {
    "membrane": "y_sum : 1\nreadout = y_sum/n_stimulus : 1\n",
    "spikes": "n_spikes : 1\nreadout = n_spikes : 1\n",
}

# While nothing is learned, and off the path, S and H are not needed: the compiled code leaves them.
TRACE = "on_path = plastic\nS += learning_pre*int(on_path)*exp(step_pre*dt/tau_m)*H_post"
ADD_PSI = "on_path = learns\nH += learning*int(on_path)*int(is_shown)*exp(-step*dt/tau_m)*psi"


def make_hidden_synapses(send_error: str = "") -> Synapses:
    """Synapses onto hidden cells; errors pass them where others are in front."""
    return Synapses(
        """
        eligibility = P_pre*H_post - S
        S = 0
        delta_w = eta*error_post*eligibility
        """,
        "S : 1  # sum over the presynaptic spikes of H/a\n",
        on_pre={"spike": ("spike", "v_post += effective"), "trace": ("spike", TRACE)},
        send_error=send_error,
        forget="S = 0",
    )


FROM_INPUT = make_hidden_synapses()
FROM_HIDDEN = make_hidden_synapses("{weight}*error_post*gain_post")
TO_OUTPUT = Synapses(
    "delta_w = eta*error_post*trace_sum_pre",
    on_pre={"spike": ("spike", "y_post += effective")},
    send_error="{weight}*error_post",
)


@dataclass
class SpikingNetwork(BrianModel):
    """A network of leaky integrate-and-fire cells.

    Beside the parameters of ``BrianModel``:

    Parameters
    ----------
    n_stimulus : time steps of 1 ms for which an image is shown, at most 57
    p_input : probability that an input fires in a step if its pixel is white
    tau_m_ms : time constant of membrane, readout and traces, in ms
    v_thresh : firing threshold; weights are in the same unit
    gamma : height of the pseudo-derivative psi
    spike_trains : ``"poisson"``, or ``"regular"``: spikes at even distances
    readout : ``"membrane"``, or ``"spikes"``: output cells fire as hidden ones do, and their counts are read
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
    tau_m_ms: float = 20.0
    v_thresh: float = 1.0
    gamma: float = 0.3
    spike_trains: str = "poisson"
    readout: str = "membrane"
    tau_refrac_ms: float = 0.0
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
        for name in ("tau_m_ms", "v_thresh", "gamma"):
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
        if self.n_steps > MAX_STEPS:
            longest = MAX_STEPS - self.n_steps + self.n_stimulus
            raise RequestError(f"SpikingNetwork.n_stimulus: must be at most {longest}, got {self.n_stimulus}")

    @property
    def read_step(self) -> int:
        return self.n_stimulus + 1

    @property
    def constants(self) -> Mapping[str, Any]:
        from brian2 import ms

        return {
            "tau_m": self.tau_m_ms * ms,
            "v_thresh": self.v_thresh,
            "gamma": self.gamma,
            "p_input": self.p_input,
            "n_stimulus": self.n_stimulus,
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
        cells: dict[str, Cells] = {
            population.name: self._make_hidden(
                is_first=population == hidden[0], is_last=population == hidden[-1]
            )
            for population in hidden
        }
        cells |= {chain.input.name: self._make_input(), chain.readout.name: self._make_output()}
        return chain.with_equations(cells, [FROM_INPUT, *[FROM_HIDDEN] * (len(hidden) - 1), TO_OUTPUT])

    def _make_input(self) -> Cells:
        return Cells(
            INPUT,
            active="train != 0",
            threshold="fires(train, step) == 1",
            reset="P += exp(step*dt/tau_m); n_active += 1",
            dtype={"train": np.int64},
            events={
                "start": (
                    "step == START",
                    f"train = {self.spike_trains}_train(trial, i, n_stimulus, p_input); P = 0",
                )
            },
        )

    def _make_hidden(self, *, is_first: bool, is_last: bool) -> Cells:
        equations, if_ready = HIDDEN, ""
        start = "v = 0; pre_trace = 0; trace_sum = 0; H = 0; error = 0"
        reset = "v -= v_thresh; pre_trace += 1; n_active += 1"
        each_step = [ADD_PSI, "trace_sum += int(is_shown)*pre_trace"]
        events = {}
        if self.tau_refrac_ms > 0:
            if_ready = "*int(not_refractory)"  # a cell that cannot fire learns nothing from its potential
        if not is_last:
            equations, start, reset = (
                equations + BETWEEN,
                f"{start}; P = 0",
                f"{reset}; P += exp(step*dt/tau_m)",
            )
        if not is_first:
            equations, start = equations + BEHIND, f"{start}; psi_sum = 0"
            each_step.append("psi_sum += learning*int(is_shown)*psi")
            events["feedback"] = "step == FEEDBACK", ""
        return Cells(
            equations.format(if_ready=if_ready),
            active="trace_sum > 0",
            threshold="v > v_thresh and is_shown",
            reset=reset,
            events={"start": ("step == START", f"{start}{self._recover}"), **events},
            each_step=tuple(each_step),
            always_on={"bias": 2 * self.v_thresh},
            **self._refractory,
        )

    def _make_output(self) -> ReadoutCells:
        firing: dict[str, Any] = {}
        if self.readout == "spikes":
            start = f"y = 0; n_spikes = 0{self._recover}; total = 0"
            firing = {"threshold": "y > v_thresh and is_shown", "reset": "y -= v_thresh; n_spikes += 1"}
            firing |= self._refractory
        else:
            start = "y = 0; y_sum = 0; total = 0"
            firing = {"each_step": ("y_sum += int(is_shown)*y",)}
        return ReadoutCells(
            OUTPUT + READOUTS[self.readout],
            events={
                "start": ("step == START", start),
                "read": ("step == READ", "highest = readout"),
                "feedback": ("step == FEEDBACK", "error = int(label(trial) == i) - evidence/total"),
            },
            reading="readout",
            compare={
                "compare": "highest_post = clip(readout_pre, highest_post, inf)",
                "add": "total_post += evidence_pre",
            },
            **firing,
        )

    @property
    def _refractory(self) -> dict[str, Any]:
        if self.tau_refrac_ms == 0:
            return {}
        from brian2 import ms

        return {"refractory": self.tau_refrac_ms * ms}

    @property
    def _recover(self) -> str:
        """What makes a cell ready to fire."""
        return "; lastspike = -1e4*second" if self.tau_refrac_ms > 0 else ""

    def find_constants(self, state: State) -> Values:
        learns = {
            f"{population.name}.learns": np.append(layer.plastic.any(axis=0), False)
            for population, layer in zip(self.graph.hidden, state.layers[:-1], strict=True)
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
