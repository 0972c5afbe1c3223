"""Machine code against the oracle. Both add up in the same order, so they agree to the bit."""

from dataclasses import replace

import numpy as np
import pytest

from bioplast import Plasticity
from bioplast.backends.numeric import reference
from bioplast.backends.numeric.activation import ACTIVATIONS
from bioplast.backends.numeric.chunk import Chunks
from bioplast.backends.numeric.encoding import Rates
from bioplast.backends.numeric.kernel import N_RECENT
from bioplast.backends.numeric.loss import LOSSES
from bioplast.backends.numeric.settings import Settings
from bioplast.network import State, make_chain
from bioplast.network.weights import make_layers
from bioplast.tasks.task import Images, Trials

STANDARD = Settings()
RULES = [
    "plain",
    "largest(0.02)",
    "largest(0.3)",
    "largest(0.1, output=1)",
    'largest(0.1, per="neuron")',
    "above(0.001)",
    "above(0.001, target=0.1)",
    "above(0.001, target=0.1, output=0.5, rate=0.1)",
    'above(0.001, target=0.1, output=0.5, rate=0.1, per="neuron")',
    'above(0.001, target=0.3, output=0.5, per="synapse")',
    "smallest(0.9)",
    "random(0.2)",
    "strongest(0.3)",
    "weakest(0.3)",
    "neurons(0.3)",
    "largest_error(0.3)",
    "most_active(0.3, output=0.5)",
    "fixed(0.3)",
    'fixed(0.3) + above(0.001, target=0.1, per="neuron")',
    'fixed(0.3) + above(0.001, target=0.3, per="synapse")',
    "fixed(0.3) + largest(0.1)",
    'fixed(0.3) + largest(0.1, per="neuron")',
    "fixed(0.3) + random(0.3)",
    "fixed(0.3) + strongest(0.3)",
    "fixed(0.3) + neurons(0.3)",
    "readout",
    "readout + most_active(0.5, output=0.5)",
    "lazy",
    "lazy(0.5) + largest(0.1)",
]
# Their frozen units' share of the output is a sum in another order.
FROZEN = [
    "subnet(4)",
    "subnet(4) + largest(0.05)",
    'subnet(4) + largest(0.05, per="neuron")',
    "subnet(1) + above(0.001)",
    'subnet(4) + above(0.001, target=0.1, per="neuron")',
    'subnet(4) + above(0.001, target=0.3, per="synapse")',
    "subnet(5) + random(0.3)",
    "subnet(5) + weakest(0.3)",
    "subnet(5) + neurons(0.5)",
    "lazy + subnet(5)",
]
# Decay over silent trials is a power and not a product.
CACHES = [
    "cache(0.005)",
    "cache(0.005, 0.05)",
    'cache(0.02, 0.05, per="neuron")',
    "strongest(0.5) + cache(0.01, 0.01, cost=1)",
    'lazy + subnet(5) + largest(0.2) + cache(0.01, 0.01, per="neuron")',
]

# Each of them with each rule would compile for a minute.
UNITS_AND_LOSSES = [("relu", loss) for loss in LOSSES] + [(unit, "squared") for unit in ACTIVATIONS][1:]


@pytest.fixture(scope="module")
def images():
    """Images of 64 pixels of which a fifth is on, as in MNIST."""
    rng = np.random.default_rng(5)
    pixels = rng.integers(1, 256, (120, 64)) * (rng.random((120, 64)) < 0.2)
    return Images(pixels.astype(np.uint8), rng.integers(0, 4, 120).astype(np.uint8))


def make_state(rule, dtype, settings=STANDARD, hidden=12):
    layers = make_layers(
        make_chain(64, hidden, 4, sds=(0.1, 0.1), has_bias=not settings.clamps_first),
        7,
        Plasticity.parse(rule),
        dtype,
    )
    return State(7, layers)


def run_both(images, rule, settings, dtype, n_trials=120, hidden=12):
    """The states after the same trials of the kernel and of the reference."""
    plasticity = Plasticity.parse(rule)
    fast, slow = (make_state(rule, dtype, settings, hidden) for _ in range(2))
    trials = Trials(images, np.random.default_rng(1).permutation(n_trials) % 120)
    ours = Chunks(settings, Rates(), plasticity).present(fast, trials, learn=True)
    theirs = reference.present(
        slow, trials, settings=settings, encoding=Rates(), plasticity=plasticity, learn=True
    )
    np.testing.assert_array_equal(ours.predictions, theirs.predictions)
    assert ours.signalling == theirs.signalling
    assert fast.trial == slow.trial == n_trials
    assert fast.layers[-1].books.m0.sum() > 0
    return fast, slow


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("slope", [0.0, 0.1])
def test_equals_the_reference_to_the_bit(images, rule, slope):
    check_bits(*run_both(images, rule, Settings(0.05, 0.02, slope, error_slope=0.1), np.float32))


@pytest.mark.parametrize(("rule", "dtype"), [("largest(0.3)", np.float32), ("lazy(0.5)", np.float64)])
@pytest.mark.long
@pytest.mark.parametrize(("activation", "loss"), UNITS_AND_LOSSES)
def test_equals_the_reference_to_the_bit_for_every_unit_and_loss(images, activation, loss, dtype, rule):
    settings = Settings(0.3, 0.2, error_slope=0.0, activation=activation, loss=loss)
    check_bits(*run_both(images, rule, settings, dtype))


@pytest.mark.parametrize("rule", ["subnet(4) + largest(0.3)", "cache(0.005, 0.05)"])
def test_logistic_units_equal_the_reference_to_rounding(images, rule):
    settings = Settings(0.3, 0.2, activation="logistic", loss="squared-logistic")
    fast, slow = run_both(images, rule, settings, np.float64)
    for mine, its in zip(fast.layers, slow.layers, strict=True):
        np.testing.assert_array_equal(mine.books.m0, its.books.m0)
        np.testing.assert_allclose(mine.weights, its.weights, rtol=0, atol=1e-12)


# One of each rule: what a rule does in a layer has nothing to do with how many there are.
AT_DEPTH = [
    "plain",
    "largest(0.3)",
    'largest(0.1, per="neuron")',
    "above(0.001, target=0.1, output=0.5, rate=0.1)",
    'above(0.001, target=0.1, rate=0.1, per="neuron")',
    'above(0.001, target=0.3, per="synapse")',
    "smallest(0.9)",
    "random(0.2)",
    "strongest(0.3)",
    "weakest(0.3)",
    "neurons(0.3)",
    "largest_error(0.3)",
    "most_active(0.3, output=0.5)",
    "fixed(0.3) + largest(0.1)",
    "lazy(0.5)",
]


@pytest.mark.parametrize(
    "rule", [*AT_DEPTH[:6], *(pytest.param(rule, marks=pytest.mark.long) for rule in AT_DEPTH[6:])]
)
def test_equals_the_reference_to_the_bit_at_two_hidden_layers(images, rule):
    settings = Settings(0.2, 0.1, 0.1, error_slope=0.1)
    fast, slow = run_both(images, rule, settings, np.float32, hidden=(12, 9))
    check_bits(fast, slow)
    assert all(layer.books.m0.any() for layer in fast.layers)


@pytest.mark.parametrize("rule", ["subnet(4) + largest(0.3)", "cache(0.005, 0.05)", "readout"])
def test_equals_the_reference_to_rounding_at_two_hidden_layers(images, rule):
    fast, slow = run_both(images, rule, Settings(0.2, 0.1, 0.1), np.float64, hidden=(12, 9))
    for mine, its in zip(fast.layers, slow.layers, strict=True):
        np.testing.assert_array_equal(mine.books.m0, its.books.m0)
        np.testing.assert_allclose(mine.weights, its.weights, rtol=0, atol=1e-12)
        assert mine.books.m0.any() == mine.plastic.any()


@pytest.mark.parametrize("n_trials", [N_RECENT, N_RECENT + 1, 2 * N_RECENT + 60])
@pytest.mark.parametrize("rule", ["plain", "largest(0.3)", "cache(0.00001)"])
def test_no_write_is_lost_where_counts_are_carried_over(images, rule, n_trials):
    fast, slow = run_both(images, rule, STANDARD, np.float64, n_trials)
    for layer, other in zip(fast.layers, slow.layers, strict=True):
        np.testing.assert_array_equal(layer.books.m0, other.books.m0)
    assert fast.layers[1].books.m0.max() == n_trials  # the outputs' biases are written each time


@pytest.mark.parametrize("rule", ["plain", "largest(0.02)", "largest(0.3)", "fixed(0.3) + largest(0.1)"])
def test_equals_the_reference_to_the_bit_in_float64(images, rule):
    check_bits(*run_both(images, rule, Settings(0.05, 0.02), np.float64))


def check_bits(fast, slow):
    for mine, its in zip(fast.layers, slow.layers, strict=True):
        np.testing.assert_array_equal(mine.books.m0, its.books.m0)
        np.testing.assert_array_equal(mine.weights, its.weights)
        np.testing.assert_array_equal(mine.books.m1, its.books.m1)
        assert mine.carried.keys() == its.carried.keys()
        for name in mine.carried:
            np.testing.assert_array_equal(mine.carried[name], its.carried[name])


@pytest.mark.parametrize("rule", FROZEN + CACHES)
@pytest.mark.parametrize("slope", [0.0, 0.1])
def test_equals_the_reference_to_rounding(images, rule, slope):
    fast, slow = run_both(images, rule, Settings(0.05, 0.02, slope), np.float64)
    for mine, its in zip(fast.layers, slow.layers, strict=True):
        np.testing.assert_array_equal(mine.books.m0, its.books.m0)
        np.testing.assert_allclose(mine.weights, its.weights, rtol=0, atol=1e-12)
        np.testing.assert_allclose(mine.books.m1, its.books.m1, rtol=0, atol=1e-12)
        np.testing.assert_allclose(mine.effective, its.effective, rtol=0, atol=1e-12)
        assert mine.books.maintenance == pytest.approx(its.books.maintenance, rel=1e-12)


@pytest.mark.parametrize("rule", ["subnet(4)", "cache(0.005, 0.05)"])
def test_equals_the_reference_in_float32(images, rule):
    fast, slow = run_both(images, rule, Settings(0.05, 0.02), np.float32)
    for mine, its in zip(fast.layers, slow.layers, strict=True):
        # 120 trials of rounding to 6e-8 of weights near 0.1, each acting on the next.
        np.testing.assert_allclose(mine.effective, its.effective, rtol=0, atol=1e-6)
        assert abs(mine.books.m0.sum() / its.books.m0.sum() - 1) < 1e-3


@pytest.mark.parametrize("rule", ["largest(0.1)", "subnet(4) + largest(0.05)"])
def test_equals_the_reference_in_the_paper_protocol(images, rule):
    settings = Settings(0.05, 0.02, 0.1, clamps_first=True, books_proposals=True, ranks_all=True)
    fast, slow = run_both(images, rule, settings, np.float64)
    assert fast.layers[1].weights.shape == (12, 4)
    for mine, its in zip(fast.layers, slow.layers, strict=True):
        np.testing.assert_array_equal(mine.books.m0, its.books.m0)
        np.testing.assert_allclose(mine.books.m1, its.books.m1, rtol=0, atol=1e-12)


def test_a_cut_run_is_the_uncut_one(images):
    chunks = Chunks(Settings(), Rates(), Plasticity.parse("largest(0.1)"))
    whole, cut = make_state("largest(0.1)", np.float32), make_state("largest(0.1)", np.float32)
    indices = np.arange(120)
    chunks.present(whole, Trials(images, indices), learn=True)
    for part in np.split(indices, [1, 50, 51]):
        chunks.present(cut, Trials(images, part, first=cut.trial), learn=True)
    for one, other in zip(whole.layers, cut.layers, strict=True):
        np.testing.assert_array_equal(one.weights, other.weights)
        np.testing.assert_array_equal(one.books.m1, other.books.m1)


def test_looking_changes_nothing(images):
    chunks, state = Chunks(Settings(), Rates(), Plasticity()), make_state("plain", np.float32)
    outcome = chunks.present(state, Trials(images, np.arange(120)), learn=False)
    assert outcome.predictions.shape == (120,)
    assert state.trial == 0
    assert all(layer.books.balance(layer.weights).m0 == 0 for layer in state.layers)
    for layer, fresh in zip(state.layers, make_state("plain", np.float32).layers, strict=True):
        np.testing.assert_array_equal(layer.weights, fresh.weights)


def test_whoever_owns_the_arrays(images):
    """Read-only pixels, narrow indices and strided ones run in the same machine code."""
    pixels, labels = images.pixels.copy(), images.labels.copy()
    pixels.flags.writeable = labels.flags.writeable = False
    chunks = Chunks(Settings(), Rates(), Plasticity())
    outcomes = [
        chunks.present(make_state("plain", np.float32), trials, learn=True)
        for trials in (
            Trials(images, np.arange(0, 120, 2)),
            Trials(Images(pixels, labels), np.arange(120, dtype=np.int64)[::2]),
        )
    ]
    np.testing.assert_array_equal(outcomes[0].predictions, outcomes[1].predictions)


@pytest.mark.parametrize("rule", ["plain", "subnet(4) + largest(0.2)"])
def test_rates_of_trials_multiply_the_learning_rates(images, rule):
    trials = Trials(replace(images, passing=True), np.arange(120), rate=0.25)
    full = Chunks(Settings(0.05, 0.02), Rates(), Plasticity.parse(rule))
    quarter = Chunks(Settings(0.0125, 0.005), Rates(), Plasticity.parse(rule))
    states = [make_state(rule, np.float64) for _ in range(3)]
    full.present(states[0], trials, learn=True)
    quarter.present(states[1], replace(trials, rate=1.0), learn=True)
    reference.present(
        states[2],
        trials,
        settings=full.settings,
        encoding=full.encoding,
        plasticity=full.plasticity,
        learn=True,
    )
    for layers in zip(*(state.layers for state in states), strict=True):
        np.testing.assert_array_equal(layers[0].weights, layers[1].weights)
        np.testing.assert_array_equal(layers[0].books.m0, layers[2].books.m0)
        np.testing.assert_allclose(layers[0].weights, layers[2].weights, rtol=0, atol=1e-12)
        assert layers[0].books.m0.any()
