"""The rate network: its gradient is that of its error, its e-prop the definition, its kernel both."""

import numpy as np
import pytest

from bioplast.backends.numeric.compiled import compiled
from bioplast.backends.numeric.recurrent.rates import (
    Rates,
    make_rate_trace,
    run_rates_backward,
    run_rates_forward,
)
from bioplast.backends.numeric.recurrent.rates_reference import replay_rates, show_rates
from bioplast.backends.numeric.recurrent.reference import judge
from bioplast.backends.numeric.recurrent.trial import Errors, Weights
from bioplast.errors import RequestError
from bioplast.loading import load_module
from bioplast.plasticity import Plasticity
from bioplast.project import STUDY
from bioplast.tasks import Trials, load_task

N_IN, N_CELLS, N_OUT, N_STEPS, ANSWER_FROM = 4, 7, 3, 30, 22
DTYPE = np.dtype(float)


@pytest.fixture(scope="module")
def case():
    rng = np.random.default_rng(2)
    x = rng.integers(0, 2, (N_STEPS, N_IN)).astype(float)
    w_in = 0.3 * rng.standard_normal((N_IN, N_CELLS))
    w_rec = rng.standard_normal((N_CELLS, N_CELLS))
    np.fill_diagonal(w_rec, 0)
    return x, [w_in, w_rec, rng.standard_normal((N_CELLS, N_OUT))]


def find_error(x, weights, cells, answer):
    _, y = show_rates(x, *weights, cells.make_leak(N_CELLS, DTYPE), cells.make_constants(DTYPE))
    logits = y[ANSWER_FROM:].mean(axis=0)[None] if answer == "mean" else y[ANSWER_FROM:]
    return -np.mean(logits[:, 1] - np.log(np.exp(logits).sum(axis=1)))


@pytest.mark.parametrize("answer", ["mean", "steps"])
def test_backpropagation_through_time_is_the_gradient(case, answer):
    x, weights = case
    cells = Rates(credit="bptt", tau_slow=300.0)
    leak, c = cells.make_leak(N_CELLS, DTYPE), cells.make_constants(DTYPE)
    r, y = show_rates(x, *weights, leak, c)
    _, errors = judge(y, ANSWER_FROM, 1, answer)
    gradients = replay_rates(x, r, errors, weights[2], weights[1], leak, c)
    for index, gradient in enumerate(gradients):
        for i, j in ((0, 0), (2, 1), (3, 2)):
            moved = []
            for step in (1e-5, -1e-5):
                other = [one.copy() for one in weights]
                other[index][i, j] += step
                moved.append(find_error(x, other, cells, answer))
            assert gradient[i, j] == pytest.approx((moved[0] - moved[1]) / 2e-5, rel=1e-5, abs=1e-9)


def test_e_prop_is_its_definition(case):
    x, weights = case
    cells = Rates(credit="e-prop", feedback="random")
    leak, c = cells.make_leak(N_CELLS, DTYPE), cells.make_constants(DTYPE)
    r, y = show_rates(x, *weights, leak, c)
    _, errors = judge(y, ANSWER_FROM, 1, "steps")
    feedback = np.random.default_rng(1).standard_normal((N_CELLS, N_OUT))
    before = np.vstack([np.zeros(N_CELLS), r[:-1]])
    trace, filtered, expected = (np.zeros((N_IN + N_CELLS, N_CELLS)) for _ in range(3))
    for t in range(N_STEPS):
        drive = np.vstack([np.tile(x[t][:, None], N_CELLS), before[t][:, None] * (1 - leak)])
        trace = leak * trace + drive
        filtered = c.kappa * filtered + c.reach * (1 - r[t] ** 2) * trace
        expected += filtered * (feedback @ errors[t])
    found = replay_rates(x, r, errors, feedback, weights[1], leak, c)
    np.testing.assert_allclose(np.vstack(found[:2]), expected, rtol=0, atol=1e-12)
    assert np.abs(expected).max() > 1e-3


@pytest.mark.parametrize("credit", ["bptt", "e-prop"])
def test_kernel_is_the_reference(case, credit, make_trial):
    x, weights = case
    cells = Rates(credit=credit)
    leak, c = cells.make_leak(N_CELLS, DTYPE), cells.make_constants(DTYPE)
    r, y = show_rates(x, *weights, leak, c)
    _, errors = judge(y, ANSWER_FROM, 1, "steps")
    trial, weights = make_trial(x, answer_from=ANSWER_FROM), Weights(*weights)
    trace = make_rate_trace(leak, N_STEPS, n_outputs=N_OUT)
    compiled(run_rates_forward)(trace, c, weights, trial)
    np.testing.assert_allclose(trace.r, r, rtol=0, atol=1e-12)
    np.testing.assert_allclose(trace.y, y, rtol=0, atol=1e-12)
    found = Weights(*map(np.zeros_like, weights))
    wrong = Errors(errors, True, weights.out, np.zeros(N_CELLS), np.zeros(N_CELLS))
    compiled(run_rates_backward)(trace, c, weights, trial, wrong, found)
    for one, other in zip(found, replay_rates(x, r, errors, weights[2], weights[1], leak, c), strict=True):
        np.testing.assert_allclose(one, other, rtol=0, atol=1e-12)


def test_it_learns():
    task = load_task("cues(n_cues=3, delay=100, n_test=200)")
    module = load_module("model", "rnn", STUDY)
    model = module.make_network(
        n_pixels=40,
        n_classes=2,
        n_hidden=30,
        plasticity=Plasticity.parse("adam(0.003) + largest(0.3)"),
        device="",
    )
    state = model.initial_state(1)
    model.present(state, Trials(task.train, np.arange(600)), learn=True)
    test = Trials(task.test, np.arange(200))
    outcome = model.present(state, test, learn=False)
    assert np.mean(outcome.predictions == test.labels) > 0.9
    assert outcome.signalling.spikes_hidden == 0
    events = task.test.events(np.arange(200))
    assert outcome.signalling.macs == events.steps.size * 30 + 200 * 70 * 30 * (29 + 2)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"feedback": "random"}, "Rates.feedback: must be symmetric with credit=bptt, got 'random'"),
        ({"credit": "hebb"}, "Rates.credit: must be one of bptt, e-prop, got 'hebb'"),
        ({"step": 0}, "Rates.step: must be a whole number >= 1, got 0"),
        ({"slow": 1.5}, r"Rates.slow: must be in \[0, 1\], got 1.5"),
    ],
)
def test_refused(changes, message):
    module = load_module("model", "rnn", STUDY)
    model = module.make_network(n_pixels=4, n_classes=2, n_hidden=3, plasticity=Plasticity(), device="")
    with pytest.raises(RequestError, match=f"^{message}$"):
        model.with_settings(changes)
