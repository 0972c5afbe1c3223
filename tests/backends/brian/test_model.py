"""From a state to a run of a Brian2 network and back."""

from pathlib import Path

import numpy as np
import pytest
from brian2 import NeuronGroup, Synapses

from bioplast import Plasticity
from bioplast.backends.brian.layers import connect_all
from bioplast.backends.programs.preferences import brian_preferences
from bioplast.energy import Books, Signalling
from bioplast.loading import load_module
from bioplast.tasks import Images, Trials

PROJECT = Path(__file__).parents[3]
N_PIXELS, N_HIDDEN, N_CLASSES = 5, 4, 3


@pytest.fixture(params=["rate", "spiking"])
def make_network(request):
    make = load_module("model", request.param, PROJECT).make_network

    def make_network(rule="plain"):
        sizes = {"n_pixels": N_PIXELS, "n_hidden": N_HIDDEN, "n_classes": N_CLASSES}
        return make(**sizes, plasticity=Plasticity.parse(rule), device="runtime")

    return make_network


@pytest.fixture
def trials():
    rng = np.random.default_rng(0)
    images = Images(rng.integers(1, 256, (4, N_PIXELS), np.uint8), np.array([0, 1, 2, 0], np.uint8))
    return Trials(images, np.arange(4))


def test_synapses_lie_in_memory_as_weights_do():
    weights = np.arange(6.0).reshape(3, 2)
    with brian_preferences("float64"):
        sources, targets = NeuronGroup(4, "x : 1"), NeuronGroup(3, "x : 1")
        synapses = Synapses(sources, targets, "w : 1")
        connect_all(synapses, 3, 2)  # the last of both have no synapse
        synapses.w = weights.ravel()
        assert len(synapses) == 6
        for i, j in np.ndindex(3, 2):
            assert synapses.w[i, j][0] == weights[i, j]


def test_network_is_as_large_as_asked_for(make_network):
    network = make_network()
    parts = network._runner.network
    assert [parts[name].N for name in ("inputs", "hidden", "output")] == [
        N_PIXELS + 1,
        N_HIDDEN + 1,
        N_CLASSES,
    ]
    for name, layer in zip(
        ("input_to_hidden", "hidden_to_output"), network.initial_state(0).layers, strict=True
    ):
        n_pre, n_post = layer.weights.shape
        np.testing.assert_array_equal(parts[name].i, np.repeat(np.arange(n_pre), n_post))
        np.testing.assert_array_equal(parts[name].j, np.tile(np.arange(n_post), n_pre))


def test_of_equal_outputs_the_first_is_the_answer(make_network, trials):
    network = make_network()
    state = network.initial_state(0)
    for layer in state.layers:
        layer.weights[...] = 0
    assert network.present(state, trials, learn=False).predictions.tolist() == [0, 0, 0, 0]


def test_the_answer_is_the_largest_output(make_network, trials):
    network = make_network()
    state = network.initial_state(0)
    for answer in range(N_CLASSES):
        state.layers[1].weights[...] = -1
        state.layers[1].weights[:, answer] = 0.5
        predictions = network.present(state, trials, learn=False).predictions
        assert predictions.tolist() == [answer] * 4


def test_only_weights_and_books_move_on(make_network, trials):
    network = make_network("subnet(2)")
    state = network.initial_state(3)
    initial = [layer.weights.copy() for layer in state.layers]
    arrays = [(layer.weights, layer.books.m0, layer.books.m1) for layer in state.layers]
    network.present(state, trials, learn=True)
    assert state.trial == 4
    for layer, weights, held in zip(state.layers, initial, arrays, strict=True):
        # In place: whoever holds an array sees it move on.
        now = (layer.weights, layer.books.m0, layer.books.m1)
        assert all(array is before for array, before in zip(now, held, strict=True))
        np.testing.assert_array_equal(layer.books.initial, weights)
        assert layer.plastic.sum() == (2 * (N_PIXELS + 1) if weights.shape[1] == N_HIDDEN else 2 * N_CLASSES)


def test_answers_that_are_no_number_are_never_right(make_network, trials):
    network = make_network()
    state = network.initial_state(0)
    state.layers[1].weights[...] = np.nan
    state.layers[1].books = Books.open(state.layers[1].weights)
    outcome = network.present(state, trials, learn=False)
    assert outcome.predictions.tolist() == [-1] * 4
    assert not state.is_finite


def test_signalling_follows_from_what_was_active(make_network):
    network = make_network()
    counted = network.count_signalling({"input": 7, "hidden": 2})
    events = 7 * N_HIDDEN + 2 * N_CLASSES
    if network.name == "rate":
        assert counted == Signalling(macs=events)
    else:
        assert counted == Signalling(spikes_input=7, spikes_hidden=2, synaptic_events=events)


def test_device_is_not_among_what_shapes_the_numbers(make_network):
    assert not {"device", "n_hidden", "plasticity", "build_seconds"} & set(make_network().settings)
    assert {"dtype", "learning_rate", "sd_hidden"} <= set(make_network().settings)
