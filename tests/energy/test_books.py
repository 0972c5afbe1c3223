"""Books against numbers worked out by hand."""

import numpy as np

from bioplast.energy import Books, Energy


def test_two_by_two_by_hand():
    trials = [
        [[0.0, 1.0], [2.0, -1.0]],
        [[0.5, 1.0], [2.0, -2.0]],  # two writes, 0.5 and 1
        [[0.0, 1.0], [2.25, -4.0]],  # three writes, 0.5, 0.25 and 2
    ]
    first, second, last = (np.array(weights) for weights in trials)
    books = Books.open(first)
    books.record(first, second)
    books.record(second, last)
    np.testing.assert_array_equal(books.m0, [[2, 0], [1, 2]])
    np.testing.assert_array_equal(books.m1, [[1.0, 0.0], [0.25, 3.0]])
    # The first weight came back: it need not have moved at all.
    assert books.balance(last) == Energy(m0=5, m1=4.25, m0_min=2, m1_min=3.25)


def test_opening_copies():
    weights = np.zeros((2, 2))
    books = Books.open(weights)
    weights += 1
    assert books.balance(weights).m1_min == 4


def test_a_change_lost_to_rounding_costs_nothing():
    before = np.ones((1, 1), np.float32)
    after = before + np.float32(1e-9)
    books = Books.open(before)
    books.record(before, after)
    assert books.balance(after) == Energy()


def test_kept_in_wide_types():
    books = Books.open(np.zeros((1, 1), np.float32))
    assert books.m0.dtype == np.int64
    assert books.m1.dtype == np.float64
