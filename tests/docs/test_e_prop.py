"""The Brian2 network of the example is the reference: the same spikes, the same gradients."""

from pathlib import Path

import numpy as np
import pytest
from brian2 import prefs

from bioplast.backends.numeric.recurrent.cells import Cells
from bioplast.backends.numeric.recurrent.reference import replay, show
from bioplast.loading import load_module

e_prop = load_module("example", "e_prop", Path(__file__).parents[2])


@pytest.fixture(autouse=True)
def numpy_target():
    """The trial is too short for compiled code to pay."""
    before = prefs.codegen.target
    prefs.codegen.target = "numpy"
    yield
    prefs.codegen.target = before


def test_a_trial_in_brian_is_one_of_the_reference():
    n_in, n_cells, n_steps = 6, 10, 150
    rng, cells = np.random.default_rng(4), Cells(tau_a=200.0)
    c, beta = cells.make_constants(np.dtype(float)), cells.make_beta(n_cells, np.dtype(float))
    x = rng.random((n_steps, n_in)) < 0.2
    w_in = rng.standard_normal((n_in, n_cells)) / np.sqrt(n_in)
    w_rec = rng.standard_normal((n_cells, n_cells)) / np.sqrt(n_cells)
    np.fill_diagonal(w_rec, 0)
    feedback, errors = rng.standard_normal((n_cells, 2)), rng.standard_normal((n_steps, 2))
    pull = 0.01 * rng.standard_normal(n_cells)
    activity = show(x.astype(float), w_in, w_rec, np.zeros((n_cells, 2)), beta, c)
    expected = replay(activity, errors, feedback, pull, beta, c)

    constants = e_prop.Constants(tau_a_ms=200.0)
    z, psi = e_prop.run_forward(x, w_in, w_rec, beta, constants)
    assert 50 < z.sum() < 1000
    np.testing.assert_array_equal(z, activity.z > 0)
    np.testing.assert_allclose(psi, activity.psi, rtol=0, atol=1e-12)
    found = e_prop.run_backward(x, z, psi, errors @ feedback.T, pull, beta, constants)
    for one, other in zip(found, expected, strict=False):
        assert np.abs(other).max() > 0.1
        np.testing.assert_allclose(one, other, rtol=0, atol=1e-10)
