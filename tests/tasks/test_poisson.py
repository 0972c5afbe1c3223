"""Poisson spikes from a counter: the right rate, decided by seed, stream, trial, step and unit alone."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bioplast.randomness import make_key
from bioplast.tasks.poisson import mix, trial_keys, uniform

KEY = make_key(1, "spikes")
N_STEPS = 50
N_UNITS = 785
COUNTERS = np.arange(N_STEPS * N_UNITS)


def draw(n_trials, *, key=KEY, stream=0, first=0):
    """(n_trials, n_steps * n_units) uniform numbers of successive trials."""
    keys = trial_keys(key, stream, np.arange(first, first + n_trials))
    return np.array([uniform(trial_key, COUNTERS) for trial_key in keys])


def mix_by_integers(x):
    """lowbias32 in Python's own integers."""
    x ^= x >> 16
    x = x * 0x7FEB352D % 2**32
    x ^= x >> 15
    x = x * 0x846CA68B % 2**32
    return x ^ x >> 16


@given(st.lists(st.integers(0, 2**32 - 1), min_size=1))
def test_mix_is_lowbias32(numbers):
    mixed = mix(np.array(numbers, np.uint32))
    assert mixed.dtype == np.uint32
    assert mixed.tolist() == [mix_by_integers(number) for number in numbers]


def test_mix_keeps_its_argument_and_confuses_no_two_numbers():
    numbers = np.arange(2**20, dtype=np.uint32)
    mixed = mix(numbers)
    assert np.unique(mixed).size == numbers.size
    np.testing.assert_array_equal(numbers, np.arange(2**20))


@given(bit=st.integers(0, 31))
def test_each_bit_of_mix_depends_on_each_bit_of_its_argument(bit):
    numbers = np.arange(10_000, dtype=np.uint32) * np.uint32(0x9E3779B9)
    flipped = mix(numbers) ^ mix(numbers ^ np.uint32(1 << bit))
    changes = np.array([(flipped >> np.uint32(out) & 1).mean() for out in range(32)])
    # Standard error 0.005; lowbias32's own bias is far below it. 5 of them for 1,024 pairs of bits.
    np.testing.assert_allclose(changes, 0.5, atol=0.025)


@pytest.mark.parametrize("rate", [1e-3, 0.02, 0.1, 0.5, 0.9])
def test_counts_follow_the_rate(rate):
    spikes = draw(100) < rate
    n = spikes.size
    assert abs(spikes.sum() - n * rate) < 4 * np.sqrt(n * rate * (1 - rate))


@pytest.mark.parametrize("rate", [0.02, 0.1])
def test_counts_of_a_trial_are_binomial(rate):
    n_trials = 1000
    counts = np.array(
        [(uniform(key, COUNTERS[:N_UNITS]) < rate).sum() for key in trial_keys(KEY, 0, np.arange(n_trials))]
    )
    variance = N_UNITS * rate * (1 - rate)
    assert abs(counts.mean() - N_UNITS * rate) < 4 * np.sqrt(variance / n_trials)
    # The standard error of a variance is variance * sqrt(2 / (n - 1)).
    assert abs(counts.var(ddof=1) - variance) < 4 * variance * np.sqrt(2 / (n_trials - 1))


def test_rate_0_never_and_rate_1_always():
    numbers = draw(50)
    assert not (numbers < 0.0).any()
    assert (numbers < 1.0).all()


def test_numbers_are_uniform():
    observed, _ = np.histogram(draw(20), bins=100, range=(0, 1))
    expected = observed.sum() / 100
    chi_squared = ((observed - expected) ** 2 / expected).sum()
    # 99 degrees of freedom: mean 99, standard deviation sqrt(2 * 99).
    assert abs(chi_squared - 99) < 4 * np.sqrt(2 * 99)


@pytest.mark.parametrize("lag", [1, N_UNITS], ids=["next unit", "next step"])
def test_neighbors_are_uncorrelated(lag):
    numbers = draw(20)
    correlation = np.corrcoef(numbers[:, :-lag].ravel(), numbers[:, lag:].ravel())[0, 1]
    assert abs(correlation) < 4 / np.sqrt(numbers[:, lag:].size)


def test_successive_trials_are_uncorrelated():
    numbers = draw(20)
    correlation = np.corrcoef(numbers[:-1].ravel(), numbers[1:].ravel())[0, 1]
    assert abs(correlation) < 4 / np.sqrt(numbers[1:].size)


@given(order=st.permutations(range(40)))
def test_order_of_drawing_does_not_matter(order):
    counters = np.arange(40)
    np.testing.assert_array_equal(uniform(KEY, counters[order]), uniform(KEY, counters)[order])
    np.testing.assert_array_equal(trial_keys(KEY, 0, counters[order]), trial_keys(KEY, 0, counters)[order])


@given(cut=st.integers(0, 10))
def test_cut_run_draws_what_an_uncut_one_draws(cut):
    whole = trial_keys(KEY, 0, np.arange(10))
    halves = trial_keys(KEY, 0, np.arange(cut)), trial_keys(KEY, 0, np.arange(cut, 10))
    np.testing.assert_array_equal(np.concatenate(halves), whole)


def test_streams_seeds_and_trials_differ():
    numbers = {
        "this": draw(3),
        "validation": draw(3, stream=1),
        "test": draw(3, stream=2),
        "another seed": draw(3, key=make_key(2, "spikes")),
        "later": draw(3, first=3),
    }
    this = numbers.pop("this")
    for name, others in numbers.items():
        # Two independent draws are equal with probability 2**-32 each.
        assert (this == others).mean() < 1e-4, name
        assert abs(np.corrcoef(this.ravel(), others.ravel())[0, 1]) < 4 / np.sqrt(this.size), name


def test_trial_keys_of_a_long_run_seldom_coincide():
    keys = trial_keys(KEY, 0, np.arange(300_000))
    assert keys.dtype == np.uint32
    assert np.unique(keys).size == keys.size  # a bijection of the trial number
