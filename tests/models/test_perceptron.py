"""The perceptron: equal to its equations, and to what theory says of it."""

import numpy as np
import pytest

from benchmarks.perceptron import compare, find_optimum
from bioplast.errors import RequestError
from bioplast.plasticity import Plasticity
from bioplast.plasticity.cache import Cache
from bioplast.tasks.patterns import make_patterns
from bioplast.tasks.task import Images, Trials
from models import perceptron
from models.perceptron import Network, learn_all


def make(rule, n_inputs=30, n_patterns=25, n_classes=2, seed=1):
    task = make_patterns(n_inputs, n_patterns, seed=seed)
    network = Network(n_inputs, n_classes, Plasticity.parse(rule))
    return network, network.initial_state(seed), task.train


def learn_in_numpy(images, n_rounds, consolidation=None):
    """The rule written down for one unit: weights, consolidated and transient, m0, m1 and maintenance."""
    x = np.where(images.pixels > 127, 1.0, -1.0)
    weights, transient, m0, m1 = (np.zeros((x.shape[1], 1)) for _ in range(4))
    maintenance = 0.0
    for _ in range(n_rounds):
        for pattern, label in zip(x, images.labels, strict=True):
            error = int(label) - int(pattern @ (weights + transient)[:, 0] > 0)
            change = (pattern * error)[:, np.newaxis]
            if consolidation is not None:
                change = consolidation.accumulate(transient, change) if error else 0 * change
                maintenance += consolidation.decay_step(transient)
            weights += change
            m0 += change != 0
            m1 += np.abs(change)
    return weights, transient, m0, m1, maintenance


@pytest.mark.parametrize(
    "rule", ["plain", "cache(2.5)", "cache(1.5, decay=0.02, cost=0.1)", "cache(3.5, per='neuron')"]
)
def test_kernel_is_the_rule(rule):
    network, state, images = make(rule)
    indices = np.arange(len(images))
    for _ in range(3):
        network.present(state, Trials(images, indices), learn=True)
    (layer,) = state.layers
    consolidation = network.plasticity.consolidation
    weights, transient, m0, m1, maintenance = learn_in_numpy(images, 3, consolidation)
    np.testing.assert_allclose(layer.weights, weights, rtol=1e-12)
    np.testing.assert_array_equal(layer.books.m0, m0)
    np.testing.assert_allclose(layer.books.m1, m1, rtol=1e-12)
    assert layer.books.maintenance == pytest.approx(maintenance, rel=1e-12)
    if isinstance(consolidation, Cache):
        np.testing.assert_allclose(layer.carried["transient"], transient, rtol=1e-12)
        assert maintenance > 0
    assert m0.sum() > 0
    assert state.trial == 3 * len(images)


def test_two_halves_are_the_whole():
    network, whole, images = make("cache(2.5, decay=0.01)")
    halves = network.initial_state(1)
    indices = np.tile(np.arange(len(images)), 4)
    network.present(whole, Trials(images, indices), learn=True)
    for part in np.array_split(indices, 3):
        network.present(halves, Trials(images, part), learn=True)
    np.testing.assert_allclose(halves.layers[0].weights, whole.layers[0].weights, rtol=1e-12)
    np.testing.assert_array_equal(halves.layers[0].books.m0, whole.layers[0].books.m0)
    assert halves.layers[0].books.maintenance == pytest.approx(whole.layers[0].books.maintenance)


def test_nothing_is_learned_without_learning():
    network, state, images = make("plain")
    outcome = network.present(state, Trials(images, np.arange(len(images))), learn=False)
    assert not outcome.predictions.any()  # a drive of 0 is off
    assert not state.layers[0].weights.any()
    assert state.trial == 0
    assert outcome.signalling.macs == 30 * 25


def test_learning_ends_when_all_are_right():
    network, state, images = make("plain")
    learned = learn_all(network, state, images)
    assert learned.is_perfect
    assert learned.n_trials == state.trial
    outcome = network.present(state, Trials(images, np.arange(len(images))), learn=False)
    np.testing.assert_array_equal(outcome.predictions, images.labels)
    # Every correction writes every synapse, by 1.
    energy = state.energies[perceptron.LAYER]
    assert energy.m0 == energy.m1 == learned.n_updates * network.n_inputs


def test_learning_gives_up():
    network, state, images = make("plain", n_inputs=5, n_patterns=32)
    learned = learn_all(network, state, images, max_rounds=3)
    assert not learned.is_perfect
    assert learned.n_trials == 3 * 32


def test_caching_learns_the_same_and_writes_less():
    network, state, images = make("plain")
    cached, cached_state, _ = make("cache(2.5)")
    assert learn_all(network, state, images) == learn_all(cached, cached_state, images)
    np.testing.assert_allclose(cached_state.layers[0].weights, state.layers[0].weights, atol=1e-12)
    assert cached_state.layers[0].books.m0.sum() < state.layers[0].books.m0.sum()
    assert not cached_state.layers[0].carried["transient"].any()


def test_every_class_has_a_unit():
    pixels = np.random.default_rng(1).integers(0, 2, (12, 40), np.uint8) * np.uint8(255)
    images = Images(pixels, np.arange(12, dtype=np.uint8) % 3)
    network = Network(40, 3, Plasticity())
    state = network.initial_state(1)
    assert state.layers[0].weights.shape == (40, 3)
    assert learn_all(network, state, images).is_perfect
    outcome = network.present(state, Trials(images, np.arange(12)), learn=False)
    np.testing.assert_array_equal(outcome.predictions, images.labels)


@pytest.mark.parametrize(
    "rule", ["lazy", "largest(0.5, per='neuron')", "random(0.5)", "fixed(0.5)", "above(0.5)"]
)
def test_rules_of_the_catalog_run(rule):
    network, state, images = make(rule, n_patterns=5)
    learn_all(network, state, images, max_rounds=20)
    books = state.layers[0].books
    assert books.m0.sum() > 0
    assert not books.m0[~state.layers[0].plastic].any()


def test_a_subnet_has_no_units():
    with pytest.raises(RequestError, match=r"Subnet\.units: must be at most the 0 hidden units, got 2"):
        Network(5, 2, Plasticity.parse("subnet(2)"))


def test_there_is_no_hidden_layer_to_size():
    with pytest.raises(RequestError, match=r"hidden: a perceptron has no hidden layer, .* got 7"):
        perceptron.make_network(
            n_pixels=5, n_classes=2, n_hidden=7, plasticity=Plasticity(), device="cpp_standalone"
        )


@pytest.mark.parametrize("n_patterns", [0, 2000])
def test_theory_ends_at_two_patterns_an_input(n_patterns):
    with pytest.raises(RequestError, match=f"1000 inputs hold 1 to 1999 random patterns, got {n_patterns}"):
        perceptron.compute_updates(n_patterns, 1000)


def test_theory_at_one_pattern_an_input():
    assert perceptron.compute_updates(1000, 1000) == 2000
    assert perceptron.compute_inefficiency(1000, 1000) == pytest.approx(np.sqrt(np.pi * 1000))
    # LVR20, figure 1D.
    assert perceptron.compute_inefficiency(1900, 1000) == pytest.approx(773, abs=0.5)
    assert perceptron.compute_threshold(2000, 9000, learning_rate=0.5, cost=0.001) == pytest.approx(
        0.5 * np.sqrt(600)
    )


@pytest.mark.slow
@pytest.mark.parametrize(("load", "factor"), [(0.5, 1.29), (1.0, 1.34), (1.5, 1.39)])
def test_corrections_and_inefficiency_are_those_of_theory(load, factor):
    comparison = compare(load, range(1, 11))
    assert comparison.updates == pytest.approx(1, abs=0.1)
    # Ten seeds leave a standard error of 0.02 to 0.03.
    assert comparison.inefficiency == pytest.approx(factor, abs=0.09)
    # What makes it larger than the formula is the variance of the weights.
    assert comparison.inefficiency == pytest.approx(comparison.explained, rel=0.02)


@pytest.mark.slow
@pytest.mark.parametrize("cost", [0.001, 0.01])
def test_best_caching_threshold_is_that_of_theory(cost):
    optimum = find_optimum(0.5, cost, range(1, 4))
    assert optimum.measured == pytest.approx(optimum.theory, rel=0.2)
    assert optimum.saving > 2


@pytest.mark.parametrize("cost", [0.0, 0.001, 0.1])
def test_caching_costs_least_at_the_theorys_threshold(cost):
    threshold = perceptron.compute_threshold(2000, 30_000, learning_rate=0.5, cost=cost)

    def spend(theta):
        m1, kept = perceptron.compute_caching_energy(theta, 2000, 30_000, n_inputs=10, learning_rate=0.5)
        return m1 + cost * kept

    # The energy is as high a little below as a little above, by the same factor, and lower between.
    assert spend(threshold / 1.2) == pytest.approx(spend(threshold * 1.2), rel=1e-12)
    assert spend(threshold) < spend(threshold / 1.2)
    # Two equal halves: K eta^2 / theta for the writes, as much for what is kept and written in the end.
    assert spend(threshold) == pytest.approx(2 * 10 * 2000 * 0.25 / threshold, rel=1e-12)
