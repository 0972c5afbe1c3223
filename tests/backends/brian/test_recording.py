"""Recordings of the spiking network: what its cells and synapses did, and what drive does to them."""

import numpy as np
import pytest

from bioplast.backends.brian.drive import compute_rate, drive_cells, measure_answers
from bioplast.backends.brian.observation import compute_traces, observe
from bioplast.backends.brian.recording import Recorder, Spikes
from bioplast.backends.brian.sampled_traces import INPUTS, OUTPUTS, choose, describe_trial
from bioplast.errors import RequestError
from bioplast.plasticity import Plasticity
from bioplast.tasks.task import Images, Trials
from models.spiking import SpikingNetwork

N_PIXELS, N_HIDDEN = 20, 8


def make_network(rule="plain", **settings):
    settings = {"device": "runtime", "dtype": "float64", "sd_hidden": 0.3, **settings}
    return SpikingNetwork(N_PIXELS, 3, N_HIDDEN, Plasticity.parse(rule), **settings)


@pytest.fixture(scope="module")
def images():
    rng = np.random.default_rng(3)
    return Images(rng.integers(0, 256, (6, N_PIXELS), np.uint8), np.array([0, 1, 2, 0, 1, 2], np.uint8))


@pytest.fixture(scope="module")
def trial(images):
    return Trials(images, np.array([4]), first=7)


def see(rule, trial):
    model = make_network(rule)
    return model, observe(Recorder(model), model, model.initial_state(1), trial)


def test_what_the_sum_over_time_proposes_is_what_plain_learning_writes(trial):
    _, seen = see("plain", trial)
    assert np.count_nonzero(seen.written) > N_PIXELS
    np.testing.assert_allclose(seen.proposed, seen.written, rtol=1e-9, atol=1e-15)


def test_a_restricted_rule_writes_the_largest_of_what_is_proposed(trial):
    _, seen = see("largest(0.1)", trial)
    written = seen.written != 0
    assert written.sum() == written.size - round(0.9 * (written.size - 1))
    np.testing.assert_allclose(seen.written[written], seen.proposed[written], rtol=1e-9)
    assert np.abs(seen.proposed[~written]).max() < np.abs(seen.proposed[written]).min()


def test_cells_that_fired_were_above_the_threshold_and_no_others(trial):
    model, seen = see("plain", trial)
    recording = seen.recording
    fired = recording.hidden.to_counts(model.n_steps, N_HIDDEN + 1).astype(bool)
    shown = np.arange(model.n_steps)[:, np.newaxis]
    above = (recording.potential > model.v_thresh) & (shown >= 1) & (shown <= model.n_stimulus)
    assert fired.any()
    np.testing.assert_array_equal(fired, above)


def test_spikes_are_those_that_are_counted_without_a_recorder(images):
    trials = Trials(images, np.array([0, 5]), first=7)
    model = make_network()
    alone = make_network().present(model.initial_state(1), trials, learn=False)
    recording = Recorder(model).record(model.initial_state(1), trials, learn=False)
    assert recording.inputs.steps.size == alone.signalling.spikes_input
    assert recording.hidden.steps.size == alone.signalling.spikes_hidden
    assert len(recording.potential) == len(recording.readout) == 2 * model.n_steps


def test_a_second_recording_holds_nothing_of_the_first(trial):
    model = make_network()
    recorder = Recorder(model)
    first, second = (recorder.record(model.initial_state(1), trial, learn=True) for _ in range(2))
    np.testing.assert_array_equal(first.hidden.steps, second.hidden.steps)
    np.testing.assert_array_equal(first.potential, second.potential)


def test_a_compiled_program_cannot_be_watched():
    with pytest.raises(
        RequestError, match=r"SpikingNetwork\.device: must be 'runtime' to be watched, got 'cpp_"
    ):
        Recorder(make_network(device="cpp_standalone"))


def test_counts_of_spikes():
    counts = Spikes(np.array([0, 2, 2]), np.array([1, 0, 0])).to_counts(3, 2)
    assert counts.tolist() == [[0, 1], [0, 0], [2, 0]]


def test_traces_hold_the_spikes_of_earlier_steps():
    traces = compute_traces(np.array([[1, 0], [0, 2], [1, 0], [0, 0]]), 0.5)
    assert traces.tolist() == [[0, 0], [0.5, 0], [0.25, 1], [0.625, 0.5]]


def test_driven_cells_fire_as_often_as_theory_says_up_to_a_spike(trial):
    model = make_network()
    drive = np.linspace(0.5, 4, N_HIDDEN)
    rates = drive_cells(model, trial, drive)
    one_spike = 1000 / model.n_stimulus
    assert rates[0] == 0
    assert rates[-1] > 5 * one_spike
    # The first spike is late by what is left of a period, and a time step is 1 ms.
    assert np.abs(rates - compute_rate(drive, model.tau_m_ms)).max() < 1.5 * one_spike


def test_rate_at_and_below_the_threshold_is_zero():
    assert compute_rate(np.array([0.0, 1.0]), 20.0).tolist() == [0, 0]
    # exp(interval / tau) = 2 at twice the threshold.
    assert compute_rate(np.array([2.0]), 10.0)[0] == pytest.approx(100 / np.log(2))


def test_mean_drive_is_weight_times_rate_times_tau(images):
    model = make_network(tau_m_ms=10.0)
    state = model.initial_state(1)
    state.layers[0].weights[:] = 0
    state.layers[0].weights[2, 3] = 0.5
    recording = Recorder(model).record(state, Trials(images, np.array([0, 1, 2])), learn=False)
    drive, rate = measure_answers(recording, model, state)
    assert drive.shape == rate.shape == (3, N_HIDDEN)
    for number in range(3):
        here = (recording.inputs.steps // model.n_steps == number) & (recording.inputs.cells == 2)
        assert drive[number, 3] == pytest.approx(0.5 * here.sum() / 50 * 10)
    assert not np.delete(drive, 3, axis=1).any()
    fired = np.bincount(recording.hidden.cells, minlength=N_HIDDEN + 1)[:N_HIDDEN]
    assert rate.sum(axis=0).tolist() == pytest.approx((fired * 20.0).tolist())


def test_excerpt_shows_the_cell_most_written_to(trial):
    _, seen = see("largest(0.1)", trial)
    choice = choose(seen)
    first, second = choice.cells
    assert first != second
    assert np.abs(seen.written[:, first]).sum() == np.abs(seen.written).sum(axis=0).max()
    eligibility = seen.traces.T @ seen.psi[:, first]
    assert eligibility[choice.inputs[0]] == eligibility.max()

    rows = describe_trial(seen, choice, label=1, n_synapses=5)
    panels = {
        panel: [row for row in rows if row["panel"] == panel] for panel in ("changes", "counts", "output")
    }
    assert next(row["unit"] for row in panels["output"] if row["label"] == OUTPUTS[1]) == 1
    sizes = [abs(row["proposed"]) for row in panels["changes"]]
    assert len(sizes) == 5
    assert sizes == sorted(sizes)
    assert sizes[-1] == np.abs(seen.proposed[:, first]).max()
    (counts,) = panels["counts"]
    assert counts["n_written"] == np.count_nonzero(seen.written) < counts["n_proposed"]
    last = [row for row in rows if row["panel"] == "eligibility" and row["label"] == INPUTS[0]][-1]
    assert last["value"] == pytest.approx(eligibility.max())
