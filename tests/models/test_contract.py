"""What every network of the main comparison must do with every rule of it."""

import copy
import json
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from bioplast import Plasticity
from bioplast.errors import RequestError
from bioplast.loading import load_module
from bioplast.plasticity import RULES
from bioplast.tasks import Trials, load_task

PROJECT = Path(__file__).parents[2]
MODELS = ["ann", "rate", "spiking"]
HIDDEN = 100
RULES_OF_PAPERS = [
    "plain",
    "largest(0.02, output=0.2)",
    "subnet(70)",
    "subnet(70) + largest(0.03, output=0.2)",
    "above(0.0003)",
]
# Thresholds of each cell and of each synapse: what these remember has other shapes than a layer's.
LOCAL = [f"above(0.0003, target={f}, per={per})" for per, f in (("neuron", 0.05), ("synapse", 0.2))]
CASES = [(model, rule) for model in MODELS for rule in (*RULES_OF_PAPERS, *LOCAL)]
IN_BRIAN = ["rate", "spiking"]

TASK = load_task("mnist")
SEED = 11
N_TRIALS, CUT = 240, 101


def make_network(model, rule, n_hidden=None):
    return load_module("model", model, PROJECT).make_network(
        n_pixels=TASK.n_pixels,
        n_classes=TASK.n_classes,
        n_hidden=n_hidden or HIDDEN,
        plasticity=Plasticity.parse(rule),
        device="cpp_standalone",
    )


def make_trials(first=0, last=N_TRIALS, stream=0):
    return Trials(TASK.train, np.arange(first, last), first, stream)


class Case:
    """A network, and what became of it in a run."""

    def __init__(self, model, rule):
        self.model, self.rule = model, rule
        self.network = make_network(model, rule)
        self.state, self.outcome = self.run()

    def run(self, seed=SEED, *trials):
        state = self.network.initial_state(seed)
        for chunk in trials or (make_trials(),):
            outcome = self.network.present(state, chunk, learn=True)
        return state, outcome


get_case = cache(Case)


# Where rules cost a program each, `make test` looks at some of them.
FEW = {
    "ann": [rule for _, rule in CASES],
    "rate": RULES_OF_PAPERS[:2],
    "spiking": [*RULES_OF_PAPERS[:4], LOCAL[1]],
}
PARAMS = [
    pytest.param(case, marks=[] if case[1] in FEW[case[0]] else pytest.mark.long, id=": ".join(case))
    for case in CASES
]


@pytest.fixture(params=PARAMS)
def case(request):
    return get_case(*request.param)


def assert_same_state(state, other):
    """Equal to the last bit."""
    assert (state.seed, state.trial) == (other.seed, other.trial)
    for layer, expected in zip(state.layers, other.layers, strict=True):
        np.testing.assert_array_equal(layer.weights, expected.weights)
        np.testing.assert_array_equal(layer.plastic, expected.plastic)
        np.testing.assert_array_equal(layer.books.m0, expected.books.m0)
        np.testing.assert_array_equal(layer.books.m1, expected.books.m1)
        np.testing.assert_array_equal(layer.books.initial, expected.books.initial)
        assert layer.books.maintenance == expected.books.maintenance


def test_network_says_what_it_is(case):
    assert case.network.name == case.model
    assert case.network.n_hidden == HIDDEN
    assert str(case.network.plasticity) == str(Plasticity.parse(case.rule))


def test_shapes_and_dtypes_are_kept(case):
    n_hidden = case.network.n_hidden
    shapes = {"input->hidden": (785, n_hidden), "hidden->output": (n_hidden + 1, 10)}
    for state in (case.network.initial_state(SEED), case.state):
        assert [layer.name for layer in state.layers] == list(shapes)
        for layer in state.layers:
            books = layer.books
            arrays = (layer.weights, layer.plastic, books.initial, books.m0, books.m1)
            assert {array.shape for array in arrays} == {shapes[layer.name]}
            assert [array.dtype for array in arrays] == [np.float32, bool, np.float32, np.int64, np.float64]


def test_predictions_are_classes(case):
    assert case.outcome.predictions.shape == (N_TRIALS,)
    assert case.outcome.predictions.dtype == np.int64
    assert case.outcome.predictions.min() >= 0
    assert case.outcome.predictions.max() < TASK.n_classes
    assert len(set(case.outcome.predictions.tolist())) > 1


def test_trials_are_counted(case):
    assert case.network.initial_state(SEED).trial == 0
    assert case.state.trial == N_TRIALS


def test_no_way_is_shorter_than_the_straight_one(case):
    for energy in case.state.energies.values():
        assert energy.m0 >= energy.m0_min > 0
        # Both are sums of up to 78,500 numbers with 16 digits.
        assert energy.m1 * (1 + 1e-12) >= energy.m1_min > 0


def test_synapses_sum_to_layers_and_layers_to_the_total(case):
    energies = case.state.energies
    total = energies["input->hidden"] + energies["hidden->output"]
    assert total.m0 == sum(int(layer.books.m0.sum()) for layer in case.state.layers)
    assert total.m1 == pytest.approx(sum(layer.books.m1.sum() for layer in case.state.layers), rel=1e-12)
    assert total.m0_min == sum(
        np.count_nonzero(layer.weights != layer.books.initial) for layer in case.state.layers
    )


def test_synapses_that_were_never_or_once_written(case):
    for layer in case.state.layers:
        books = layer.books
        np.testing.assert_array_equal(books.m0 > 0, books.m1 > 0)
        never, once = books.m0 == 0, books.m0 == 1
        if layer.name == "input->hidden":
            assert never.any()
            assert once.any()
        np.testing.assert_array_equal(layer.weights[never], books.initial[never])
        change = layer.weights.astype(np.float64) - books.initial
        np.testing.assert_array_equal(books.m1[once], np.abs(change[once]))


def test_one_trial_is_booked_as_the_change_it_made(case):
    state, n_changes = copy.deepcopy(case.state), 0
    for trial in range(N_TRIALS, N_TRIALS + 3):
        before = copy.deepcopy(state)
        case.network.present(state, make_trials(trial, trial + 1), learn=True)
        for layer, old in zip(state.layers, before.layers, strict=True):
            change = np.abs(layer.weights.astype(np.float64) - old.weights)
            n_changes += np.count_nonzero(change)
            np.testing.assert_array_equal(layer.books.m0 - old.books.m0, change != 0)
            np.testing.assert_array_equal(layer.books.m1, old.books.m1 + change)
    assert n_changes > 0


def test_frozen_synapses_stay(case):
    for layer in case.state.layers:
        frozen = ~layer.plastic
        assert frozen.any() == (case.network.plasticity.path is not None)
        np.testing.assert_array_equal(layer.weights[frozen], layer.books.initial[frozen])
        assert not layer.books.m0[frozen].any()


def test_halves_are_the_whole_and_looking_in_between_changes_nothing(case):
    state = case.network.initial_state(SEED)
    first = case.network.present(state, make_trials(0, CUT), learn=True)
    case.network.present(state, make_trials(0, 50, stream=1), learn=False)
    second = case.network.present(state, make_trials(CUT), learn=True)
    assert_same_state(state, case.state)
    predictions = np.concatenate([first.predictions, second.predictions])
    np.testing.assert_array_equal(predictions, case.outcome.predictions)
    assert first.signalling + second.signalling == case.outcome.signalling


def test_without_learning_nothing_changes(case):
    state = copy.deepcopy(case.state)
    outcome = case.network.present(state, make_trials(0, 100, stream=2), learn=False)
    assert_same_state(state, case.state)
    again = case.network.present(state, make_trials(0, 100, stream=2), learn=False)
    np.testing.assert_array_equal(outcome.predictions, again.predictions)
    assert outcome.signalling == again.signalling


def test_answers_come_before_learning_from_the_trial(case):
    state = case.network.initial_state(SEED)
    first = case.network.present(state, make_trials(0, 1), learn=False)
    assert first.predictions[0] == case.outcome.predictions[0]


def test_same_seed_same_run(case):
    state, outcome = Case(case.model, case.rule).run()
    assert_same_state(state, case.state)
    np.testing.assert_array_equal(outcome.predictions, case.outcome.predictions)
    assert outcome.signalling == case.outcome.signalling


def test_another_seed_another_run(case):
    state, _ = case.run(SEED + 1)
    assert state.seed != case.state.seed
    for layer, other in zip(state.layers, case.state.layers, strict=True):
        assert np.mean(layer.books.initial == other.books.initial) < 0.01
        assert not np.array_equal(layer.books.m0, other.books.m0)


def test_settings_are_json_and_the_same_for_every_rule_and_size(case):
    settings = dict(case.network.settings)
    assert json.loads(json.dumps(settings)) == settings
    assert settings == dict(make_network(case.model, "plain", n_hidden=7).settings)
    assert "learning_rate" in settings


def test_signalling_is_counted(case):
    signalling = case.outcome.signalling
    counts = signalling.to_dict()
    assert all(isinstance(count, int) and count >= 0 for count in counts.values())
    if signalling.spikes_input:
        assert signalling.spikes_hidden > 0
        assert signalling.synaptic_events > signalling.spikes_input
        assert signalling.macs == 0
    else:
        assert signalling.macs > N_TRIALS * 785 * 0.05 * case.network.n_hidden
        assert signalling.synaptic_events == 0


def test_build_is_timed_once(case):
    before = case.network.build_seconds
    assert before > 0
    case.network.present(case.network.initial_state(SEED), make_trials(0, 2), learn=False)
    assert case.network.build_seconds == before


def test_learns(case):
    state = copy.deepcopy(case.state)
    last = 3000
    outcome = case.network.present(state, make_trials(N_TRIALS, last), learn=True)
    labels = make_trials(N_TRIALS, last).labels
    # Chance is 0.1 with a standard error of 0.013.
    assert np.mean(outcome.predictions[-500:] == labels[-500:]) > 0.5


@pytest.mark.parametrize("model", MODELS)
def test_restriction_writes_less(model):
    cases = [get_case(model, rule) for rule in RULES_OF_PAPERS]
    costs = {case.rule: case.state.energies["input->hidden"].m0 for case in cases}
    plain = costs.pop("plain")
    assert max(costs.values()) < plain
    assert min(costs.values()) < 0.2 * plain


@pytest.mark.parametrize("model", MODELS)
def test_path_that_does_not_fit_is_refused(model):
    with pytest.raises(RequestError, match=r"Subnet.units: must be at most the 20 hidden units, got 21"):
        make_network(model, "subnet(21)", n_hidden=20)


@pytest.mark.parametrize("model", IN_BRIAN)
@pytest.mark.parametrize("rule", ["readout", "fixed(0.1)"])
def test_every_path_runs_in_every_network(model, rule):
    network = make_network(model, f"{rule} + largest(0.1)")
    state = network.initial_state(SEED)
    network.present(state, make_trials(0, 20), learn=True)
    assert {"readout", "fixed"} <= set(RULES)
    for layer in state.layers:
        assert not layer.books.m0[~layer.plastic].any()
        assert layer.books.m0.any() == layer.plastic.any()
