"""Synaptic caching in NumPy, trial by trial, against numbers worked out by hand."""

import numpy as np
import pytest

from bioplast.plasticity.cache import Cache


def test_a_change_waits_until_it_is_large_enough():
    transient = np.zeros((1, 2))
    cache = Cache(theta=1.0)
    assert cache.accumulate(transient, np.array([[0.5, -0.75]])).tolist() == [[0, 0]]
    assert cache.accumulate(transient, np.array([[0.5, -0.75]])).tolist() == [[0, -1.5]]
    # 1 is not beyond theta; what went over is transient no longer.
    assert transient.tolist() == [[1.0, 0.0]]


def test_changes_that_cancel_are_never_written():
    transient = np.zeros((1, 1))
    cache = Cache(theta=1.0)
    for sign in (1, -1, 1, -1):
        assert cache.accumulate(transient, np.array([[sign * 0.9]])).tolist() == [[0]]
    assert transient.tolist() == [[0]]


def test_one_synapse_consolidates_its_neuron():
    transient = np.zeros((2, 2))
    cache = Cache(theta=1.0, per="neuron")
    written = cache.accumulate(transient, np.array([[2.0, 0.5], [0.25, 0.75]]))
    assert written.tolist() == [[2.0, 0], [0.25, 0]]
    assert transient.tolist() == [[0, 0.5], [0, 0.75]]


def test_keeping_costs_and_fades():
    transient = np.array([[0.5, -1.5]])
    cache = Cache(theta=2.0, decay=0.25, cost=0.1)
    assert cache.decay_step(transient) == pytest.approx(0.2)
    np.testing.assert_allclose(transient, [[0.375, -1.125]])
    assert cache.decay_step(transient) == pytest.approx(0.15)
