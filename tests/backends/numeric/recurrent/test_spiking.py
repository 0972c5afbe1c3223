"""The kernel is the reference, and the reference is e-prop as it is defined: with traces at every synapse."""

import numpy as np
import pytest

from bioplast.backends.numeric.compiled import compiled
from bioplast.backends.numeric.recurrent.cells import Cells
from bioplast.backends.numeric.recurrent.reference import follow, judge, replay, show
from bioplast.backends.numeric.recurrent.spiking import make_trace, run_backward, run_forward
from bioplast.backends.numeric.recurrent.trial import Errors, Weights

N_IN, N_CELLS, N_OUT, N_STEPS = 6, 12, 3, 160
VARIANTS = {
    "delta": Cells(),
    "current": Cells(tau_syn=5.0, tau_m=10.0, reset="zero", v_thresh=1.0, gamma=1.0, refractory=1),
    "current, subtract": Cells(tau_syn=3.0, adaptive=1.0, tau_a=50.0),
    "no adaptation": Cells(adaptive=0.0),
}


def make_case(cells, seed=3):
    """Input spikes, weights and what brings errors back, in float64."""
    rng = np.random.default_rng(seed)
    strength = 30.0 if cells.tau_syn else 1.0
    x = (rng.random((N_STEPS, N_IN)) < 0.2).astype(float)
    w_in = rng.standard_normal((N_IN, N_CELLS)) * strength / np.sqrt(N_IN)
    w_rec = rng.standard_normal((N_CELLS, N_CELLS)) * strength / np.sqrt(N_CELLS)
    np.fill_diagonal(w_rec, 0)
    w_out = 0.1 * rng.standard_normal((N_CELLS, N_OUT))
    feedback = rng.standard_normal((N_CELLS, N_OUT))
    pull = 0.01 * rng.standard_normal(N_CELLS)
    return x, (w_in, w_rec, w_out), feedback, pull


def trace_forward(activity, errors, feedback, pull, beta, c):
    """E-prop by its definition: eligibility traces of every synapse, carried forward in time."""
    z_before = np.vstack([np.zeros(N_CELLS), activity.z[:-1]])
    spikes = np.hstack([activity.x, z_before])  # (n_steps, n_pre)
    n_pre = spikes.shape[1]
    current, v, a, filtered, gradient = (np.zeros((n_pre, N_CELLS)) for _ in range(5))
    for t in range(N_STEPS):
        psi = activity.psi[t]
        current = c.alpha_syn * current + spikes[t][:, None]
        v = c.alpha * v * (1 - c.zeroed * z_before[t]) + c.gain * current
        eligibility = psi * (v - beta * a)
        a = psi * v + (c.rho - psi * beta) * a
        filtered = c.kappa * filtered + eligibility
        gradient += filtered * (feedback @ errors[t]) + eligibility * pull
    reach, d_out = np.zeros(N_CELLS), np.zeros((N_CELLS, N_OUT))
    for t in range(N_STEPS):
        reach = c.kappa * reach + activity.z[t]
        d_out += np.outer(reach, errors[t])
    return gradient[:N_IN], gradient[N_IN:], d_out


@pytest.fixture(params=VARIANTS, scope="module")
def case(request):
    cells = VARIANTS[request.param]
    c, beta = cells.make_constants(np.dtype(float)), cells.make_beta(N_CELLS, np.dtype(float))
    x, weights, feedback, pull = make_case(cells)
    activity = show(x, *weights, beta, c)
    assert 0.01 < activity.z.mean() < 0.5
    return cells, c, beta, x, weights, feedback, pull, activity


@pytest.mark.parametrize("answer", ["mean", "steps"])
def test_replay_is_e_prop(case, answer):
    _, c, beta, _, _, feedback, pull, activity = case
    _, errors = judge(activity.y, 100, 1, answer)
    found = replay(activity, errors, feedback, pull, beta, c)
    for one, other in zip(found, trace_forward(activity, errors, feedback, pull, beta, c), strict=True):
        assert np.abs(other).max() > 1e-6
        np.testing.assert_allclose(one, other, rtol=0, atol=1e-12)


@pytest.mark.parametrize("answer", ["mean", "steps"])
def test_kernel_is_the_reference(case, answer, make_trial):
    cells, c, beta, x, weights, feedback, pull, activity = case
    _, errors = judge(activity.y, 100, 1, answer)
    trial, weights = make_trial(x, answer_from=100), Weights(*weights)
    trace = make_trace(beta, N_STEPS, n_outputs=N_OUT, refractory=cells.refractory)
    compiled(run_forward)(trace, c, weights, trial)
    np.testing.assert_array_equal(trace.z, activity.z)
    np.testing.assert_array_equal(trace.n_spikes, activity.z.sum(axis=0))
    np.testing.assert_allclose(trace.psi, activity.psi, atol=1e-12)
    np.testing.assert_allclose(trace.y, activity.y, atol=1e-12)
    found = Weights(*map(np.zeros_like, weights))
    wrong = Errors(errors, answer == "steps", feedback, pull, np.zeros(N_CELLS))
    compiled(run_backward)(trace, c, weights, trial, wrong, found)
    for one, other in zip(found, replay(activity, errors, feedback, pull, beta, c), strict=True):
        np.testing.assert_allclose(one, other, rtol=0, atol=1e-12)


def test_cells_keep_their_distance_and_adapt():
    cells = Cells(adaptive=0.5, refractory=7, tau_a=100.0)
    c, beta = cells.make_constants(np.dtype(float)), cells.make_beta(2, np.dtype(float))
    strong, weak = (
        show(np.ones((400, 1)), np.full((1, 2), drive), np.zeros((2, 2)), np.zeros((2, 1)), beta, c)
        for drive in (0.5, 0.06)
    )
    assert np.diff(np.flatnonzero(strong.z[:, 0])).min() == 7
    plain, adapting = (np.flatnonzero(weak.z[:, j]) for j in range(2))
    assert adapting.size < plain.size
    assert np.diff(adapting)[-1] > np.diff(adapting)[0]
    # After a spike the threshold rises by beta, and falls with tau_a.
    first = adapting[0]
    assert weak.threshold[first, 1] == pytest.approx(0.6)
    assert weak.threshold[first + 1, 1] == pytest.approx(0.6 + beta[1])


def test_errors_are_derivatives_of_the_cross_entropy():
    rng = np.random.default_rng(1)
    y, label = rng.standard_normal((20, 3)), 2

    def find_error(y, answer):
        logits = y[12:].mean(axis=0)[None] if answer == "mean" else y[12:]
        return -np.mean(logits[:, label] - np.log(np.exp(logits).sum(axis=1)))

    for answer in ("mean", "steps"):
        _, errors = judge(y, 12, label, answer)
        for t, k in ((3, 0), (12, 0), (15, 2), (19, 1)):
            up, down = y.copy(), y.copy()
            up[t, k] += 1e-5
            down[t, k] -= 1e-5
            expected = (find_error(up, answer) - find_error(down, answer)) / 2e-5
            assert errors[t, k] == pytest.approx(expected, abs=1e-9)


def test_a_series_that_is_followed_has_no_error():
    series = np.random.default_rng(1).standard_normal((50, 2))
    assert follow(series, series)[0] == 0
    error, gradient = follow(series.mean(axis=0) + 0 * series, series)
    assert error == pytest.approx(1)
    np.testing.assert_allclose(gradient, (series.mean(axis=0) - series) / 50)
