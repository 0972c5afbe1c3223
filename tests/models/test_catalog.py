"""Every rule of the catalog: the rate network at rest and the ANN write the same synapses.

The ANN is the one in NumPy, which its machine code is held to elsewhere.
"""

from pathlib import Path

import numpy as np
import pytest

from bioplast import Plasticity
from bioplast.backends.numeric import reference
from bioplast.loading import load_module
from bioplast.plasticity import RULES
from bioplast.plasticity.part import Transform
from bioplast.tasks import Images, Trials, load_task

PROJECT = Path(__file__).parents[2]
ANN = load_module("model", "ann", PROJECT).Network
RATE = load_module("model", "rate", PROJECT).RateNetwork

# Several rules, that the first ones have a form of, in one program each: compiling takes longer than running.
COMPILED = [
    "lazy(0.12) + fixed(0.5) + largest(0.2, per=neuron) + cache(0.0004, 0.01, per=neuron)",
    "strongest(0.2) + cache(0.0003, 0.01)",
    "above(0.001, target=0.05, rate=0.2, output=0.1)",
    'fixed(0.5) + above(0.0003, target=0.1, rate=0.2, output=0.3, per="neuron")',
    'fixed(0.5) + above(0.0003, target=0.3, rate=0.2, per="synapse")',
    "fixed(0.5) + reserve(0.05, surprise=0.05, output=0.8)",
    "fixed(0.3) + random(0.3)",
    "fixed(0.1) + most_active(0.2, output=0.3)",
]
RULE_TEXTS = [
    *COMPILED,
    "plain",
    "largest(0.1)",
    "largest(0.02, output=0.2)",
    "largest(0.1, per=neuron)",
    "subnet(5) + largest(0.2, per=neuron)",
    "above(0.0003)",
    "subnet(10) + largest(0.2)",
    "smallest(0.9, output=0.5)",
    "subnet(5) + smallest(0.9)",
    "random(0.1)",
    "weakest(0.1)",
    "subnet(5) + strongest(0.1)",
    "neurons(0.2, output=0.5)",
    "subnet(7) + neurons(0.3)",
    "largest_error(0.2, output=0.3)",
    "fixed(0.02) + largest_error(0.3)",
    "most_active(0.2, output=0.3)",
    "readout + largest(0.3)",
    "readout + random(0.3)",
    "lazy",
    "lazy + above(0.001, target=0.05, rate=0.3)",
    'lazy + above(0.0003, target=0.1, per="neuron") + cache(0.0003, 0.01)',
    'lazy(0.12) + above(0.0003, target=0.3, per="synapse") + cache(0.0003, 0.01)',
    "cache(0.0003, 0.01)",
    "cache(0.0004, 0.01, per=neuron)",
    "cache(0.0004) + largest(0.2)",
    "cache(0.0002, 0.05) + weakest(0.3)",
]


@pytest.fixture(scope="module")
def images():
    """60 digits at low resolution: 6 by 6 pixels."""
    train = load_task("mnist").train
    pixels = train.pixels[:60].reshape(-1, 28, 28)[:, 8:20:2, 8:20:2].reshape(-1, 36)
    return Images(np.ascontiguousarray(pixels), train.labels[:60])


def assert_alike(rule, device, images, hidden=12):
    # After 40 time constants what is missing to rest is far below the last digit; few steps that are long
    # take less time than many, and lead as exactly there.
    plasticity = Plasticity.parse(rule)
    # Deep networks with small weights change little: what comes in is halved from layer to layer.
    sds = {"sd_hidden": 0.01 if hidden == 12 else 0.3, "sd_output": 0.01 if hidden == 12 else 0.3}
    ann = ANN(36, 10, hidden, plasticity, dtype="float64", **sds)
    rate = RATE(36, 10, hidden, plasticity, device, "float64", n_settle=10, **sds)
    rate.time_step_ms = 4 * RATE.time_step_ms
    expected, state = ann.initial_state(3), rate.initial_state(3)
    for first, last in ((0, 15), (15, 40)):  # what rules carry passes from chunk to chunk
        trials = Trials(images, np.arange(first, last), first)
        theirs = reference.present(
            expected,
            trials,
            settings=ann.constants,
            encoding=ann.encoding,
            plasticity=plasticity,
            learn=True,
        )
        ours = rate.present(state, trials, learn=True)
        np.testing.assert_array_equal(ours.predictions, theirs.predictions)
    for layer, other in zip(state.layers, expected.layers, strict=True):
        np.testing.assert_array_equal(layer.books.m0, other.books.m0)
        # Sums in another order, 40 times over.
        np.testing.assert_allclose(layer.weights, other.weights, rtol=0, atol=1e-13)
        np.testing.assert_allclose(layer.books.m1, other.books.m1, rtol=0, atol=1e-13)
        assert layer.books.maintenance == pytest.approx(other.books.maintenance, rel=1e-9, abs=1e-15)
        assert set(layer.carried) == set(other.carried)
        for name, carried in layer.carried.items():
            np.testing.assert_allclose(carried, other.carried[name], rtol=1e-12, atol=1e-13)
    return state


@pytest.mark.parametrize(
    "hidden", [12, pytest.param((12, 10), marks=pytest.mark.long)], ids=["one hidden", "two hidden"]
)
@pytest.mark.parametrize("rule", RULE_TEXTS)
def test_the_rate_network_writes_what_the_ann_writes(rule, images, hidden):
    state = assert_alike(rule, "runtime", images, hidden)
    assert any(layer.books.m0.any() for layer in state.layers)


@pytest.mark.parametrize(
    "rule", [*COMPILED[:3], *(pytest.param(rule, marks=pytest.mark.long) for rule in COMPILED[3:])]
)
def test_and_so_does_the_compiled_one(rule, images):
    state = assert_alike(rule, "cpp_standalone", images)
    assert any(layer.books.m0.any() for layer in state.layers)


@pytest.mark.parametrize(
    ("rule", "hidden"),
    [pytest.param("plain", (12, 10), marks=pytest.mark.long), ("subnet(5) + largest(0.2)", (12, 10, 8))],
)
def test_and_so_does_the_compiled_one_with_several_hidden_layers(rule, hidden, images):
    state = assert_alike(rule, "cpp_standalone", images, hidden)
    assert all(layer.books.m0.any() for layer in state.layers)


def test_no_rule_with_a_brian2_form_is_left_out():
    transforms = {name for name, rule in RULES.items() if issubclass(rule, Transform)}
    named = {part.name for text in RULE_TEXTS for part in Plasticity.parse(text).parts}
    assert named == set(RULES) - transforms


def test_what_is_transient_acts(images):
    states = []
    for rule in (Plasticity.parse("cache(1000)"), Plasticity()):
        network = RATE(36, 10, 12, rule, "runtime", n_settle=10)
        state = network.initial_state(3)
        network.present(state, Trials(images, np.arange(20)), learn=True)
        states.append((state, network.present(state, Trials(images, np.arange(20, 60)), learn=False)))
    (cached, answers), (plain, plain_answers) = states
    assert not any(layer.books.m0.any() for layer in cached.layers)
    np.testing.assert_array_equal(answers.predictions, plain_answers.predictions)
    for layer, other in zip(cached.layers, plain.layers, strict=True):
        assert layer.carried["transient"].any()
        # Single precision: weights of 0.01 with changes of 1e-3.
        np.testing.assert_allclose(layer.effective, other.weights, rtol=0, atol=1e-7)
