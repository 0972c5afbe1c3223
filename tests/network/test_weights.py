import numpy as np
import pytest

from bioplast import Plasticity
from bioplast.errors import RequestError
from bioplast.network import make_chain
from bioplast.network.weights import make_layers


def make(seed=1, rule="plain", **settings):
    graph = make_chain(400, 50, 10, sds=(0.01, 0.2))
    return make_layers(graph, seed, Plasticity.parse(rule), **settings)


def test_shapes_and_books():
    hidden, output = make()
    assert (hidden.name, hidden.weights.shape) == ("input->hidden", (401, 50))
    assert (output.name, output.weights.shape) == ("hidden->output", (51, 10))
    for layer in (hidden, output):
        assert layer.weights.dtype == np.float32
        assert layer.plastic.all()
        np.testing.assert_array_equal(layer.books.initial, layer.weights)


def test_spread():
    hidden, output = make()
    for layer, sd in ((hidden, 0.01), (output, 0.2)):
        n = layer.weights.size
        # Four standard errors of the mean and of the standard deviation.
        assert abs(layer.weights.mean()) < 4 * sd / np.sqrt(n)
        assert abs(layer.weights.std() - sd) < 4 * sd / np.sqrt(2 * n)


def test_same_seed_same_network_in_every_dtype_and_under_every_rule():
    for layer, twin in zip(make(), make(rule="subnet(3)", dtype=np.float64), strict=True):
        np.testing.assert_array_equal(layer.weights, twin.weights)
    assert not np.array_equal(make(1)[0].weights, make(2)[0].weights)


def test_path_is_laid():
    hidden, output = make(rule="subnet(3)")
    assert hidden.plastic.sum() == 401 * 3
    assert output.plastic.sum() == 3 * 10


def test_path_that_does_not_fit():
    with pytest.raises(RequestError, match=r"Subnet.units: must be at most the 50 hidden units, got 51"):
        make(rule="subnet(51)")
