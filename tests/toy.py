"""A small Brian2 network made of the parts that all networks share, and what it is shown."""

from dataclasses import dataclass, field

import numpy as np
import pytest
from brian2 import Clock, EventMonitor, Network, NeuronGroup, Synapses, ms

from bioplast.backends.programs.program import build_program
from bioplast.backends.programs.runtime import RuntimeNetwork
from bioplast.backends.programs.stimulus import Screen, Stimulus, make_stimulus_functions
from bioplast.brian.fragment import BOOKS_DTYPES, make_fragment
from bioplast.plasticity.forms import BrianForm
from bioplast.tasks import Images, Trials

N_PIXELS, N_POST = 6, 3
N_LIT = 8  # the steps 1 to 8 of a trial, in which inputs may fire
N_STEPS = 13

LARGEST = BrianForm("kth_largest(n_written)", "abs(delta_w) >= cutoff", {"n_written": 1}, competes=True)

TIME = """
trial = timestep(t, dt)//n_steps : integer (shared)
step = timestep(t, dt)%n_steps : integer (shared)
"""
INPUTS = (
    TIME
    + """
light : 1
train : integer
even_train : integer
shown : integer
p : 1 (shared, constant)
amount : 1
"""
)


@dataclass
class Toy:
    """Inputs that see the stimulus and fire, and synapses whose proposals are given numbers.

    In every trial synapse (i, j) proposes ``amount_i * gain_j``, with ``amount_i = pixel_i``, and counts it.
    """

    form: BrianForm = LARGEST
    dtype: str = "float32"
    screen: Screen = field(default_factory=Screen)

    def assemble(self) -> Network:
        clock = Clock(1 * ms, name="clock")
        functions = make_stimulus_functions(N_PIXELS + 1, self.screen)
        namespace = functions | {"n_steps": N_STEPS, "n_lit": N_LIT}
        fragment = make_fragment("synapses", self.form, "delta_w = amount_pre*gain_post\nn_proposed += 1")
        inputs = NeuronGroup(
            N_PIXELS + 1,
            INPUTS,
            threshold="fires(train, step) == 1",
            reset="",
            events={
                "look": "step == 0",
                "report": "step == N_REPORT",
                "propose": "step == N_REPORT + 1",
                "write": "step == N_REPORT + 2",
            },
            dtype={"train": np.int64, "even_train": np.int64},
            namespace=namespace | {"N_REPORT": N_LIT + 1},
            name="inputs",
            clock=clock,
        )
        inputs.run_on_event(
            "look",
            """
            light = pixel(trial, i)
            amount = light
            shown = label(trial)
            train = poisson_train(trial, i, n_lit, p)
            even_train = regular_train(trial, i, n_lit, p)
            """,
        )
        spikes = EventMonitor(inputs, "spike", name="spikes")
        reported = ["light", "shown", "train", "even_train"]
        reports = EventMonitor(inputs, "report", variables=reported, name="reports")
        targets = NeuronGroup(N_POST, "gain : 1 (constant)", name="targets", clock=clock)
        synapses = Synapses(
            inputs,
            targets,
            "w : 1\nn_proposed : integer\n" + fragment.equations,
            on_pre=dict(fragment.code),
            on_event=fragment.events,
            dtype=BOOKS_DTYPES,
            namespace=fragment.functions,
            name="synapses",
            clock=clock,
        )
        synapses.connect()
        fragment.attach(synapses, N_POST)
        ending = NeuronGroup(1, "over : integer", namespace=namespace, name="ending", clock=clock)
        ending.run_regularly("over = is_over((timestep(t, dt) + 1)//n_steps)", when="end")
        return Network(inputs, targets, synapses, spikes, reports, ending)

    def make_runner(self, device):
        if device == "runtime":
            return RuntimeNetwork(self.assemble, self.dtype, N_STEPS, self.screen)
        return build_program(self.assemble, self.dtype)


SHAPE = (N_PIXELS + 1, N_POST)


@pytest.fixture
def make_toy():
    return Toy


@pytest.fixture
def values():
    """What the toy starts from: no synapse is off the path, empty books, weights of 1."""
    return {
        "inputs.p": 0.5,
        "targets.gain": np.array([1.0, -0.5, 0.25]),
        "synapses.w": np.ones(SHAPE).ravel(),
        "synapses.plastic": np.ones(SHAPE, bool).ravel(),
        "synapses.m0": np.zeros(SHAPE, np.int64).ravel(),
        "synapses.m1": np.zeros(SHAPE).ravel(),
        "synapses.n_written": 5,
    }


@pytest.fixture
def images():
    """Four images of 6 pixels: dark, white and two with all kinds of gray."""
    pixels = np.array([[0] * 6, [255] * 6, [0, 1, 254, 255, 128, 77], [51, 0, 102, 153, 204, 255]], np.uint8)
    return Images(pixels, np.array([0, 1, 2, 1], np.uint8))


@pytest.fixture
def stimulus(images):
    """Six trials of a run with seed 7, the first of which is its 40th."""
    return Stimulus.of(Trials(images, np.array([2, 0, 1, 3, 3, 2]), first=40), 7)
