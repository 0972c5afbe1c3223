"""Sorting in place against NumPy's."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bioplast.backends.numeric.compiled import compiled
from bioplast.kernels.sorting import STACK_SIZE, sort_falling

few = st.sampled_from([0.0, 0.25, 0.5, 1.0, 3.0])  # many ties
many = st.floats(0, 10, width=32)


def sort(sizes, dtype="float32"):
    """Sorted sizes and where each stood."""
    sizes = np.array(sizes, dtype)
    places, stack = np.arange(sizes.size), np.zeros(STACK_SIZE, np.int64)
    compiled(sort_falling)(sizes, places, stack, sizes.size)
    return sizes, places


def check(sizes, dtype):
    before = np.array(sizes, dtype)
    after, places = sort(sizes, dtype)
    np.testing.assert_array_equal(after, np.sort(before)[::-1])
    np.testing.assert_array_equal(before[places], after)
    np.testing.assert_array_equal(np.sort(places), np.arange(before.size))


@given(st.one_of(st.lists(few, max_size=200), st.lists(many, max_size=200)), st.sampled_from(["f4", "f8"]))
def test_largest_first_with_their_partners(sizes, dtype):
    check(sizes, dtype)


@pytest.mark.parametrize(
    "sizes",
    [
        np.arange(10_000),
        np.arange(10_000)[::-1],
        np.ones(10_000),
        np.arange(10_000) % 2,
        np.minimum(np.arange(10_000), np.arange(10_000)[::-1]),
        np.random.default_rng(0).random(10_000),
        np.r_[np.full(5_000, np.inf), np.random.default_rng(0).random(5_000)],
    ],
    ids=["rising", "falling", "equal", "two", "hill", "random", "infinite"],
)
def test_long_lists_in_any_order(sizes):
    check(sizes, "f4")


def test_what_is_no_number_keeps_nothing_from_ending():
    sizes = np.random.default_rng(0).random(500)
    sizes[::3] = np.nan
    after, _ = sort(sizes)
    assert np.isnan(after).sum() == 167
    np.testing.assert_array_equal(np.sort(after), np.sort(sizes.astype("f4")))


def test_numbers_after_the_first_n_stay():
    sizes, places = np.arange(40.0), np.arange(40)
    compiled(sort_falling)(sizes, places, np.zeros(STACK_SIZE, np.int64), 20)
    assert sizes.tolist() == [*range(19, -1, -1), *range(20, 40)]
    assert places.tolist() == [*range(19, -1, -1), *range(20, 40)]
