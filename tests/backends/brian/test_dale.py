import numpy as np
import pytest

from bioplast.backends.brian.dale import draw_signs, find_bounds, impose_signs
from bioplast.energy import Books
from bioplast.network import Layer


def test_share_is_exact_and_the_last_cell_is_of_no_kind():
    signs = draw_signs(3, (785, 201), 0.8)
    assert [s.size for s in signs] == [785, 201]
    assert [np.count_nonzero(s == 1) for s in signs] == [627, 160]
    assert [np.count_nonzero(s == -1) for s in signs] == [157, 40]
    assert [s[-1] for s in signs] == [0, 0]


def test_kinds_are_drawn_by_the_seed():
    one, same, other = (draw_signs(seed, (50, 50), 0.5) for seed in (1, 1, 2))
    np.testing.assert_array_equal(one, same)
    assert not np.array_equal(one, other)
    assert not np.array_equal(one[0], one[1])


def test_bounds():
    low, high = find_bounds(np.array([1, -1, 0]))
    assert low.tolist() == [0, -np.inf, -np.inf]
    assert high.tolist() == [np.inf, 0, np.inf]


@pytest.mark.parametrize("share", [0.5, 0.8])
def test_weights_get_the_signs_of_their_cells_in_balance(share):
    weights = np.random.default_rng(0).standard_normal((1001, 200))
    layer = Layer("input->hidden", weights.copy(), np.ones(weights.shape, bool), Books.open(weights))
    (signs,) = draw_signs(1, (1001,), share)
    impose_signs(layer, signs, share)
    ratio = share / (1 - share)
    np.testing.assert_array_equal(layer.weights[signs == 1], np.abs(weights[signs == 1]))
    np.testing.assert_allclose(layer.weights[signs == -1], -ratio * np.abs(weights[signs == -1]), rtol=1e-14)
    np.testing.assert_array_equal(layer.weights[-1], weights[-1])
    np.testing.assert_array_equal(layer.books.initial, layer.weights)
    # Twice the same mean from 1000 share and 1000 (1 - share) cells, 200 times: 4 standard errors of the sum.
    error = 0.603 * np.sqrt(200_000 * (share + (1 - share) * ratio**2))
    assert abs(layer.weights[:-1].sum()) < 4 * error
