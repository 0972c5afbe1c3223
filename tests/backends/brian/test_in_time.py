"""The recurrent network in Brian2 is the one in machine code, bit for bit: the same writes and weights."""

from pathlib import Path

import numpy as np
import pytest

from bioplast.errors import RequestError
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


def make_network(device, rule="plain", task=TASK, **options):
    return RECURRENT.make_network(
        n_pixels=task.n_pixels,
        n_classes=task.n_classes,
        n_hidden=8,
        plasticity=Plasticity.parse(rule),
        device=device,
    ).with_settings(options)


def learn(network, task=TASK, n_trials=5):
    state = network.initial_state(2)
    first = network.present(state, Trials(task.train, np.arange(2)), learn=True)
    rest = network.present(state, Trials(task.train, np.arange(2, n_trials), first=2), learn=True)
    test = network.present(state, Trials(task.test, np.arange(2), stream=2), learn=False)
    return state, (first, rest, test)


def assert_same(ours, theirs):
    (state, found), (other_state, expected) = ours, theirs
    for one, other in zip(found, expected, strict=True):
        np.testing.assert_array_equal(one.predictions, other.predictions)
        assert one.signalling == other.signalling
        assert one.signalling.spikes_hidden > 10
    for one, other in zip(state.layers, other_state.layers, strict=True):
        assert other.books.m0.any()
        np.testing.assert_array_equal(one.books.m0, other.books.m0)
        np.testing.assert_array_equal(one.weights, other.weights)
        np.testing.assert_array_equal(one.books.m1, other.books.m1)
        for name, array in one.carried.items():
            np.testing.assert_array_equal(array, other.carried[name], err_msg=name)


# In runtime mode NumPy takes the product of a whole number and a single one for a double one.
@pytest.mark.parametrize(
    ("device", "dtype"),
    [
        ("cpp_standalone", "float32"),
        pytest.param("cpp_standalone", "float64", marks=pytest.mark.long),
        pytest.param("runtime", "float64", marks=pytest.mark.long),
    ],
)
@pytest.mark.parametrize("case", CASES)
def test_trials_in_brian_are_those_of_the_kernel(case, device, dtype):
    rule, options = CASES[case]
    ours, theirs = (make_network(name, rule, **options, dtype=dtype) for name in (device, "numba"))
    assert_same(learn(ours), learn(theirs))


@pytest.mark.parametrize("rule", ["random(0.5)", "largest(0.3, per=neuron) + momentum"])
def test_rules_in_numpy_are_the_same(rule):
    """Of rules that have no fast form, their NumPy meaning is run, on every device."""
    assert_same(*(learn(make_network(name, rule, rate_hz=50.0)) for name in ("cpp_standalone", "numba")))


def test_series_are_followed_as_by_the_kernel():
    task = load_task("patterns-in-time(steps=40)")
    options = {"feedback": "symmetric", "learning_rate": 0.1, "rate_hz": 50.0}
    assert_same(
        *(learn(make_network(name, task=task, **options), task) for name in ("cpp_standalone", "numba"))
    )


def test_trials_of_other_lengths_are_as_if_they_were_alone():
    """A long trial after a short one has room, and a short one meets nothing that a long one has left."""
    tasks = [load_task(f"cues(n_cues=1, group=3, delay={delay}, rate_hz=150.0)") for delay in (30, 300, 30)]
    network = make_network("cpp_standalone", task=tasks[0])
    for task in tasks:
        assert_same(learn(network, task), learn(make_network("numba", task=task), task))


def test_a_program_serves_all_settings_and_one_network_size():
    def find(**changes):
        network = make_network("cpp_standalone", **changes)
        learn(network)
        return {name: program.folder for name, program in network._in_brian.networks.items()}

    first = find()
    assert first["forward"] != first["backward"]
    assert find(tau_m=10.0, reset="zero", beta=0.5, rule="largest(0.5)") == first
    assert find(dtype="float64") != first


def test_device_that_there_is_not_is_refused():
    with pytest.raises(
        RequestError, match=r"Network\.device: must be one of numba, cpp_standalone, runtime, got"
    ):
        make_network("gpu")
