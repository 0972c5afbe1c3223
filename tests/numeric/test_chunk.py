"""Machine code against the oracle. Both add up in the same order, so they agree to the bit."""

import numpy as np
import pytest

from bioplast import Plasticity
from bioplast.network import State
from bioplast.numeric import reference
from bioplast.numeric.chunk import Chunks
from bioplast.numeric.encoding import Rates
from bioplast.numeric.initial import make_layers
from bioplast.numeric.settings import Settings
from bioplast.tasks.task import Images, Trials

RULES = [
    "plain",
    "largest(0.02)",
    "largest(0.3)",
    "largest(0.1, output=1)",
    "above(0.001)",
    "subnet(4)",
    "subnet(4) + largest(0.05)",
    "subnet(1) + above(0.001)",
]


@pytest.fixture(scope="module")
def images():
    """Images of 64 pixels of which a fifth is on, as in MNIST."""
    rng = np.random.default_rng(5)
    pixels = rng.integers(1, 256, (120, 64)) * (rng.random((120, 64)) < 0.2)
    return Images(pixels.astype(np.uint8), rng.integers(0, 4, 120).astype(np.uint8))


def make_state(rule, dtype):
    layers = make_layers(
        7, 64, 12, 4, sd_hidden=0.1, sd_output=0.1, plasticity=Plasticity.parse(rule), dtype=dtype
    )
    return State(7, layers)


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("slope", [0.0, 0.1])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_equals_the_reference(images, rule, slope, dtype):
    settings, plasticity = Settings(0.05, 0.02, slope, error_slope=0.1), Plasticity.parse(rule)
    fast, slow = make_state(rule, dtype), make_state(rule, dtype)
    trials = Trials(images, np.random.default_rng(1).permutation(120))
    ours = Chunks(settings, Rates(), plasticity).present(fast, trials, learn=True)
    theirs = reference.present(
        slow, trials, settings=settings, encoding=Rates(), plasticity=plasticity, learn=True
    )
    np.testing.assert_array_equal(ours.predictions, theirs.predictions)
    assert ours.signalling == theirs.signalling
    assert fast.trial == slow.trial == 120
    for mine, its in zip(fast.layers, slow.layers, strict=True):
        np.testing.assert_array_equal(mine.books.m0, its.books.m0)
        np.testing.assert_array_equal(mine.weights, its.weights)
        np.testing.assert_array_equal(mine.books.m1, its.books.m1)
        assert mine.books.m0.sum() > 0


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
