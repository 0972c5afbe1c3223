"""What holds for the books of any learner."""

import itertools

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from bioplast.energy import Books

SHAPE = (3, 2)
# Small whole numbers often come back to where they were, and their sums are exact.
histories = st.lists(arrays(np.float32, SHAPE, elements=st.integers(-4, 4)), min_size=2, max_size=8)


def keep_books(history):
    books = Books.open(history[0])
    for before, after in itertools.pairwise(history):
        books.record(before, after)
    return books


@given(histories)
def test_no_way_is_shorter_than_the_straight_one(history):
    energy = keep_books(history).balance(history[-1])
    assert energy.m0 >= energy.m0_min
    assert energy.m1 >= energy.m1_min


@given(histories, st.data())
def test_two_halves_sum_to_the_whole(history, data):
    cut = data.draw(st.integers(0, len(history) - 1))
    first, second, whole = (keep_books(part) for part in (history[: cut + 1], history[cut:], history))
    np.testing.assert_array_equal(first.m0 + second.m0, whole.m0)
    np.testing.assert_array_equal(first.m1 + second.m1, whole.m1)


@given(histories)
def test_standing_still_is_free(history):
    doubled = [weights for weights in history for _ in range(2)]
    assert keep_books(doubled).balance(history[-1]) == keep_books(history).balance(history[-1])


@given(histories)
def test_synapses_sum_to_the_layer(history):
    whole = keep_books(history).balance(history[-1])
    alone = []
    for i, j in np.ndindex(SHAPE):
        synapse = [weights[i : i + 1, j : j + 1] for weights in history]
        alone.append(keep_books(synapse).balance(synapse[-1]))
    assert sum(alone[1:], start=alone[0]) == whole
