import numpy as np
import pytest

from bioplast.kernels.shuffle import draw, draw_one, find_index


@pytest.mark.parametrize("n", [1, 2, 3, 4, 10, 97, 1000])
@pytest.mark.parametrize("key", [0, 1, 2**32 - 1])
def test_all_of_n_is_a_permutation(n, key):
    np.testing.assert_array_equal(np.sort(draw(n, n, key)), np.arange(n))


def test_one_by_one_and_all_at_once():
    drawn = draw(50, 78_500, 1234567)
    assert drawn.tolist() == [draw_one(index, 78_500, 1234567) for index in range(50)]


def test_every_number_is_as_likely():
    n, n_drawn, n_keys = 90, 30, 3000
    keys = np.random.default_rng(0).integers(0, 2**32, n_keys)
    counts = np.bincount(np.concatenate([draw(n_drawn, n, int(key)) for key in keys]), minlength=n)
    expected, spread = n_keys / 3, np.sqrt(n_keys * (1 / 3) * (2 / 3))
    # 90 binomial counts: five standard errors leave one false alarm in 20,000 runs.
    assert np.abs(counts - expected).max() < 5 * spread


def test_neighbors_are_not_drawn_together():
    n, n_keys = 90, 3000
    keys = np.random.default_rng(1).integers(0, 2**32, n_keys)
    together = np.zeros(n)
    for key in keys:
        drawn = np.isin(np.arange(n), draw(30, n, int(key)))
        together += drawn & np.roll(drawn, 1)
    share = (30 / 90) * (29 / 89)
    assert abs(together.mean() / n_keys - share) < 5 * np.sqrt(share / (n * n_keys))


@pytest.mark.parametrize("n", [1, 2, 3, 10, 49, 50, 999, 78_500])
def test_find_index_is_the_inverse_of_draw(n):
    for key in (0, 1, 0xFFFFFFFF, 123456789):
        np.testing.assert_array_equal(find_index(draw(n, n, key), n, key), np.arange(n))
