"""Spiking network in Brian2: leaky integrate-and-fire cells that learn by a three-factor rule.

Inputs are Poisson spike trains whose rate follows the pixel. Spikes reach the hidden cells, hidden
spikes a leaky readout, which is averaged over the ``n_stimulus`` steps of a trial (v in units of the
threshold; traces decay with the membrane's time constant)::

    tau_m dv/dt = -v         v_j += w_ij at a spike of i      v > v_thresh: spike, v -= v_thresh
    tau_m dy/dt = -y         y_k += w_jk at a spike of j      readout_k = <y_k>

The error of the readout goes back through the same synapses and meets an eligibility that each synapse
built up from the two cells it joins (e-prop for a feedforward net without adaptation, Bellec et al.
2020, doi:10.1038/s41467-020-17236-y)::

    error_k = [k is the label] - softmax(readout)_k         error_j = sum_k w_jk error_k
    delta_w_ij = eta error_j sum_t psi_j(t) pre_trace_i(t)  psi = gamma max(0, 1 - |v - v_thresh|/v_thresh)
    delta_w_jk = eta error_k sum_t pre_trace_j(t)

The double sum costs work per input spike, none per time step. With a(t) = exp(-t/tau_m) a cell keeps
H_j(t) = sum_{t' <= t} a(t') psi_j(t'), an input P_i = sum over its spikes of 1/a(t_s), and a synapse
S_ij = sum over the input's spikes of H_j/a up to the spike; at the end of the trial the sum over t is
P_i H_j - S_ij.

The last input is on like a white pixel, the last hidden cell is driven so that it fires regularly:
their synapses are biases.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from brian2 import Clock, Network, NeuronGroup, ms

from bioplast.brian import events
from bioplast.brian.assembly import complete_network, make_layer
from bioplast.brian.events import make_learning_events, make_phases, make_settling_events
from bioplast.brian.model import BrianModel
from bioplast.brian.program import Values
from bioplast.brian.stimulus import MAX_STEPS
from bioplast.energy import Signalling
from bioplast.errors import RequestError
from bioplast.network import State
from bioplast.plasticity import Plasticity, checks

N_HIDDEN = 200

TIME = events.TIME + "is_shown = step >= 1 and step <= n_stimulus : boolean (shared)\n"

INPUTS = (
    TIME
    + """
train : integer (constant)                  # bit s: a spike at step s
P : 1                                       # sum over the spikes so far of 1/a
n_active : integer                          # spikes since the chunk began
learning : integer (shared, constant)
"""
)

HIDDEN = (
    TIME
    + """
dv/dt = (bias - v)/tau_m : 1
dpre_trace/dt = -pre_trace/tau_m : 1
trace_sum : 1                               # sum over t of pre_trace
H : 1                                       # sum over t of a psi
learns : boolean (constant)                 # has plastic synapses from inputs
bias : 1 (constant)                         # drive of the last cell, which fires regularly
error : 1
activity = trace_sum : 1
n_active : integer
n_crossing : integer                        # synapses that make the cell consolidate
learning : integer (shared, constant)
"""
)

PSI = "psi = gamma*clip(1 - abs(v - v_thresh)/v_thresh, 0, 1){if_ready} : 1\n"

# What the output answers by: its mean potential, or how often its cells fired.
READOUTS = {
    "membrane": "y_sum : 1\nreadout = y_sum/n_stimulus : 1\n",
    "spikes": "n_spikes : 1\nreadout = n_spikes : 1\n",
}

OUTPUT = (
    TIME
    + """
dy/dt = -y/tau_m : 1
highest : 1                                 # the highest readout
evidence = exp(readout - highest) : 1       # at most 1, however high the readouts
total : 1                                   # sum of the evidence for all classes
error : 1                                   # as it is sent back: exp is costly for every synapse
activity = readout : 1
n_crossing : integer
"""
)

LAYER = """
w : 1
eta : 1 (shared, constant)
"""


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
    learning_rate, learning_rate_output : eta of the two layers times the steps they sum over
    sd_hidden, sd_output : standard deviation of the first weights into hidden and output cells

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

    name = "spiking"
    time_step = 1 * ms

    def __post_init__(self) -> None:
        super().__post_init__()
        checks.check_count(self, "n_stimulus", self.n_stimulus)
        checks.check_probability(self, "p_input", self.p_input)
        for name in ("tau_m_ms", "v_thresh", "gamma"):
            checks.check_positive(self, name, getattr(self, name))
        checks.check_choice(self, "spike_trains", self.spike_trains, ("poisson", "regular"))
        checks.check_choice(self, "readout", self.readout, tuple(READOUTS))
        checks.check_not_negative(
            self, "tau_refrac_ms", "learning_rate", "learning_rate_output", "sd_hidden", "sd_output"
        )
        if self.n_steps > MAX_STEPS:
            raise RequestError(
                f"SpikingNetwork.n_stimulus: must be at most {MAX_STEPS - 5}, got {self.n_stimulus}"
            )

    @property
    def n_steps(self) -> int:
        return self.n_stimulus + 5 + self.n_consolidation_steps

    @property
    def learning_rates(self) -> Mapping[str, float]:
        return {
            "input->hidden": self.learning_rate / self.n_stimulus,
            "hidden->output": self.learning_rate_output / self.n_stimulus,
        }

    @property
    def first_weights(self) -> tuple[float, float]:
        return self.sd_hidden, self.sd_output

    def count_signalling(self, n_input: int, n_hidden: int) -> Signalling:
        return Signalling(
            spikes_input=n_input,
            spikes_hidden=n_hidden,
            synaptic_events=n_input * self.n_hidden + n_hidden * self.n_classes,
        )

    def find_constants(self, state: State) -> Values:
        on_path = state.layers[0].plastic.any(axis=0)
        return {**super().find_constants(state), "hidden.learns": np.append(on_path, False)}

    def assemble(self) -> Network:
        clock = Clock(self.time_step, name="clock")
        namespace = {
            **self.make_stimulus_functions(),
            "tau_m": self.tau_m_ms * ms,
            "v_thresh": self.v_thresh,
            "gamma": self.gamma,
            "p_input": self.p_input,
            "n_stimulus": self.n_stimulus,
            "n_steps": self.n_steps,
            # The stimulus is on in steps 1 to n_stimulus.
            "PREPARE": 0,
            **make_phases(self.n_stimulus + 1),
        }
        common = {"namespace": namespace, "clock": clock}
        hidden_rule = self.make_fragment(
            "input->hidden",
            """
            eligibility = P_pre*H_post - S
            S = 0
            delta_w = eta*error_post*eligibility
            """,
        )
        # Where nothing is proposed because a gate is closed, what the trial left behind has to go.
        forget = {} if self.plasticity.gate is None else {"forget": "S = 0"}
        output_rule = self.make_fragment("hidden->output", "delta_w = eta*error_post*trace_sum_pre")
        # While nothing is learned, and off the path, S and H are not needed: the compiled code leaves them.
        trace = "on_path = plastic\nS += learning_pre*int(on_path)*exp(step_pre*dt/tau_m)*H_post"
        add_psi = "on_path = learns\nH += learning*int(on_path)*int(is_shown)*exp(-step*dt/tau_m)*psi"

        inputs = NeuronGroup(
            self.n_pixels + 1,
            INPUTS + self.learner_equations,
            threshold="fires(train, step) == 1",
            reset="P += exp(step*dt/tau_m); n_active += 1",
            events={
                "prepare": "step == PREPARE",
                **make_learning_events(hidden_rule, "train != 0", self.if_open),
                **dict.fromkeys(forget, "step == WRITE and learning == 1 and train != 0 and not is_open"),
            },
            dtype={"train": np.int64},
            name="inputs",
            **common,
        )
        draw = f"{self.spike_trains}_train(trial, i, n_stimulus, p_input)"
        inputs.run_on_event("prepare", f"train = {draw}; P = 0")

        refractory: dict[str, Any] = {}
        if_ready = recover = ""
        if self.tau_refrac_ms > 0:
            refractory = {"refractory": self.tau_refrac_ms * ms}
            if_ready = "*int(not_refractory)"  # a cell that cannot fire learns nothing from its potential
            recover = "; lastspike = -1e4*second"

        hidden = NeuronGroup(
            self.n_hidden + 1,
            HIDDEN + PSI.format(if_ready=if_ready) + self.learner_equations,
            threshold="v > v_thresh and is_shown",
            reset="v -= v_thresh; pre_trace += 1; n_active += 1",
            events={
                "prepare": "step == PREPARE",
                **make_learning_events(output_rule, "trace_sum > 0", self.if_open),
                **make_settling_events(hidden_rule),
            },
            method="exact",
            name="hidden",
            **refractory,
            **common,
        )
        hidden.bias[self.n_hidden :] = 2 * self.v_thresh
        hidden.run_on_event(
            "prepare", f"v = 0; pre_trace = 0; trace_sum = 0; H = 0; error = 0; n_crossing = 0{recover}"
        )
        hidden.run_regularly(add_psi, when="before_thresholds")
        hidden.run_regularly("trace_sum += int(is_shown)*pre_trace", when="before_thresholds")

        fires = self.readout == "spikes"
        answering: dict[str, Any] = {}
        if fires:
            answering = {"threshold": "y > v_thresh and is_shown", "reset": "y -= v_thresh; n_spikes += 1"}
            answering |= refractory
        output = NeuronGroup(
            self.n_classes,
            OUTPUT + READOUTS[self.readout],
            events={
                "prepare": "step == PREPARE",
                "read": "step == READ",
                "feedback": "step == FEEDBACK",
                "answer": "step == FEEDBACK and readout >= highest",
                **make_settling_events(output_rule),
            },
            method="exact",
            name="output",
            **answering,
            **common,
        )
        answer = f"n_spikes = 0{recover}" if fires else "y_sum = 0"
        output.run_on_event("prepare", f"y = 0; {answer}; total = 0; n_crossing = 0")
        output.run_on_event("read", "highest = readout", when="before_synapses")
        output.run_on_event(
            "feedback", "error = int(label(trial) == i) - evidence/total", when="before_synapses"
        )
        if not fires:
            output.run_regularly("y_sum += int(is_shown)*y", when="before_thresholds")

        input_to_hidden = make_layer(
            "input->hidden",
            inputs,
            hidden,
            self.n_hidden,
            LAYER + self.bound_equations + "S : 1  # sum over the input's spikes of H/a\n",
            hidden_rule,
            on_pre={"spike": "v_post += acting", "trace": trace, **forget},
            on_event={"spike": "spike", "trace": "spike", **{pathway: pathway for pathway in forget}},
            **common,
        )
        hidden_to_output = make_layer(
            "hidden->output",
            hidden,
            output,
            self.n_classes,
            LAYER + self.bound_equations + self.feedback_equations,
            output_rule,
            on_pre={"spike": "y_post += acting"},
            on_post={"feedback": f"error_pre += {self.feedback_weight}*error_post"},
            on_event={"spike": "spike", "feedback": "feedback"},
            **common,
        )
        return complete_network(
            (inputs, hidden, output),
            (input_to_hidden, hidden_to_output),
            self.plasticity.gate,
            reading="readout",
            on_read={
                "compare": "highest_post = clip(readout_pre, highest_post, inf)",
                "add": "total_post += evidence_pre",
            },
            **common,
        )


def make_network(
    *, n_pixels: int, n_classes: int, n_hidden: int, plasticity: Plasticity, device: str
) -> SpikingNetwork:
    """The network as the command line asks for it."""
    return SpikingNetwork(n_pixels, n_classes, n_hidden, plasticity, device)
