"""Spikes and potentials of cells, trial by trial."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from bioplast.backends.brian.activity import record
from bioplast.errors import RequestError
from bioplast.tasks import load_task
from bioplast.tasks.task import Trials
from bioplast.training.config import RunConfig
from bioplast.training.run import set_up

ROOT = Path(__file__).parents[3]


@pytest.fixture
def make(patterns):
    """A network, its state, and trials that show some test images."""

    def make(model="spiking", device="runtime", **options):
        config = RunConfig(model, hidden=4, task=str(patterns), device=device, options=options)
        network = set_up(config, project=ROOT).model
        state = network.initial_state(3)
        state.layers[0].weights[...] *= 10  # so that hidden cells fire
        images = load_task(str(patterns)).test
        return network, state, [Trials(images, np.array([2, 3]), 2, 2), Trials(images, np.array([7]), 7, 2)]

    return make


def test_cells_spike_where_their_potential_is_above_the_threshold(make):
    network, state, trials = make()
    spikes = record("spikes", network, state, trials)
    potentials = record("potentials", network, state, trials)
    assert set(spikes["trial"]) == {2, 3, 7}

    def list_events(table, chosen):
        return set(zip(*(table[name][chosen].tolist() for name in ("trial", "cell", "time_ms")), strict=True))

    shown = (potentials["time_ms"] >= 1) & (potentials["time_ms"] <= network.n_stimulus)
    above = (potentials["population"] == "hidden") & (potentials["value"] > network.v_thresh) & shown
    fired = list_events(spikes, spikes["population"] == "hidden")
    assert len(fired) > 10
    assert fired == list_events(potentials, above)


def test_spikes_of_a_trial_depend_on_its_number_alone(make):
    network, state, trials = make()
    together = record("spikes", network, state, trials)
    alone = record("spikes", network, state, trials[1:])
    last = together["trial"] == 7
    for name in ("population", "cell", "time_ms"):
        np.testing.assert_array_equal(np.sort(together[name][last]), np.sort(alone[name]))


def test_recording_changes_no_weight(make):
    network, state, trials = make()
    before = [layer.weights.copy() for layer in state.layers]
    record("spikes", network, state, trials)
    for layer, weights in zip(state.layers, before, strict=True):
        np.testing.assert_array_equal(layer.weights, weights)


@pytest.mark.slow
def test_compiled_network_gives_the_spikes_of_the_runtime_device(make):
    network, state, trials = make(device="cpp_standalone")
    compiled = record("spikes", network, state, trials)
    interpreted = record("spikes", replace(network, device="runtime"), state, trials)
    for name, column in interpreted.items():
        np.testing.assert_array_equal(compiled[name], column)


def test_rates_have_potentials_and_no_spikes(make):
    network, state, trials = make("rate")
    with pytest.raises(RequestError, match="record: rate has no cells that spike; it has potentials"):
        record("spikes", network, state, trials)
    table = record("potentials", network, state, trials)
    assert set(table["population"]) >= {"hidden", "output"}


def test_what_cannot_be_recorded_is_refused(make):
    network, state, trials = make()
    with pytest.raises(RequestError, match="record: must be spikes or potentials, got 'spike'; did you mean"):
        record("spike", network, state, trials)
    with pytest.raises(RequestError, match="record: only networks in Brian2 can be recorded from"):
        record("spikes", object(), state, trials)
