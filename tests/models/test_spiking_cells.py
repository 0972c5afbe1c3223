"""Cells, spikes and readout of the spiking network, against theory."""

from pathlib import Path

import numpy as np
import pytest

from bioplast import Plasticity
from bioplast.brian.model import RUNNERS
from bioplast.brian.stimulus import Stimulus
from bioplast.energy import Books
from bioplast.errors import RequestError
from bioplast.network import HIDDEN_LAYER, OUTPUT_LAYER
from bioplast.project import load_model_module
from bioplast.tasks import Images, Trials, load_task

MODULE = load_model_module("spiking", Path(__file__).parents[2])
SPIKING = MODULE.SpikingNetwork

SEED = 5
# No setting is the default, and cells fire often.
SETTINGS = {
    "n_stimulus": 40,
    "p_input": 0.3,
    "tau_m_ms": 15.0,
    "v_thresh": 1.25,
    "gamma": 0.4,
    "learning_rate": 0.4,
    "learning_rate_output": 0.2,
    "sd_hidden": 0.5,
    "sd_output": 0.3,
}
N_PIXELS, N_HIDDEN, N_CLASSES = 16, 12, 3


def make_network(rule="plain", device="cpp_standalone", **settings):
    plasticity = Plasticity.parse(rule)
    return SPIKING(N_PIXELS, N_CLASSES, N_HIDDEN, plasticity, device, "float64", **SETTINGS | settings)


@pytest.fixture(scope="module")
def images():
    rng = np.random.default_rng(1)
    pixels = rng.integers(0, 256, (9, N_PIXELS)) * (rng.random((9, N_PIXELS)) < 0.7)
    return Images(pixels.astype(np.uint8), (np.arange(9) % N_CLASSES).astype(np.uint8))


@pytest.fixture(scope="module")
def trials(images):
    return Trials(images, np.array([3, 1, 4, 1, 5, 8, 2, 6]), first=20)


def make_runtime_state(p_input, level):
    """A network in this process that is shown three images of one grey level, and the outcome."""
    images = Images(np.full((1, N_PIXELS), level, np.uint8), np.zeros(1, np.uint8))
    network = make_network(device="runtime", p_input=p_input)
    state = network.initial_state(SEED)
    return network, state, network.present(state, Trials(images, np.zeros(3, np.int64)), learn=True)


def test_probability_0_never_fires():
    _, state, outcome = make_runtime_state(0.0, 255)
    assert outcome.signalling.spikes_input == 0
    # The last hidden cell fires without input: only the outputs' biases learn.
    assert outcome.signalling.spikes_hidden > 0
    assert state.layers[0].books.m0.sum() == 0
    assert state.layers[1].books.m0[:-1].sum() == 0
    assert (state.layers[1].books.m0[-1] == 3).all()


def test_probability_1_always_fires_where_white():
    network, _, outcome = make_runtime_state(1.0, 255)
    assert outcome.signalling.spikes_input == 3 * network.n_stimulus * (N_PIXELS + 1)


def test_probability_1_never_fires_where_black():
    network, _, outcome = make_runtime_state(1.0, 0)
    assert outcome.signalling.spikes_input == 3 * network.n_stimulus  # the input that is always on


def test_spike_counts_on_mnist():
    images = load_task("mnist").train
    network = SPIKING(784, 10, MODULE.N_HIDDEN, Plasticity.parse("plain"))
    trials = Trials(images, np.arange(400))
    outcome = network.present(network.initial_state(SEED), trials, learn=False)
    chance = network.p_input * np.pad(images.pixels[:400] / 255, ((0, 0), (0, 1)), constant_values=1)
    mean = network.n_stimulus * chance.sum()
    sd = np.sqrt(network.n_stimulus * (chance * (1 - chance)).sum())
    # 4 standard deviations, which one draw in 16,000 exceeds.
    assert abs(outcome.signalling.spikes_input - mean) < 4 * sd
    n_input, n_hidden = outcome.signalling.spikes_input, outcome.signalling.spikes_hidden
    assert outcome.signalling.synaptic_events == n_input * MODULE.N_HIDDEN + n_hidden * 10
    assert outcome.signalling.macs == 0


def drive_cells(drives, wanted):
    """Run three trials without synapses' help; cell j is driven by ``drives[j]`` thresholds."""
    network = make_network()
    images = Images(np.full((1, N_PIXELS), 255, np.uint8), np.zeros(1, np.uint8))
    values = {
        "hidden.bias": network.v_thresh * np.asarray(drives),
        "input_to_hidden.w": np.zeros((N_PIXELS + 1) * N_HIDDEN),
    }
    stimulus = Stimulus.of(Trials(images, np.zeros(3, np.int64)), SEED)
    return network, RUNNERS["cpp_standalone"](network).run(values, stimulus, wanted)


def test_rate_follows_the_f_i_curve():
    drives = np.array([0, 0.5, 0.9, 1, 1.05, 1.2, 1.5, 2, 2.5, 3, 4, 6, 8])
    network, results = drive_cells(drives, ["hidden.n_active"])
    counts = results["hidden.n_active"] / 3
    silent = drives <= 1
    assert (counts[silent] == 0).all()
    # From v0 a cell with drive I comes to the threshold, 1, after tau ln((I - v0)/(I - 1)), and fires at the
    # next time step; what v has too much then, it keeps. So v0 is between 0 and the rise of one step.
    drive, tau = drives[~silent], network.tau_m_ms
    v0 = (drive - 1) * (1 - np.exp(-1 / tau))
    shortest = tau * np.log((drive - v0) / (drive - 1))
    longest = tau * np.log(drive / (drive - 1)) + 1
    assert (counts[~silent] >= np.floor(network.n_stimulus / longest)).all()
    assert (counts[~silent] <= np.floor(network.n_stimulus / shortest)).all()
    assert (np.diff(counts) >= 0).all()
    assert counts[-1] >= 10


def test_membrane_charges_with_its_time_constant():
    drives = np.linspace(-1, 0.99, N_HIDDEN + 1)
    network, results = drive_cells(drives, ["hidden.v"])
    # From 0 in the first step of the last trial on.
    charge = 1 - np.exp(-(network.n_steps - 1) / network.tau_m_ms)
    np.testing.assert_allclose(results["hidden.v"], network.v_thresh * drives * charge, rtol=1e-12)


def test_output_biases_come_from_a_cell_that_fires_regularly(trials):
    network = make_network()
    state = network.initial_state(SEED)
    state.layers[0].weights[...] = 0
    alone = network.present(state, trials, learn=False).signalling.spikes_hidden
    # Drive of twice the threshold: tau ln 2 = 10.4 ms and a time step at most between two spikes.
    assert alone == 3 * len(trials)


def test_strong_readout_does_not_overflow(trials):
    network = SPIKING(784, 10, MODULE.N_HIDDEN, Plasticity.parse("plain"))
    state = network.initial_state(SEED)
    output = state.layers[1]
    output.weights[...] = np.linspace(-1e6, 1e6, 10, dtype=np.float32)
    output.books = Books.open(output.weights)
    images = load_task("mnist").train
    outcome = network.present(state, Trials(images, np.arange(20)), learn=True)
    assert state.is_finite
    assert (outcome.predictions == 9).all()
    # The error is between -1 and 1, so a change of the output's biases is bounded by its trace.
    longest = network.n_stimulus * network.n_stimulus
    assert state.energies[OUTPUT_LAYER].m1 < 20 * output.weights.size * longest


@pytest.mark.parametrize("rule", ["plain", "largest(0.02)"])
def test_weights_that_are_no_numbers_give_no_answer(rule):
    network = SPIKING(784, 10, MODULE.N_HIDDEN, Plasticity.parse(rule))
    state = network.initial_state(SEED)
    state.layers[1].weights[-1] = np.nan  # the outputs' biases
    outcome = network.present(state, Trials(load_task("mnist").train, np.arange(3)), learn=True)
    assert not state.is_finite
    assert outcome.predictions.tolist() == [-1, -1, -1]


def test_learning_rates_are_per_step_of_the_stimulus():
    network = make_network()
    assert network.learning_rates == {HIDDEN_LAYER: 0.4 / 40, OUTPUT_LAYER: 0.2 / 40}


def test_trial_that_is_too_long():
    with pytest.raises(RequestError, match=r"SpikingNetwork.n_stimulus: must be at most 57, got 58"):
        make_network(n_stimulus=58)
    assert make_network(n_stimulus=57).n_steps == 62
