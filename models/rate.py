"""Rate network in Brian2: leaky units that settle on the ANN's activity and learn from it.

An image is held until the network has come to rest. Input rates drive the first hidden units, hidden units
relax to the rectified drive, and the output relaxes to what they send::

    tau dr/dt = -r + max(0, I)      I_j = sum_i w_ij r_i
    tau dy/dt = -y + I              I_k = sum_j w_jk r_j

A hidden population sends to another one when it has come to rest. Then the output is read, its error goes
back through the same synapses, population by population, and all synapses learn::

    error_k = [k is the label] - y_k
    error_j = phi'(I_j) sum_k w_jk error_k          phi' = 1 where I > 0, else error_slope
    delta_w = eta r_pre error_post

With ``loss=cross-entropy`` the answer is softmax(y), and ``error_k = [k is the label] - softmax(y)_k``. With
``derivative=psi`` errors pass what spiking cells let pass, highest at their threshold, 1, in place of phi'::

    psi(I) = gamma max(0, 1 - |I - 1|)

Rates are never negative; the error still passes a silent unit, weakly, so that it can recover. At rest
this is the ANN (``models/ann.py``), and the same seed gives both the same first weights. The last unit of
the input and of each hidden population is always on: its synapses are biases.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar

from bioplast.backends.brian import softmax
from bioplast.backends.brian.cells import Cells, ReadoutCells, Synapses
from bioplast.backends.brian.model import BrianModel
from bioplast.energy import Signalling
from bioplast.network import Graph, make_chain
from bioplast.plasticity import Plasticity
from bioplast.plasticity.checks import check_choice, check_count, check_not_negative, check_positive
from bioplast.sizes import Hidden

N_HIDDEN = 100
ANY_DEPTH = True

INPUT = Cells(
    "r : 1",
    active="pixel(trial, i) > 0",
    events={"start": ("step == START and pixel(trial, i) > 0", "r = pixel(trial, i); n_active += 1")},
)

HIDDEN = Cells(
    """
    dr/dt = (clip(I, 0, inf) - r)/tau : 1
    I : 1
    bias : 1 (constant)                         # the drive of the last unit, which is always on
    error : 1
    activity = r : 1
    """,
    active="r > 0",
    method="exponential_euler",
    events={
        "start": ("step == START", "r = 0; I = bias; error = 0"),
        "read": ("step == READ and r > 0", "n_active += 1"),
        "feedback": ("step == FEEDBACK", "error = error*(error_slope + (1 - error_slope)*int(I > 0))"),
    },
    always_on={"bias": 1},
)

# What errors pass in a hidden unit, if not the slope of its rate.
PSI = "error = error*gamma*clip(1 - abs(I - 1), 0, 1)"
DERIVATIVES = ("step", "psi")

SQUARED = ReadoutCells(
    """
    dy/dt = (I - y)/tau : 1
    I : 1
    reading : 1                                 # y when the output is read
    highest : 1                                 # the highest reading
    error : 1
    activity = reading : 1
    """,
    method="exponential_euler",
    events={
        "start": ("step == START", "y = 0"),
        "read": ("step == READ", "reading = y; highest = y"),
        "feedback": ("step == FEEDBACK", "error = int(label(trial) == i) - reading"),
    },
    reading="reading",
    compare={"compare": "highest_post = clip(reading_pre, highest_post, inf)"},
)

CROSS_ENTROPY = ReadoutCells(
    f"""
    dy/dt = (I - y)/tau : 1
    I : 1
    readout : 1                                 # y when the output is read
    {softmax.EQUATIONS}
    activity = readout : 1
    """,
    method="exponential_euler",
    events={
        "start": ("step == START", "y = 0; total = 0"),
        "read": ("step == READ", "readout = y; highest = y"),
        "feedback": ("step == FEEDBACK", softmax.ERROR),
    },
    reading="readout",
    compare=softmax.COMPARE,
)

OUTPUTS = {"squared": SQUARED, "cross-entropy": CROSS_ENTROPY}

# A constant rate needs to be sent once. What follows the last hidden population sees it settle.
PROPOSE = "delta_w = r_pre*(eta*error_post)"
ERROR = "{weight}*error_post"
FROM_INPUT = Synapses(PROPOSE, on_pre={"send": ("start", "I_post += effective*r_pre")})
BETWEEN = Synapses(PROPOSE, on_pre={"send": ("send", "I_post += effective*r_pre")}, send_error=ERROR)
TO_OUTPUT = Synapses(PROPOSE, "I_post = effective*r_pre : 1 (summed)\n", send_error=ERROR)


@dataclass
class RateNetwork(BrianModel):
    """A network of leaky rate units.

    Beside the parameters of ``BrianModel``:

    Parameters
    ----------
    n_settle : time steps, of one time constant each, in which a hidden population comes to rest
    learning_rate, learning_rate_output : eta of the synapses onto hidden units and onto the output
    loss : ``"squared"`` or ``"cross-entropy"``, of a softmax
    derivative : ``"step"``, the slope of the rate, or ``"psi"``, the spiking network's, around 1
    gamma : height of psi
    error_slope : slope of the hidden units' activation below zero as the error sees it
    sd_hidden, sd_output : standard deviation of the first weights into hidden and output units

    Raises
    ------
    RequestError : a setting is not allowed
    """

    n_settle: int = 20
    learning_rate: float = 0.01
    learning_rate_output: float = 0.01
    loss: str = "squared"
    derivative: str = "step"
    gamma: float = 0.3
    error_slope: float = 0.1
    sd_hidden: float = 0.01
    sd_output: float = 0.01

    name = "rate"
    hidden: ClassVar[Cells] = HIDDEN  # so that a network of another file may have others
    # While its drive is constant a leaky unit is advanced exactly, however long the step.
    time_step_ms = 10.0

    def check(self) -> None:
        super().check()
        check_count(self, "n_settle", self.n_settle)
        check_choice(self, "loss", self.loss, tuple(OUTPUTS))
        check_choice(self, "derivative", self.derivative, DERIVATIVES)
        check_positive(self, "gamma", self.gamma)
        check_not_negative(self, "learning_rate", "learning_rate_output", "sd_hidden", "sd_output")

    @property
    def read_step(self) -> int:
        return self.n_settle * len(self.graph.hidden)

    @property
    def constants(self) -> Mapping[str, Any]:
        from brian2 import ms

        return {"tau": 10 * ms, "error_slope": self.error_slope, "gamma": self.gamma}

    def make_graph(self) -> Graph:
        chain = make_chain(
            self.n_pixels,
            self.n_hidden,
            self.n_classes,
            sds=(self.sd_hidden, self.sd_output),
            learning_rates=(self.learning_rate, self.learning_rate_output),
        )
        *hidden, last = chain.hidden
        units = self.hidden
        if self.derivative == "psi":
            units = replace(units, events={**units.events, "feedback": ("step == FEEDBACK", PSI)})
        cells = {chain.input.name: INPUT, last.name: units, chain.readout.name: OUTPUTS[self.loss]}
        for number, population in enumerate(hidden, 1):
            send = {"send": (f"step == {number * self.n_settle} and r > 0", "")}
            cells[population.name] = replace(units, events={**units.events, **send})
        return chain.with_equations(cells, [FROM_INPUT, *[BETWEEN] * len(hidden), TO_OUTPUT])

    def count_signalling(self, n_active: Mapping[str, int]) -> Signalling:
        return Signalling(macs=self.graph.count_sent(n_active))


def make_network(
    *, n_pixels: int, n_classes: int, n_hidden: Hidden, plasticity: Plasticity, device: str
) -> RateNetwork:
    """The network as the command line asks for it."""
    return RateNetwork(n_pixels, n_classes, n_hidden, plasticity, device)
