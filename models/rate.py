"""Rate network in Brian2: leaky units that settle on the ANN's activity and learn from it.

An image is held until the network has come to rest. Input rates drive the hidden units, hidden units
relax to the rectified drive, and the output relaxes to what they send::

    tau dr/dt = -r + max(0, I)      I_j = sum_i w_ij r_i
    tau dy/dt = -y + I              I_k = sum_j w_jk r_j

Then the output is read, its error goes back through the same synapses, and all of them learn::

    error_k = [k is the label] - y_k
    error_j = phi'(I_j) sum_k w_jk error_k          phi' = 1 where I > 0, else error_slope
    delta_w = eta r_pre error_post

Rates are never negative; the error still passes a silent unit, weakly, so that it can recover. At rest
this is the ANN (``models/ann.py``), and the same seed gives both the same first weights. The last input
and the last hidden unit are always on: their synapses are biases.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from brian2 import Clock, Network, NeuronGroup, ms

from bioplast.brian.assembly import complete_network, make_layer
from bioplast.brian.events import TIME, make_learning_events, make_phases, make_settling_events
from bioplast.brian.model import BrianModel
from bioplast.energy import Signalling
from bioplast.plasticity import Plasticity
from bioplast.plasticity.checks import check_count, check_not_negative

N_HIDDEN = 100

INPUTS = (
    TIME
    + """
r : 1
n_active : integer
learning : integer (shared, constant)
"""
)

HIDDEN = (
    TIME
    + """
dr/dt = (clip(I, 0, inf) - r)/tau : 1
I : 1
bias : 1 (constant)                         # the drive of the last unit, which is always on
feedback : 1                                # sum of w times the output's error
error : 1
activity = r : 1
n_active : integer
n_crossing : integer                        # synapses that make the cell consolidate
learning : integer (shared, constant)
"""
)

OUTPUT = (
    TIME
    + """
dy/dt = (I - y)/tau : 1
I : 1
reading : 1                                 # y when the output is read
highest : 1                                 # the highest reading
error : 1
activity = reading : 1
n_crossing : integer
"""
)

LAYER = """
w : 1
eta : 1 (shared, constant)
"""


@dataclass
class RateNetwork(BrianModel):
    """A network of leaky rate units.

    Beside the parameters of ``BrianModel``:

    Parameters
    ----------
    n_settle : time steps, of one time constant each, after which the output is read
    learning_rate, learning_rate_output : eta of the two layers
    error_slope : slope of the hidden units' activation below zero as the error sees it
    sd_hidden, sd_output : standard deviation of the first weights into hidden and output units

    Raises
    ------
    RequestError : a setting is not allowed
    """

    n_settle: int = 20
    learning_rate: float = 0.01
    learning_rate_output: float = 0.01
    error_slope: float = 0.1
    sd_hidden: float = 0.01
    sd_output: float = 0.01

    name = "rate"
    # While its drive is constant a leaky unit is advanced exactly, however long the step.
    time_step = 10 * ms

    def __post_init__(self) -> None:
        super().__post_init__()
        check_count(self, "n_settle", self.n_settle)
        check_not_negative(self, "learning_rate", "learning_rate_output", "sd_hidden", "sd_output")

    @property
    def n_steps(self) -> int:
        return self.n_settle + 4 + self.n_consolidation_steps

    @property
    def learning_rates(self) -> Mapping[str, float]:
        return {"input->hidden": self.learning_rate, "hidden->output": self.learning_rate_output}

    @property
    def first_weights(self) -> tuple[float, float]:
        return self.sd_hidden, self.sd_output

    def count_signalling(self, n_input: int, n_hidden: int) -> Signalling:
        return Signalling(macs=n_input * self.n_hidden + n_hidden * self.n_classes)

    def assemble(self) -> Network:
        clock = Clock(self.time_step, name="clock")
        namespace = {
            **self.make_stimulus_functions(),
            "tau": 10 * ms,
            "error_slope": self.error_slope,
            "n_steps": self.n_steps,
            "ONSET": 0,
            **make_phases(self.n_settle),
        }
        common = {"namespace": namespace, "clock": clock}
        hidden_rule = self.make_fragment("input->hidden", "delta_w = r_pre*(eta*error_post)")
        output_rule = self.make_fragment("hidden->output", "delta_w = r_pre*(eta*error_post)")

        inputs = NeuronGroup(
            self.n_pixels + 1,
            INPUTS + self.learner_equations,
            events={
                "onset": "step == ONSET and pixel(trial, i) > 0",
                **make_learning_events(hidden_rule, "pixel(trial, i) > 0", self.if_open),
            },
            name="inputs",
            **common,
        )
        inputs.run_on_event("onset", "r = pixel(trial, i); n_active += 1", when="before_synapses")

        hidden = NeuronGroup(
            self.n_hidden + 1,
            HIDDEN + self.learner_equations,
            events={
                "onset": "step == ONSET",
                "read": "step == READ and r > 0",
                "receive": "step == PROPOSE",
                **make_learning_events(output_rule, "r > 0", self.if_open),
                **make_settling_events(hidden_rule),
            },
            method="exponential_euler",
            name="hidden",
            **common,
        )
        hidden.bias[self.n_hidden :] = 1
        hidden.run_on_event("onset", "r = 0; I = bias; feedback = 0; n_crossing = 0", when="before_synapses")
        hidden.run_on_event("read", "n_active += 1")
        slope = "error_slope + (1 - error_slope)*int(I > 0)"
        hidden.run_on_event("receive", f"error = feedback*({slope})", when="before_synapses")

        output = NeuronGroup(
            self.n_classes,
            OUTPUT,
            events={
                "onset": "step == ONSET",
                "read": "step == READ",
                "feedback": "step == FEEDBACK",
                "answer": "step == FEEDBACK and reading >= highest",
                **make_settling_events(output_rule),
            },
            method="exponential_euler",
            name="output",
            **common,
        )
        output.run_on_event("onset", "y = 0; n_crossing = 0", when="before_synapses")
        output.run_on_event("read", "reading = y; highest = y", when="before_synapses")
        output.run_on_event("feedback", "error = int(label(trial) == i) - reading", when="before_synapses")

        input_to_hidden = make_layer(
            "input->hidden",
            inputs,
            hidden,
            self.n_hidden,
            LAYER + self.bound_equations,
            hidden_rule,
            on_pre={"send": "I_post += acting*r_pre"},
            on_event={"send": "onset"},
            **common,
        )
        hidden_to_output = make_layer(
            "hidden->output",
            hidden,
            output,
            self.n_classes,
            LAYER + self.bound_equations + self.feedback_equations + "I_post = acting*r_pre : 1 (summed)\n",
            output_rule,
            on_post={"feedback": f"feedback_pre += {self.feedback_weight}*error_post"},
            on_event={"feedback": "feedback"},
            **common,
        )
        return complete_network(
            (inputs, hidden, output),
            (input_to_hidden, hidden_to_output),
            self.plasticity.gate,
            reading="reading",
            on_read={"compare": "highest_post = clip(reading_pre, highest_post, inf)"},
            **common,
        )


def make_network(
    *, n_pixels: int, n_classes: int, n_hidden: int, plasticity: Plasticity, device: str
) -> RateNetwork:
    """The network as the command line asks for it."""
    return RateNetwork(n_pixels, n_classes, n_hidden, plasticity, device)
