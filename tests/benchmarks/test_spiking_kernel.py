"""The Numba kernel that Brian2's program is timed against computes what that network computes."""

import numpy as np
import pytest

from benchmarks.spiking_kernel import SpikingKernel
from bioplast.plasticity import Plasticity
from bioplast.tasks import Images, Trials, load_task
from models.spiking import SpikingNetwork


@pytest.mark.long
@pytest.mark.parametrize("p_input", [0.2, 0.3])
def test_same_spikes_same_weights_same_books(p_input):
    train = load_task("mnist").train
    pixels = train.pixels[:40].reshape(-1, 28, 28)[:, 8:20:2, 8:20:2].reshape(-1, 36)
    images = Images(np.ascontiguousarray(pixels), train.labels[:40])
    network = SpikingNetwork(
        36, 10, 12, Plasticity(), dtype="float64", sd_hidden=0.5, n_stimulus=41, p_input=p_input, gamma=0.4
    )
    kernel = SpikingKernel(network)
    state, expected = network.initial_state(3), network.initial_state(3)
    for first, last in ((0, 15), (15, 40)):
        trials = Trials(images, np.arange(first, last), first)
        outcome = network.present(expected, trials, learn=True)
        assert kernel.present(state, trials).tolist() == outcome.predictions.tolist()
    assert outcome.signalling.spikes_hidden > 100
    for layer, other in zip(state.layers, expected.layers, strict=True):
        assert np.abs(other.weights - other.books.initial).max() > 1e-3
        # Sums in another order, over 40 trials.
        np.testing.assert_allclose(layer.weights, other.weights, rtol=0, atol=1e-12)
        np.testing.assert_allclose(layer.books.m1, other.books.m1, rtol=0, atol=1e-12)
        # P H - S may leave a last digit of what should be 0.
        assert np.mean(layer.books.m0 != other.books.m0) < 0.05
        assert layer.books.m0.any()
