"""Momentum, Adam and weight decay against their formulas, written out for one synapse at a time."""

import math

import numpy as np
import pytest

from bioplast import Plasticity
from bioplast.backends.numeric.chunk import Chunks
from bioplast.backends.numeric.encoding import Rates
from bioplast.backends.numeric.settings import Settings
from bioplast.errors import RequestError
from bioplast.network import State, make_chain
from bioplast.network.weights import make_layers
from bioplast.plasticity.part import Proposal
from bioplast.plasticity.projection import ProjectionView
from bioplast.plasticity.share import count_share
from bioplast.tasks.task import Images, Trials

SHAPE = (3, 2)


def propose(delta_w, weights):
    view = ProjectionView.whole("input->hidden", SHAPE)
    return Proposal(view, delta_w, weights, error=np.zeros(2), activity=np.zeros(2))


@pytest.fixture
def trials():
    """Ten trials with a weight matrix of their own each."""
    rng = np.random.default_rng(4)
    return [(rng.normal(size=SHAPE), rng.normal(size=SHAPE)) for _ in range(10)]


def run(text, trials):
    (transform,) = Plasticity.parse(text).transforms
    state = transform.init(SHAPE, np.dtype(np.float64))
    return [transform.transform(propose(*trial), state) for trial in trials]


def test_momentum(trials):
    """A proposal of k trials ago has the weight m^k."""
    for number, change in enumerate(run("momentum(0.7)", trials)):
        expected = sum(0.7 ** (number - k) * trials[k][0] for k in range(number + 1))
        np.testing.assert_allclose(change, expected, rtol=1e-12)


def test_momentum_of_nothing_is_nothing(trials):
    for change, (delta_w, _) in zip(run("momentum(0)", trials), trials, strict=True):
        np.testing.assert_array_equal(change, delta_w)


def test_adam(trials):
    changes = run("adam(0.01, mean=0.8, variance=0.9, epsilon=1e-6)", trials)
    for place in np.ndindex(SHAPE):
        m = v = 0.0
        for t, (delta_w, _) in enumerate(trials, start=1):
            g = float(delta_w[place])
            m = 0.8 * m + 0.2 * g
            v = 0.9 * v + 0.1 * g**2
            step = 0.01 * (m / (1 - 0.8**t)) / (math.sqrt(v / (1 - 0.9**t)) + 1e-6)
            assert changes[t - 1][place] == pytest.approx(step, rel=1e-10)


def test_the_first_step_of_adam_has_the_size_of_its_rate(trials):
    np.testing.assert_allclose(np.abs(run("adam(0.003)", trials[:1])[0]), 0.003, rtol=1e-5)


def test_weight_decay(trials):
    for change, (delta_w, weights) in zip(run("weight_decay(0.1)", trials), trials, strict=True):
        np.testing.assert_allclose(change, delta_w - 0.1 * weights, rtol=1e-12)


def learn(rule, n_trials=60, chunks=1):
    plasticity = Plasticity.parse(rule)
    rng = np.random.default_rng(2)
    pixels = (rng.integers(0, 256, (60, 20)) * (rng.random((60, 20)) < 0.3)).astype(np.uint8)
    images = Images(pixels, rng.integers(0, 3, 60).astype(np.uint8))
    layers = make_layers(make_chain(20, (8, 6), 3, sds=(0.3, 0.3)), 1, plasticity)
    state = State(1, layers)
    network = Chunks(Settings(0.05, 0.05), Rates(), plasticity)
    for indices in np.array_split(np.arange(n_trials) % 60, chunks):
        network.present(state, Trials(images, indices), learn=True)
    return state


@pytest.mark.parametrize("rule", ["momentum", "adam", "weight_decay(0.01)", "momentum(0.5) + largest(0.2)"])
def test_what_is_carried_does_not_depend_on_chunks(rule):
    for mine, its in zip(learn(rule).layers, learn(rule, chunks=7).layers, strict=True):
        np.testing.assert_array_equal(mine.weights, its.weights)
        np.testing.assert_array_equal(mine.books.m0, its.books.m0)
        assert mine.carried.keys() == its.carried.keys()


def test_books_count_writes_and_not_what_is_carried():
    """Weight decay writes every synapse in every trial; selections choose from what was transformed."""
    state = learn("weight_decay(0.01)")
    assert all((layer.books.m0 == 60).all() for layer in state.layers)
    narrowed = learn("weight_decay(0.01) + largest(0.25)")
    for layer in narrowed.layers:
        assert layer.books.m0.sum() == 60 * count_share(0.25, layer.weights.size)


def test_transforms_follow_one_another():
    """Decay after momentum is not remembered; momentum after decay remembers it."""
    first, second = learn("momentum(0.5) + weight_decay(0.05)"), learn("weight_decay(0.05) + momentum(0.5)")
    assert not np.array_equal(first.layers[0].weights, second.layers[0].weights)


def test_selections_narrow_and_paths_intersect():
    state = learn("fixed(0.5) + subnet(3) + largest(0.5) + random(0.5)")
    for layer in state.layers:
        assert not layer.books.m0[~layer.plastic].any()
    first = state.layers[0]
    assert not first.plastic[:, 3:].any()
    assert 0 < first.plastic[:, :3].mean() < 1
    n = first.plastic.sum()
    # A half of the larger half, where no changes are alike; those of silent inputs are 0 and no writes.
    assert first.books.m0.sum() <= 60 * (n / 4 + 1)
    assert first.books.m0.sum() > 0


def test_a_selection_that_leaves_nothing_ends_the_chain():
    assert not any(layer.books.m0.any() for layer in learn("above(1000) + strongest(0.5)").layers)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("momentum(1)", r"Momentum.momentum: must be in \[0, 1\), got 1"),
        ("adam(0)", r"Adam.rate: must be"),
        ("adam(mean=1)", r"Adam.mean: must be in \[0, 1\), got 1"),
        ("weight_decay(-1)", r"WeightDecay.rate: must be in \[0, 1\), got -1"),
        ("weight_decay", "weight_decay needs rate"),
    ],
)
def test_bad_values_are_refused_by_name(text, message):
    with pytest.raises(RequestError, match=message):
        Plasticity.parse(text)
