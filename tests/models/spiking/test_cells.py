"""Cells, spikes and readout of the spiking network, against theory."""

from pathlib import Path

import numpy as np
import pytest

from bioplast import Plasticity
from bioplast.backends.brian.model import RUNNERS
from bioplast.backends.programs.stimulus import Stimulus
from bioplast.energy import Books
from bioplast.errors import RequestError
from bioplast.loading import load_module
from bioplast.tasks import Images, Trials, load_task

MODULE = load_module("model", "spiking", Path(__file__).parents[3])
SPIKING = MODULE.SpikingNetwork

SEED = 5


@pytest.fixture
def show_gray(make_network):
    """A function that shows a network in this process three images of one gray level."""

    def show(p_input, level):
        network = make_network(device="runtime", p_input=p_input)
        images = Images(np.full((1, network.n_pixels), level, np.uint8), np.zeros(1, np.uint8))
        state = network.initial_state(SEED)
        return network, state, network.present(state, Trials(images, np.zeros(3, np.int64)), learn=True)

    return show


def test_probability_0_never_fires(show_gray):
    _, state, outcome = show_gray(0.0, 255)
    assert outcome.signalling.spikes_input == 0
    # The last hidden cell fires without input: only the outputs' biases learn.
    assert outcome.signalling.spikes_hidden > 0
    assert state.layers[0].books.m0.sum() == 0
    assert state.layers[1].books.m0[:-1].sum() == 0
    assert (state.layers[1].books.m0[-1] == 3).all()


def test_probability_1_always_fires_where_white(show_gray):
    network, _, outcome = show_gray(1.0, 255)
    assert outcome.signalling.spikes_input == 3 * network.n_stimulus * (network.n_pixels + 1)


def test_probability_1_never_fires_where_black(show_gray):
    network, _, outcome = show_gray(1.0, 0)
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


@pytest.fixture
def drive_cells(make_network):
    """A function that runs three trials in which only a steady drive reaches the cells, in thresholds."""

    def drive(drives, wanted, device="cpp_standalone", **settings):
        network = make_network(device=device, **settings)
        images = Images(np.full((1, network.n_pixels), 255, np.uint8), np.zeros(1, np.uint8))
        values = {
            "hidden.bias": network.v_thresh * np.asarray(drives),
            "input_to_hidden.w": np.zeros((network.n_pixels + 1) * network.n_hidden),
        }
        stimulus = Stimulus.of(Trials(images, np.zeros(3, np.int64)), SEED)
        return network, RUNNERS[device](network).run(values, stimulus, wanted)

    return drive


def test_rate_follows_the_f_i_curve(drive_cells):
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


def test_refractory_cell_fires_no_sooner_however_strong_the_drive(drive_cells):
    _, results = drive_cells(np.full(13, 800.0), ["hidden.n_active"], "runtime", tau_refrac_ms=7.0)
    # At once in each of three trials and then every seven steps of the forty: 1, 8, 15, 22, 29 and 36.
    assert (results["hidden.n_active"] == 3 * 6).all()


def test_membrane_charges_with_its_time_constant(drive_cells):
    drives = np.linspace(-1, 0.99, 13)
    network, results = drive_cells(drives, ["hidden.v"])
    # From 0 in the first step of the last trial on.
    charge = 1 - np.exp(-(network.n_steps - 1) / network.tau_m_ms)
    np.testing.assert_allclose(results["hidden.v"], network.v_thresh * drives * charge, rtol=1e-12)


def test_output_biases_come_from_a_cell_that_fires_regularly(make_network, trials):
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
    assert state.energies["hidden->output"].m1 < 20 * output.weights.size * longest


def test_learning_does_not_depend_on_what_all_readouts_share(make_network, trials):
    """A softmax is of differences; writing only the largest changes lets all output weights rise together."""
    network = make_network(feedback="random")
    learned = []
    for shared in (0.0, 100.0):
        state = network.initial_state(SEED)
        state.layers[1].weights[...] += shared
        first = state.layers[1].weights.copy()
        predictions = network.present(state, trials, learn=True).predictions
        learned.append((predictions, state.layers[0].weights, state.layers[1].weights - first))
    for alone, together in zip(*learned, strict=True):
        np.testing.assert_allclose(together, alone, rtol=0, atol=1e-9)


@pytest.mark.parametrize("rule", ["plain", "largest(0.02)"])
def test_weights_that_are_no_numbers_give_no_answer(rule):
    network = SPIKING(784, 10, MODULE.N_HIDDEN, Plasticity.parse(rule))
    state = network.initial_state(SEED)
    state.layers[1].weights[-1] = np.nan  # the outputs' biases
    outcome = network.present(state, Trials(load_task("mnist").train, np.arange(3)), learn=True)
    assert not state.is_finite
    assert outcome.predictions.tolist() == [-1, -1, -1]


def test_learning_rates_are_per_step_of_the_stimulus(make_network):
    network = make_network()
    assert network.learning_rates == {"input->hidden": 0.4 / 40, "hidden->output": 0.2 / 40}


def test_trial_that_is_too_long(make_network):
    with pytest.raises(RequestError, match=r"SpikingNetwork.n_stimulus: must be at most 57, got 58"):
        make_network(n_stimulus=58)
    assert make_network(n_stimulus=57).n_steps == 62
