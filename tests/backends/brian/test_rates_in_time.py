"""The recurrent rate network in Brian2 is ``rnn``: the same writes and weights, for both ways of credit.

Not bit for bit: spikes of one input in one step are added at once, and tanh is that of another library.
"""

from pathlib import Path

import numpy as np
import pytest

from bioplast.errors import RequestError
from bioplast.loading import load_module
from bioplast.plasticity import Plasticity
from bioplast.tasks import Trials, load_task

PROJECT = Path(__file__).parents[3]
TASK = load_task("cues(n_cues=1, group=3, cue=20, silence=5, delay=10, recall=20, rate_hz=150.0)")
CASES = [
    {"credit": "e-prop"},
    {"credit": "bptt"},
    {"credit": "e-prop", "feedback": "random", "answer": "steps", "step": 1},
    {"credit": "e-prop", "step": 20},  # one time constant of cells and readout
]


def make_network(model, device, **options):
    return (
        load_module("model", model, PROJECT)
        .make_network(
            n_pixels=TASK.n_pixels,
            n_classes=TASK.n_classes,
            n_hidden=8,
            plasticity=Plasticity.parse("adam(0.01) + largest(0.3)"),
            device=device,
        )
        .with_settings({"dtype": "float64", "step": 5, **options})
    )


def learn(network):
    state = network.initial_state(2)
    outcome = network.present(state, Trials(TASK.train, np.arange(6)), learn=True)
    test = network.present(state, Trials(TASK.test, np.arange(2), stream=2), learn=False)
    return state, (outcome, test)


@pytest.mark.parametrize("device", ["cpp_standalone", pytest.param("runtime", marks=pytest.mark.long)])
@pytest.mark.parametrize("options", CASES, ids=str)
def test_trials_in_brian_are_those_of_the_kernel(options, device):
    theirs, expected = learn(make_network("rnn", "", **options))
    ours, found = learn(make_network("recurrent_rate", device, **options))
    for one, other in zip(found, expected, strict=True):
        np.testing.assert_array_equal(one.predictions, other.predictions)
        assert one.signalling == other.signalling
        assert one.signalling.macs > 0
    for one, other in zip(ours.layers, theirs.layers, strict=True):
        assert other.books.m0.any()
        np.testing.assert_array_equal(one.books.m0, other.books.m0)
        # Sums of up to 60 steps, over six trials.
        np.testing.assert_allclose(one.weights, other.weights, rtol=0, atol=1e-12)
        np.testing.assert_allclose(one.books.m1, other.books.m1, rtol=0, atol=1e-12)


def test_credit_is_a_program_of_its_own():
    def find(**options):
        network = make_network("recurrent_rate", "cpp_standalone", **options)
        learn(network)
        return {name: program.folder for name, program in network._in_brian.networks.items()}

    first, other = find(credit="e-prop"), find(credit="bptt")
    assert first["forward"] == other["forward"]
    assert first["backward"] != other["backward"]
    assert find(credit="e-prop", tau_m=5.0, step=2) == first


def test_device_that_there_is_not_is_refused():
    with pytest.raises(
        RequestError, match=r"Network\.device: must be one of cpp_standalone, runtime, got 'numba'"
    ):
        make_network("recurrent_rate", "numba")
