"""The C++ templates against Brian2's NumPy: any connectivity, any delays, in any order."""

import numpy as np
import pytest
from brian2 import Clock, Network, NeuronGroup, Synapses, ms

from bioplast.backends.programs.program import build_program
from bioplast.backends.programs.runtime import RuntimeNetwork
from bioplast.backends.programs.stimulus import Screen, Stimulus, make_stimulus_functions
from bioplast.tasks import Images, Trials

N_SOURCES, N_TARGETS, N_STEPS = 150, 90, 12
WIRES = ("scattered", "ordered", "delayed", "queued", "joined", "gaps", "block", "back", "home", "idle")
WANTED = [
    *(f"targets.{name}" for name in WIRES if name not in ("ordered", "back", "home", "idle")),
    "targets.last",
    "targets.latest",
    "targets.held",
    "sums.whole",
    "sums.part",
    "inputs.n_sent",
    "inputs.summed",
    "inputs.received",
    "inputs.returned",
]
TARGETS = """
step = timestep(t, dt) : integer (shared)
scattered : 1
delayed : 1
queued : 1
joined : 1
gaps : 1
block : 1
last : integer
latest : integer
held : 1
idle : 1
learns : boolean (constant)
learning : integer (shared, constant)
n_updates : integer
n_lessons : integer
"""

INPUTS = """
step = timestep(t, dt) : integer (shared)
n_sent : integer
received : integer
returned : 1
summed : 1
learning : integer (shared, constant)
"""


def assemble(screen):
    """Cells that fire in patterns, wired in every way there is; all weights are whole numbers."""
    rng = np.random.default_rng(4)
    clock = Clock(1 * ms, name="clock")
    functions = make_stimulus_functions(2, screen)
    inputs = NeuronGroup(
        N_SOURCES,
        INPUTS,
        threshold="(i*7 + step*step) % 5 == 0",
        reset="",
        events={"some": "step == 3 and i > 60", "all": "step == 5", "none": "step < 0"},
        name="inputs",
        clock=clock,
    )
    targets = NeuronGroup(
        N_TARGETS,
        TARGETS,
        threshold="(i + step) % 4 == 0",
        reset="",
        events={"together": "step == 4 or step == 7"},
        name="targets",
        clock=clock,
    )

    # Of a number of cells that is no multiple of the compiled code's 16; fractions show the order of sums.
    sums = NeuronGroup(37, "whole : 1\npart : 1", name="sums", clock=clock)

    def add_up(name, source, target, equation, share):
        synapses = Synapses(source, target, f"w : 1\n{equation} : 1 (summed)", name=name, clock=clock)
        pairs = np.argwhere(rng.random((len(source), len(target))) < share)
        synapses.connect(i=pairs[:, 0], j=pairs[:, 1])
        synapses.w = rng.normal(size=len(pairs))
        return synapses

    def wire(name, source, target, code, share, *, on="pre", event="spike", delay=None, model="w : 1"):
        synapses = Synapses(
            source,
            target,
            model,
            **{f"on_{on}": {"act": code}},
            on_event={"act": event},
            delay={"act": delay} if delay is not None and delay.ndim == 0 else None,
            name=f"{name}_synapses",
            clock=clock,
        )
        pairs = np.argwhere(rng.random((len(source), len(target))) < share)
        synapses.connect(i=pairs[:, 0], j=pairs[:, 1])
        synapses.w = rng.integers(-9, 9, len(pairs))
        if delay is not None and delay.ndim:
            synapses.act.delay = np.resize(delay / ms, len(pairs)) * ms
        return synapses

    def wire_path(name, plastic):
        synapses = wire(
            name,
            inputs,
            targets,
            f"on_path = plastic\n{name}_post += w*int(on_path)\nvisits += 1",
            1.0,
            event="some",
            model="w : 1\nplastic : boolean (constant)\nvisits : integer",
        )
        synapses.plastic = plastic.ravel()
        return synapses

    shape = N_SOURCES, N_TARGETS
    gaps = rng.random(shape) < rng.random((N_SOURCES, 1)) - 0.3
    block = np.zeros(shape, bool)
    block[30:120, 20:63] = True

    targets.learns[10:70:3] = True
    targets.run_regularly("on_path = learns\nheld += int(on_path)*(i + step)\nn_updates += 1")
    targets.run_regularly("n_lessons += learning + 1")
    parts = [
        wire("scattered", inputs, targets, "scattered_post += w", 0.4),
        # Synapses are visited in their order: the last one stays.
        wire("ordered", inputs, targets, "n_sent_pre += 1; last_post = i", 0.7, event="all"),
        wire("delayed", inputs[20:70], targets[10:], "delayed_post += w", 1.0, delay=np.array(2) * ms),
        wire("queued", inputs[5:], targets, "queued_post += w", 0.8, delay=np.arange(4) * ms),
        # Fractions show the order in which they were added up.
        wire("joined", inputs, targets, "joined_post += w/(i_pre + 3.0); latest_post = i + j", 1.0),
        wire("back", inputs, targets, "received_pre += int(w)", 0.9, on="post"),
        wire("home", inputs, targets, "returned_pre += w/(i_post + 3.0)", 1.0, on="post", event="together"),
        wire("idle", inputs, targets, "idle_post += learning_pre*w + 1", 0.9),
        add_up("to_all", inputs, sums, "whole_post = w*n_sent_pre", 1.0),
        add_up("to_some", inputs, sums, "part_post = w*n_sent_pre", 0.9),
        add_up("to_sources", inputs, sums, "summed_pre = w*step_pre", 1.0),
        wire("never", inputs, targets, "scattered_post += 1000", 0.9, event="none"),
        wire_path("gaps", gaps),
        wire_path("block", block),
    ]
    ending = NeuronGroup(1, "over : integer", namespace=functions, name="ending", clock=clock)
    ending.run_regularly("over = is_over(timestep(t, dt) + 1)", when="end")
    return Network(inputs, targets, sums, *parts, ending)


@pytest.fixture(scope="module")
def results():
    """What the compiled network and the one in NumPy end with."""
    screen = Screen()
    images = Images(np.zeros((1, 1), np.uint8), np.zeros(1, np.uint8))
    stimulus = Stimulus.of(Trials(images, np.zeros(N_STEPS, np.int64)), 1)
    paths = [f"{name}_synapses.{part}" for name in ("gaps", "block") for part in ("visits", "plastic")]
    inspected = [*WANTED, *paths, "targets.n_updates", "targets.idle", "targets.n_lessons"]
    compiled = build_program(lambda: assemble(screen), "float64").run({}, stimulus, inspected)
    runtime = RuntimeNetwork(lambda: assemble(screen), "float64", 1, screen).run({}, stimulus, WANTED)
    return compiled, runtime


@pytest.mark.parametrize("name", WANTED)
def test_compiled_network_is_the_one_in_numpy(results, name):
    compiled, runtime = results
    np.testing.assert_array_equal(compiled[name], runtime[name])
    assert np.unique(compiled[name]).size > 1


@pytest.mark.parametrize("name", ["gaps", "block"])
def test_ends_that_are_off_the_path_are_passed_over(results, name):
    visits, plastic = (
        results[0][f"{name}_synapses.{part}"].reshape(N_SOURCES, N_TARGETS) for part in ("visits", "plastic")
    )
    from_the_left = np.maximum.accumulate(plastic, axis=1)
    from_the_right = np.maximum.accumulate(plastic[:, ::-1], axis=1)[:, ::-1]
    expected = from_the_left & from_the_right
    expected[:61] = 0  # they have no event
    np.testing.assert_array_equal(visits, expected)
    assert 0.1 < plastic[61:].mean() < 0.9


def test_cells_that_do_not_learn_are_passed_over(results):
    n_updates = results[0]["targets.n_updates"]
    np.testing.assert_array_equal(np.flatnonzero(n_updates), np.arange(10, 68))
    assert set(n_updates[10:68]) == {N_STEPS}


def test_code_of_learning_is_passed_over_while_nothing_is_learned(results):
    assert not results[0]["targets.idle"].any()
    assert not results[0]["targets.n_lessons"].any()
