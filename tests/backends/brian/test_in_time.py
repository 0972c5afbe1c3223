"""The recurrent network in Brian2 is the one in machine code: the same writes, the same weights."""

from pathlib import Path

import numpy as np
import pytest

from bioplast.loading import load_module
from bioplast.plasticity import Plasticity
from bioplast.tasks import Trials, load_task

RECURRENT = load_module("model", "recurrent", Path(__file__).parents[3])
TASK = load_task("cues(n_cues=1, group=3, cue=20, silence=5, delay=10, recall=20, rate_hz=150.0)")
CASES = {
    "adaptive cells, mean readout": ("adam(0.01) + largest(0.3)", {"rate_hz": 50.0, "tau_a": 50.0}),
    "synaptic currents, error at each step": (
        "lazy(0.9) + cache(0.001)",
        {
            "answer": "steps",
            "feedback": "symmetric",
            "gamma": 1.0,
            "learning_rate": 0.01,
            "refractory": 1,
            "reset": "zero",
            "tau_m": 10.0,
            "tau_syn": 5.0,
            "v_thresh": 1.0,
            "weight_input": 20.0,
            "weight_recurrent": 5.0,
        },
    ),
}


def learn(device, rule, options, n_trials):
    network = RECURRENT.make_network(
        n_pixels=TASK.n_pixels,
        n_classes=TASK.n_classes,
        n_hidden=8,
        plasticity=Plasticity.parse(rule),
        device=device,
    ).with_settings({**options, "dtype": "float64"})
    state = network.initial_state(2)
    first = network.present(state, Trials(TASK.train, np.arange(2)), learn=True)
    rest = network.present(state, Trials(TASK.train, np.arange(2, n_trials), first=2), learn=True)
    test = network.present(state, Trials(TASK.test, np.arange(2), stream=2), learn=False)
    return state, (first, rest, test)


@pytest.mark.parametrize("case", CASES)
def test_trials_in_brian_are_those_of_the_kernel(case):
    n_trials = 5
    theirs, expected = learn("numba", *CASES[case], n_trials)
    ours, found = learn("runtime", *CASES[case], n_trials)
    for one, other in zip(found, expected, strict=True):
        np.testing.assert_array_equal(one.predictions, other.predictions)
        assert one.signalling == other.signalling
        assert one.signalling.spikes_hidden > 10
    for one, other in zip(ours.layers, theirs.layers, strict=True):
        assert other.books.m0.any()
        np.testing.assert_array_equal(one.books.m0, other.books.m0)
        # Sums in another order, over five trials of 55 steps.
        np.testing.assert_allclose(one.weights, other.weights, rtol=0, atol=1e-12)
        np.testing.assert_allclose(one.books.m1, other.books.m1, rtol=0, atol=1e-12)
