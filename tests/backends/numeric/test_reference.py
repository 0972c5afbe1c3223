"""The oracle itself, against finite differences and a trial worked out by hand."""

import numpy as np
import pytest

from bioplast import Plasticity
from bioplast.backends.numeric import reference
from bioplast.backends.numeric.encoding import Rates
from bioplast.backends.numeric.loss import LOSSES
from bioplast.backends.numeric.settings import Settings
from bioplast.energy import Books
from bioplast.network import Layer, State, make_chain
from bioplast.network.weights import make_layers
from bioplast.tasks.task import Images, Trials


def make_layer(name, weights):
    weights = np.array(weights, float)
    return Layer(name, weights, np.ones(weights.shape, bool), Books.open(weights))


def show(state, pixels, labels, settings, rule="plain"):
    images = Images(np.array(pixels, np.uint8), np.array(labels, np.uint8))
    return reference.present(
        state,
        Trials(images, np.arange(len(labels))),
        settings=settings,
        encoding=Rates(),
        plasticity=Plasticity.parse(rule),
        learn=True,
    )


def test_two_by_two_network_by_hand():
    hidden = make_layer("input->hidden", [[1.0, -1.0], [0.5, 0.5], [0.0, 0.0]])
    output = make_layer("hidden->output", [[1.0, 0.0], [0.0, 1.0], [0.0, 0.0]])
    state = State(0, (hidden, output))
    outcome = show(state, [[255, 0]], [1], Settings(0.5, 0.25, error_slope=0.0))
    # x = (1, 0, 1); h = (1, -1), r = (1, 0, 1), y = (1, 0); delta = (-1, 1) at the output and
    # (-1, 0) at the hidden layer, whose second unit is below zero.
    assert outcome.predictions.tolist() == [0]
    np.testing.assert_array_equal(hidden.weights, [[0.5, -1.0], [0.5, 0.5], [-0.5, 0.0]])
    np.testing.assert_array_equal(output.weights, [[0.75, 0.25], [0.0, 1.0], [-0.25, 0.25]])
    assert [state.energies[name].m0 for name in ("input->hidden", "hidden->output")] == [2, 4]
    assert [state.energies[name].m1 for name in ("input->hidden", "hidden->output")] == [1.0, 1.0]
    # Two active inputs to two hidden units, two active units to two outputs.
    assert outcome.signalling.macs == 8


def logistic(h):
    return 1 / (1 + np.exp(-h))


COSTS = {
    "squared": lambda y, target: 0.5 * np.sum((target - y) ** 2),
    "squared-logistic": lambda y, target: 0.5 * np.sum((target - logistic(y)) ** 2),
    "cross-entropy": lambda y, target: np.log(np.exp(y).sum()) - y @ target,
}


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("hidden", [5, (5, 4), (5, 4, 6)])
@pytest.mark.parametrize(("activation", "slope"), [("relu", 0.0), ("relu", 0.1), ("logistic", 0.0)])
def test_backprop_is_the_gradient(activation, slope, hidden, loss):
    rng = np.random.default_rng(3)
    pixels, label = rng.integers(0, 256, (1, 6)), 2
    layers = make_layers(make_chain(6, hidden, 3, sds=(0.5, 0.5)), 1, Plasticity(), np.float64)
    before = [layer.weights.copy() for layer in layers]
    # With eta 1 the change is minus the gradient of the loss.
    show(
        State(1, layers), pixels, [label], Settings(1.0, 1.0, slope, slope, activation=activation, loss=loss)
    )
    x = np.append(pixels[0] / 255, 1)

    def compute_loss(weights):
        y = x @ weights[0]
        for behind in weights[1:]:
            r = logistic(y) if activation == "logistic" else np.where(y > 0, y, slope * y)
            y = np.append(r, 1) @ behind
        return COSTS[loss](y, np.eye(3)[label])

    step = 1e-6
    for index, layer in enumerate(layers):
        for place in np.ndindex(layer.weights.shape):
            shifted = [[weights.copy() for weights in before] for _ in range(2)]
            shifted[0][index][place] += step
            shifted[1][index][place] -= step
            slope_there = (compute_loss(shifted[0]) - compute_loss(shifted[1])) / (2 * step)
            # Central differences are good to about step**2.
            assert layer.weights[place] - before[index][place] == pytest.approx(-slope_there, abs=1e-8)


def test_frozen_synapses_stay():
    plasticity = Plasticity.parse("subnet(2)")
    layers = make_layers(make_chain(4, 3, 2, sds=(1, 1)), 1, plasticity)
    before = [layer.weights.copy() for layer in layers]
    show(
        State(1, layers),
        [[255, 9, 0, 80]] * 5,
        [0, 1, 0, 1, 1],
        Settings(slope=0.1, error_slope=0.1),
        "subnet(2)",
    )
    for layer, weights in zip(layers, before, strict=True):
        np.testing.assert_array_equal(layer.weights[~layer.plastic], weights[~layer.plastic])
        assert np.count_nonzero(layer.weights != weights) > 0
