"""Streams of random numbers: fixed by seed and purpose, and by nothing else."""

import itertools

import numpy as np
import pytest

from bioplast.randomness import PURPOSES, make_key, make_rng, make_sequence


@pytest.mark.parametrize("purpose", PURPOSES)
def test_same_seed_and_purpose_same_numbers(purpose):
    np.testing.assert_array_equal(make_rng(3, purpose).random(100), make_rng(3, purpose).random(100))
    assert make_key(3, purpose) == make_key(3, purpose)


def test_streams_of_all_purposes_and_seeds_differ():
    streams = list(itertools.product(range(20), PURPOSES))
    draws = {tuple(make_rng(seed, purpose).integers(2**32, size=4)) for seed, purpose in streams}
    assert len(draws) == len(streams)
    # 160 keys of 32 bits: two would be equal by chance once in 340,000 sets.
    assert len({make_key(seed, purpose) for seed, purpose in streams}) == len(streams)


def test_streams_are_uncorrelated():
    n = 10_000
    draws = np.array([make_rng(seed, purpose).random(n) for seed in (0, 1) for purpose in PURPOSES])
    correlations = np.corrcoef(draws)[np.triu_indices(len(draws), k=1)]
    # Standard error 1/sqrt(n); 4.5 of them for the largest of 120 pairs.
    assert np.abs(correlations).max() < 4.5 / np.sqrt(n)


def test_sequence_is_a_child_of_the_seed():
    child = np.random.SeedSequence(7).spawn(2)[1]
    assert PURPOSES[1] == "order"
    np.testing.assert_array_equal(make_sequence(7, "order").generate_state(4), child.generate_state(4))


def test_old_streams_stay_as_they_are():
    # A run's record is worth its seed only while the seed still gives the same numbers.
    first = ("weights", "order", "spikes", "masks", "split", "selection", "encoding")
    assert PURPOSES[: len(first)] == first
    assert [make_key(1, purpose) for purpose in first[:3]] == [1641411168, 1454127163, 2749604155]


def test_key_fits_32_bits():
    assert all(0 <= make_key(seed, "spikes") < 2**32 for seed in range(100))


def test_unknown_purpose():
    with pytest.raises(ValueError, match="not in tuple"):
        make_rng(0, "coffee")
