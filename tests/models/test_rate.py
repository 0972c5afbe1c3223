"""The rate network: at rest it is the ANN, on the way there it is what its equations say."""

from pathlib import Path

import numpy as np
import pytest

from bioplast import Plasticity
from bioplast.backends.brian.model import RUNNERS
from bioplast.backends.programs.stimulus import Stimulus
from bioplast.energy import Books
from bioplast.errors import RequestError
from bioplast.loading import load_module
from bioplast.tasks import Images, Trials, load_task

PROJECT = Path(__file__).parents[2]
ANN = load_module("model", "ann", PROJECT).Network
RATE = load_module("model", "rate", PROJECT).RateNetwork

RULES = ["plain", "above(0.0003)", "largest(0.02)", "subnet(30) + largest(0.02)", "largest(0.02, output=0.2)"]
N_SETTLE = 50  # exp(-50) is far below the last digit


@pytest.fixture(scope="module")
def mnist():
    return load_task("mnist")


def make_pair(rule, dtype):
    sizes = (784, 10, 100, Plasticity.parse(rule))
    n_settle = N_SETTLE if dtype == "float64" else RATE.n_settle
    return ANN(*sizes, dtype=dtype), RATE(*sizes, dtype=dtype, n_settle=n_settle)


def learn(network, trials, seed=3):
    state = network.initial_state(seed)
    return state, network.present(state, trials, learn=True)


@pytest.mark.parametrize("rule", RULES)
def test_at_rest_it_is_the_ann(mnist, rule):
    trials = Trials(mnist.train, np.arange(200))
    (ann, ann_outcome), (rate, outcome) = (learn(network, trials) for network in make_pair(rule, "float64"))
    np.testing.assert_array_equal(outcome.predictions, ann_outcome.predictions)
    assert outcome.signalling == ann_outcome.signalling
    for layer, expected in zip(rate.layers, ann.layers, strict=True):
        assert layer.books.m0.any()
        np.testing.assert_array_equal(layer.books.m0, expected.books.m0)
        # Sums in another order, 200 times over.
        np.testing.assert_allclose(layer.weights, expected.weights, rtol=0, atol=1e-12)
        np.testing.assert_allclose(layer.books.m1, expected.books.m1, rtol=0, atol=1e-12)


@pytest.mark.parametrize("rule", RULES)
def test_at_rest_it_is_the_ann_within_single_precision(mnist, rule):
    trials = Trials(mnist.train, np.arange(200))
    (ann, ann_outcome), (rate, outcome) = (learn(network, trials) for network in make_pair(rule, "float32"))
    assert np.mean(outcome.predictions != ann_outcome.predictions) <= 0.01  # two outputs may be that close
    for layer, expected in zip(rate.layers, ann.layers, strict=True):
        same = layer.books.m0 == expected.books.m0
        # Rounding decides about a change that is as large as the cutoff to seven digits: 1 synapse in 78,500.
        assert np.count_nonzero(~same) <= 1e-4 * same.size
        # Half a unit in the last place of a weight below 0.5, 200 times.
        np.testing.assert_allclose(layer.weights[same], expected.weights[same], rtol=0, atol=200 * 2**-26)
        # A synapse that was written once more or less differs by one change of the size of the cutoff.
        np.testing.assert_allclose(layer.weights, expected.weights, rtol=0, atol=1e-3)


@pytest.mark.parametrize("rule", ["plain", "subnet(30) + largest(0.02)"])
def test_both_devices_are_one_network(mnist, rule):
    trials = Trials(mnist.train, np.arange(4))
    sizes = (784, 10, 100, Plasticity.parse(rule))
    (compiled, outcome), (runtime, runtime_outcome) = (
        learn(RATE(*sizes, device, "float64", n_settle=N_SETTLE), trials)
        for device in ("cpp_standalone", "runtime")
    )
    np.testing.assert_array_equal(outcome.predictions, runtime_outcome.predictions)
    assert outcome.signalling == runtime_outcome.signalling
    for layer, other in zip(compiled.layers, runtime.layers, strict=True):
        assert layer.books.m0.any()
        np.testing.assert_array_equal(layer.books.m0, other.books.m0)
        # NumPy's exp and the compiler's may differ in the last digit.
        np.testing.assert_allclose(layer.weights, other.weights, rtol=0, atol=1e-12)
        np.testing.assert_allclose(layer.books.m1, other.books.m1, rtol=0, atol=1e-12)


def make_tiny(weights_hidden, weights_output, **settings):
    """A network in this process with the given weights, and its state."""
    (n_pixels, n_hidden), n_classes = np.subtract(np.shape(weights_hidden), (1, 0)), len(weights_output[0])
    network = RATE(int(n_pixels), n_classes, int(n_hidden), Plasticity(), "runtime", "float64", **settings)
    state = network.initial_state(0)
    for layer, weights in zip(state.layers[:2], (weights_hidden, weights_output), strict=True):
        layer.weights[...] = weights
        layer.books = Books.open(layer.weights)
    return network, state


def show(network, state, pixels, labels):
    images = Images(np.array(pixels, np.uint8), np.array(labels, np.uint8))
    return network.present(state, Trials(images, np.arange(len(labels))), learn=True)


def test_two_by_two_network_by_hand():
    network, state = make_tiny(
        [[1.0, -1.0], [0.5, 0.5], [0.0, 0.0]],
        [[1.0, 0.0], [0.0, 1.0], [0.0, 0.0]],
        learning_rate=0.5,
        learning_rate_output=0.25,
        error_slope=0.125,
        n_settle=N_SETTLE,
    )
    hidden, output = state.layers
    outcome = show(network, state, [[255, 0]], [1])
    # x = (1, 0, 1); h = (1, -1), r = (1, 0, 1), y = (1, 0); the error is (-1, 1) at the output and (-1, 1/8)
    # at the hidden layer, whose second unit is below zero.
    assert outcome.predictions.tolist() == [0]
    assert outcome.signalling.macs == 8  # two active inputs to two units, two active units to two outputs
    atol = 1e-15
    np.testing.assert_allclose(hidden.weights, [[0.5, -0.9375], [0.5, 0.5], [-0.5, 0.0625]], atol=atol)
    np.testing.assert_allclose(output.weights, [[0.75, 0.25], [0.0, 1.0], [-0.25, 0.25]], atol=atol)
    np.testing.assert_array_equal(hidden.books.m0, [[1, 1], [0, 0], [1, 1]])
    np.testing.assert_array_equal(output.books.m0, [[1, 1], [0, 0], [1, 1]])
    np.testing.assert_allclose(hidden.books.m1, [[0.5, 0.0625], [0, 0], [0.5, 0.0625]], atol=atol)
    assert state.energies["input->hidden"].m1 == pytest.approx(1.125, rel=1e-14)
    assert state.energies["hidden->output"].m1 == pytest.approx(1.0, rel=1e-14)


def test_softmax_and_psi_by_hand():
    network, state = make_tiny(
        [[1.25, -1.0, 3.0], [0.5, 0.5, 0.5], [0.0, 0.0, 0.0]],
        [[1.0, 0.0], [0.0, 1.0], [0.0, 0.0], [0.0, 0.0]],
        learning_rate=0.5,
        learning_rate_output=0.25,
        loss="cross-entropy",
        derivative="psi",
        gamma=0.4,
        n_settle=N_SETTLE,
    )
    hidden, output = state.layers
    first = hidden.weights.copy()
    show(network, state, [[255, 0]], [1])
    # h = (1.25, -1, 3), r = (1.25, 0, 3, 1), y = (1.25, 0).
    error = np.array([0, 1]) - np.exp([1.25, 0]) / np.exp([1.25, 0]).sum()
    np.testing.assert_allclose(
        output.weights[:, 0], [1 + 0.3125 * error[0], 0, 0.75 * error[0], 0.25 * error[0]]
    )
    psi = 0.4 * np.array([0.75, 0, 0])  # of cells that are within one threshold of it
    expected = 0.5 * psi * np.array([error[0], error[1], 0])
    np.testing.assert_allclose(hidden.weights - first, [expected, 0 * expected, expected], atol=1e-15)


@pytest.mark.parametrize(
    ("name", "value", "match"),
    [
        ("loss", "hinge", r"\.loss: must be one of squared, cross-entropy, got 'hinge'"),
        ("derivative", "tanh", r"\.derivative: must be one of step, psi, got 'tanh'"),
        ("gamma", 0.0, r"\.gamma: must be a number above 0, got 0\.0"),
        ("feedback_decay", 1.0, r"\.feedback_decay: must be in \[0, 1\), got 1\.0"),
    ],
)
def test_setting_that_is_not_allowed(name, value, match):
    with pytest.raises(RequestError, match=match):
        RATE(4, 2, 3, Plasticity(), **{name: value})


def test_learned_feedback_needs_weights_that_are_written_at_once():
    with pytest.raises(
        RequestError, match=r"feedback: learned needs a rule without a consolidation, got cache"
    ):
        RATE(4, 2, 3, Plasticity.parse("cache(0.1)"), feedback="learned")


def test_learned_feedback_by_hand():
    """A feedback synapse gets the product of its partner, less a share of itself, and has books."""
    network, state = make_tiny(
        [[1.0], [0.0]], [[0.5], [0.25]], feedback="learned", feedback_decay=0.125, n_settle=N_SETTLE
    )
    _, output, back = state.layers
    assert back.name == "output->hidden"
    first = back.weights.copy()
    show(network, state, [[255]], [0])
    # r = (1, 1), y = 0.75, the error is 0.25.
    product = 0.01 * 0.25
    np.testing.assert_allclose(output.weights, [[0.4375 + product], [0.21875 + product]], rtol=1e-12)
    np.testing.assert_allclose(back.weights[0, 0], 0.875 * first[0, 0] + product, rtol=1e-12)
    assert back.weights[0, 1] == first[0, 1]  # onto the unit that is always on
    np.testing.assert_array_equal(back.books.m0, [[1, 0]])
    assert back.books.m1[0, 0] == pytest.approx(abs(back.weights[0, 0] - first[0, 0]), rel=1e-12)
    assert state.energies["output->hidden"].m0 == 1


@pytest.mark.parametrize("n_settle", [1, 3, 10])
def test_units_approach_their_drive_exponentially(n_settle):
    network, state = make_tiny([[0.5, -1.0], [0.25, 0.5]], [[1.0], [1.0], [0.0]], n_settle=n_settle)
    values = {
        "input_to_hidden.w": state.layers[0].weights.ravel(),
        "hidden_to_output.w": state.layers[1].weights.ravel(),
    }
    images = Images(np.array([[255]], np.uint8), np.zeros(1, np.uint8))
    stimulus = Stimulus.of(Trials(images, np.array([0])), 0)
    results = RUNNERS["runtime"](network).run(values, stimulus, ["hidden.r", "output.reading"])
    # The drives are 0.75, -0.5 and, for the unit that is always on, 1; one time constant a step. The units
    # go on for three steps after the reading.
    approach = 1 - np.exp(-(n_settle + 3))
    np.testing.assert_allclose(results["hidden.r"], [0.75 * approach, 0, approach], rtol=1e-12)
    # The output takes in what the hidden unit sent in the step before: a step later it has
    # sum_s (1 - 1/e) e^(s - n) r(s), with r(s) = 0.75 (1 - e^-s).
    expected = 0.0
    for step in range(n_settle):
        expected = expected * np.exp(-1) + (1 - np.exp(-1)) * 0.75 * (1 - np.exp(-step))
    assert results["output.reading"][0] == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("poison", [np.nan, np.inf])
def test_weights_that_are_no_numbers_give_no_answer(mnist, poison):
    network = RATE(784, 10, 100, Plasticity.parse("largest(0.02)"))
    state = network.initial_state(1)
    state.layers[1].weights[100, :] = poison  # the outputs' biases
    outcome = network.present(state, Trials(mnist.train, np.arange(3)), learn=True)
    assert not state.is_finite
    if np.isnan(poison):
        assert outcome.predictions.tolist() == [-1, -1, -1]
    assert outcome.predictions.max() < 10


def test_learning_rates_are_run_time_arguments(mnist):
    networks = [
        RATE(784, 10, 100, Plasticity.parse("plain"), learning_rate=eta, learning_rate_output=2 * eta)
        for eta in (0.01, 0.001)
    ]
    trials = Trials(mnist.train, np.arange(1))
    (fast, _), (slow, _) = (learn(network, trials) for network in networks)
    for ours, theirs in zip(fast.layers, slow.layers, strict=True):
        changed = ours.books.m1 > 1e-4
        assert changed.any()
        # Both start from the same weights; rounding takes 2**-28 from a change of a weight below 0.06.
        np.testing.assert_allclose(
            ours.books.m1[changed], 10 * theirs.books.m1[changed], rtol=0, atol=10 * 2**-26
        )
    assert networks[0]._runner.folder == networks[1]._runner.folder
