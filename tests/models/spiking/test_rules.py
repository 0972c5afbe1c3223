"""The spiking network against a simulation of its own, step by step."""

from functools import cache

import numpy as np
import pytest
from spiking_simulation import SEED, RuledSimulation, Simulation, draw_released, draw_spikes


def keep_largest(fraction):
    """Of the plastic changes those from 0-based rank round((1 - f)(n - 1)) in ascending order up."""

    def keep(delta_w, plastic):
        sizes = np.sort(np.abs(delta_w[plastic]))
        return np.abs(delta_w) >= sizes[round((1 - fraction) * (sizes.size - 1))]

    return keep


RULES = {
    "plain": lambda delta_w, plastic: np.ones(delta_w.shape, bool),
    "above(0.002)": lambda delta_w, plastic: np.abs(delta_w) >= 0.002,
    "largest(0.1)": keep_largest(0.1),
    "subnet(5) + largest(0.3)": keep_largest(0.3),
}


# Where two changes are equal, P H - S and the sum over steps may differ in the last digit, and only one of
# them is a tie: the examples are such that none is at the cutoff.
CATALOG = [
    "subnet(5) + largest(0.3, per=neuron)",
    "above(0.002, target=0.1, rate=0.3)",
    'above(0.002, target=0.1, rate=0.1, per="neuron")',
    'above(0.003, target=0.3, rate=0.02, output=0.5, per="synapse")',
    "smallest(0.8, output=0.5)",
    "strongest(0.2)",
    "subnet(5) + weakest(0.4)",
    "random(0.2)",
    "fixed(0.5) + random(0.3)",
    "neurons(0.3, output=0.5)",
    "largest_error(0.3)",
    "fixed(0.2) + most_active(0.3, output=0.4)",
    "readout",
    "lazy",
    "lazy(0.5) + largest(0.3)",
    "cache(0.01, 0.1)",
    "cache(0.02, 0.1, per=neuron)",
    "lazy(0.4) + subnet(8) + strongest(0.5) + cache(0.01, 0.1)",
]


# A synapse's threshold moves for what P H - S leaves where it should be 0; with two hidden layers a change
# comes to lie between that threshold and the one of the sum over steps.
DEEP = [rule for rule in CATALOG if 'per="synapse"' not in rule]


@pytest.mark.parametrize(
    ("rule", "hidden"),
    [
        *((rule, 12) for rule in CATALOG),
        *(pytest.param(rule, (12, 9), marks=pytest.mark.long) for rule in DEEP),
    ],
)
def test_every_rule_does_what_it_means(make_network, trials, rule, hidden):
    network = make_network(rule, "runtime", hidden=hidden)
    state = network.initial_state(SEED)
    simulation = RuledSimulation(network, state)
    outcome = network.present(state, trials, learn=True)
    pairs = zip(draw_spikes(network, trials), trials.labels, strict=True)
    assert outcome.predictions.tolist() == [simulation.run_trial(*pair) for pair in pairs]
    assert any(layer.books.m0.any() for layer in state.layers)
    for layer, expected in zip(state.layers, simulation.layers, strict=True):
        np.testing.assert_allclose(layer.weights, expected.weights, rtol=0, atol=1e-12)
        np.testing.assert_allclose(layer.books.m1, expected.books.m1, rtol=0, atol=1e-12)
        assert layer.books.maintenance == pytest.approx(expected.books.maintenance, abs=1e-12)
        # Of changes that should be 0 P H - S may leave a last digit, which is no write in the simulation.
        real = np.abs(expected.books.m1) > 1e-12
        np.testing.assert_array_equal(layer.books.m1 > 1e-12, real)
        for name, carried in layer.carried.items():
            # What P H - S may leave is a change that such a synapse sees.
            is_exact = np.ones(carried.shape, bool)
            if not layer.is_readout and carried.shape == layer.weights.shape:
                is_exact = simulation.n_may_be_rounding[layer.depth] == 0
            np.testing.assert_allclose(
                carried[is_exact], expected.carried[name][is_exact], rtol=0, atol=1e-12
            )


@pytest.mark.parametrize(
    ("rule", "hidden"),
    [
        *((rule, 12) for rule in RULES),
        pytest.param("plain", (12, 9), marks=pytest.mark.long),
        ("above(0.002)", (12, 9, 7)),
    ],
)
def test_event_driven_eligibility_is_the_sum_over_time_steps(make_network, trials, rule, hidden):
    network = make_network(rule, hidden=hidden)
    state = network.initial_state(SEED)
    simulation = Simulation(network, state, RULES[rule])
    outcome = network.present(state, trials, learn=True)
    spikes = draw_spikes(network, trials)
    expected = [simulation.run_trial(*trial) for trial in zip(spikes, trials.labels, strict=True)]

    assert outcome.predictions.tolist() == expected
    assert outcome.signalling.spikes_input == spikes.sum()
    assert outcome.signalling.spikes_hidden == simulation.n_hidden_spikes > 5 * len(trials)
    for layer, weights, m0, m1 in zip(
        state.layers, simulation.weights, simulation.m0, simulation.m1, strict=True
    ):
        moved = np.abs(weights - layer.books.initial)
        assert moved.max() > 0.01  # against which 1e-12 is small
        np.testing.assert_allclose(layer.weights, weights, rtol=0, atol=1e-12)
        np.testing.assert_allclose(layer.books.m1, m1, rtol=0, atol=1e-12)
        excess = layer.books.m0 - m0
        if rule == "plain" and not layer.is_readout:
            assert (excess >= 0).all()
            assert (excess <= simulation.n_may_be_rounding[layer.depth]).all()
            assert excess.sum() < 0.02 * m0.sum()
        else:
            assert (excess == 0).all()


@pytest.fixture(scope="module")
def learn_ordinarily(make_network, trials):
    """A function that gives the weights onto hidden units of the network without further settings."""

    @cache
    def learn(rule, hidden):
        network = make_network(rule, "runtime", hidden=hidden)
        state = network.initial_state(SEED)
        network.present(state, trials, learn=True)
        return state.layers[0].weights

    return learn


@pytest.mark.parametrize(
    "settings",
    [
        {"feedback": "random", "sd_feedback": 0.3},
        {"feedback": "sign", "sd_feedback": 0.3},
        {"feedback": "direct", "sd_feedback": 0.3},
        {"hidden": (12, 9), "feedback": "random", "sd_feedback": 0.3},
        {"hidden": (12, 9), "feedback": "direct", "sd_feedback": 0.3, "tau_refrac_ms": 2.0},
        {"hidden": (12, 9, 7), "feedback": "sign", "sd_feedback": 0.3, "dale": True, "sd_hidden": 0.05},
        {"tau_refrac_ms": 3.0},
        {"readout": "spikes"},
        {"readout": "spikes", "tau_refrac_ms": 4.0},
        {"spike_trains": "regular"},
        {"dale": True, "sd_hidden": 0.05},
        {"dale": True, "sd_hidden": 0.05, "feedback": "random", "readout": "spikes", "tau_refrac_ms": 2.0},
        {"p_input": 0.1, "psp_input": 3.0},
        {"reset": False, "psp_input": 0.5, "n_pause": 7},
        {"reset": False, "tau_refrac_ms": 4.0, "readout": "spikes", "hidden": (12, 9)},
        {"release_probability": 0.25},
        {"release_probability": 0.6, "hidden": (12, 9), "reset": False},
        {"feedback": "learned", "sd_feedback": 0.3, "feedback_decay": 0.05},
        {"feedback": "learned", "sd_feedback": 0.3, "hidden": (12, 9), "dale": True, "sd_hidden": 0.05},
    ],
    ids=lambda settings: ", ".join(settings),
)
@pytest.mark.parametrize("rule", ["above(0.002)", pytest.param("largest(0.1)", marks=pytest.mark.long)])
def test_options_do_what_they_mean(make_network, trials, learn_ordinarily, rule, settings):
    network = make_network(rule, "runtime", **settings)
    state = network.initial_state(SEED)
    simulation = Simulation(network, state, RULES[rule])
    spikes = draw_spikes(network, trials)
    outcome = network.present(state, trials, learn=True)
    forward = state.layers[: len(network.graph.projections)]
    released = [draw_released(network, trials, layer.depth, layer.weights.shape) for layer in forward]
    expected = []
    for number, trial in enumerate(zip(spikes, trials.labels, strict=True)):
        simulation.released = [layer[number] for layer in released]
        expected.append(simulation.run_trial(*trial))
    assert outcome.predictions.tolist() == expected
    assert outcome.signalling.spikes_input == spikes.sum()
    assert outcome.signalling.spikes_hidden == simulation.n_hidden_spikes > 3 * len(trials)
    for index, layer in enumerate(state.layers):
        np.testing.assert_allclose(layer.weights, simulation.weights[index], rtol=0, atol=1e-12)
        np.testing.assert_allclose(layer.books.m1, simulation.m1[index], rtol=0, atol=1e-12)
        np.testing.assert_array_equal(layer.books.m0, simulation.m0[index])
        assert layer.books.m0.any()
    assert not np.allclose(state.layers[0].weights, learn_ordinarily(rule, settings.get("hidden", 12)))


def test_without_learning_it_only_answers(make_network, trials):
    network = make_network()
    state = network.initial_state(SEED)
    simulation = Simulation(network, state, RULES["plain"])
    outcome = network.present(state, trials, learn=False)
    pairs = zip(draw_spikes(network, trials), trials.labels, strict=True)
    assert outcome.predictions.tolist() == [simulation.run_trial(*pair, learn=False) for pair in pairs]
    assert len(set(outcome.predictions.tolist())) > 1


@pytest.mark.parametrize("rule", ["plain", "subnet(5) + largest(0.3)"])
def test_both_devices_are_one_network(make_network, trials, rule):
    states, outcomes = [], []
    for device in ("cpp_standalone", "runtime"):
        network = make_network(rule, device)
        states.append(network.initial_state(SEED))
        outcomes.append(network.present(states[-1], trials, learn=True))
    np.testing.assert_array_equal(outcomes[0].predictions, outcomes[1].predictions)
    assert outcomes[0].signalling == outcomes[1].signalling
    for layer, other in zip(*(state.layers for state in states), strict=True):
        # NumPy's exp and the compiler's may differ in the last digit.
        np.testing.assert_allclose(layer.weights, other.weights, rtol=0, atol=1e-12)
        np.testing.assert_allclose(layer.books.m1, other.books.m1, rtol=0, atol=1e-12)
        # What P H - S leaves where it should be 0 is rounding, and so is whether it is booked.
        assert np.mean(layer.books.m0 != other.books.m0) < 0.05
        assert layer.books.m0.any()


@pytest.mark.parametrize("rule", ["plain", "above(0.002)", "largest(0.1)"])
def test_learned_feedback_comes_to_be_its_partner_by_one_share_a_write(make_network, trials, rule):
    network = make_network(rule, feedback="learned", sd_feedback=0.3, feedback_decay=0.2)
    state = network.initial_state(SEED)
    forward, back = state.layers[1:]
    apart = back.weights.T - forward.weights
    network.present(state, trials, learn=True)
    n_written = back.books.m0.T
    np.testing.assert_array_equal(n_written[:-1], forward.books.m0[:-1])
    assert n_written[:-1].any()
    assert not n_written[-1].any()  # the unit that is always on gets no errors
    found = (back.weights.T - forward.weights)[:-1]
    np.testing.assert_allclose(found, apart[:-1] * 0.8 ** n_written[:-1], rtol=0, atol=1e-12)
    assert state.energies["output->hidden"].m0 == n_written.sum()
