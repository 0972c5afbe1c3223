"""The spiking network against a simulation of its own, step by step."""

import copy

import numpy as np
import pytest

from bioplast.keys import make_keys
from bioplast.numeric.reference import change_layer
from bioplast.numeric.settings import Settings
from bioplast.plasticity.part import Proposal
from bioplast.randomness import make_key
from bioplast.tasks.poisson import trial_keys, uniform

SEED = 5


def draw_spikes(network, trials):
    """(n_trials, n_stimulus, n_inputs) bool."""
    n_inputs = network.n_pixels + 1
    levels = np.pad(trials.images.pixels[trials.indices] / 255, ((0, 0), (0, 1)), constant_values=1)
    if network.spike_trains == "regular":
        # As many spikes by step s as s times the chance, less the phase at which the input begins.
        phase = np.arange(n_inputs, dtype=np.uint32) * np.uint32(0x9E3779B9) / 2.0**32
        steps = np.arange(network.n_stimulus + 1)[:, np.newaxis]
        due = [np.floor(phase + steps * network.p_input * level) for level in levels]
        return np.diff(due, axis=1).astype(bool)
    keys = trial_keys(make_key(SEED, "spikes"), trials.stream, trials.first + np.arange(len(trials)))
    counters = np.arange(1, network.n_stimulus + 1)[:, None] * n_inputs + np.arange(n_inputs)
    chance = network.p_input * levels
    return np.array([uniform(key, counters) < p for key, p in zip(keys, chance, strict=True)])


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


class Simulation:
    """The network's equations, one time step after another, with nothing taken out of the sums.

    The eligibility of a synapse is added up where it stands: e_ij = sum over t of psi_j(t) pre_trace_i(t).
    """

    def __init__(self, network, state, keep):
        self.network, self.keep = network, keep
        self.weights = [layer.weights.copy() for layer in state.layers]
        self.plastic = [layer.plastic for layer in state.layers]
        self.m0 = [np.zeros(weights.shape, int) for weights in self.weights]
        self.m1 = [np.zeros(weights.shape) for weights in self.weights]
        self.n_may_be_rounding = np.zeros(self.weights[0].shape, int)
        self.n_hidden_spikes = 0
        self.B = network.draw_feedback(SEED).astype(float)
        self.bounds = [(-np.inf, np.inf)] * 2
        if network.dale:
            signs = [layer_signs[:, np.newaxis] for layer_signs in network.draw_signs(SEED)]
            self.bounds = [(np.where(s > 0, 0, -np.inf), np.where(s < 0, 0, np.inf)) for s in signs]

    def run_trial(self, spikes, label, *, learn=True):
        """Show one image as ``spikes`` (n_stimulus, n_inputs): the prediction."""
        w_hidden, w_output = self.acting
        decay = np.exp(-1 / self.network.tau_m_ms)
        v_thresh, n_hidden = self.network.v_thresh, w_hidden.shape[1]
        drive = np.append(np.zeros(n_hidden), 2 * v_thresh)  # the last cell's
        v, hidden_trace, hidden_sum = np.zeros((3, n_hidden + 1))
        y, y_sum = np.zeros((2, w_output.shape[1]))
        input_trace, eligibility = np.zeros(len(w_hidden)), np.zeros(w_hidden.shape)
        psi_sum = np.zeros(n_hidden)
        n_output_spikes = np.zeros(w_output.shape[1])
        last, last_output = np.full(n_hidden + 1, -np.inf), np.full(w_output.shape[1], -np.inf)
        for step, fired_inputs in enumerate(spikes):
            ready = step - last >= self.network.tau_refrac_ms
            fired_outputs = np.zeros(w_output.shape[1], bool)
            v = v * decay + drive * (1 - decay)
            input_trace, hidden_trace, y = input_trace * decay, hidden_trace * decay, y * decay
            psi = self.network.gamma * np.maximum(0, 1 - np.abs(v - v_thresh) / v_thresh) * ready
            eligibility += np.outer(input_trace, psi[:-1])
            psi_sum += psi[:-1]
            hidden_sum += hidden_trace
            y_sum += y
            fired = (v > v_thresh) & ready
            last[fired] = step
            if self.network.readout == "spikes":
                fired_outputs = (y > v_thresh) & (step - last_output >= self.network.tau_refrac_ms)
                last_output[fired_outputs] = step
                n_output_spikes += fired_outputs
            v[:-1] += fired_inputs @ w_hidden
            v[fired] -= v_thresh
            y += fired @ w_output
            y[fired_outputs] -= v_thresh
            input_trace += fired_inputs
            hidden_trace += fired
            self.n_hidden_spikes += fired.sum()
        # Both were active but not in the order that counts: 0 here, but P H - S may leave a last digit.
        self.n_may_be_rounding += np.outer(spikes.any(axis=0), psi_sum > 0) & (eligibility == 0)
        readout = n_output_spikes if self.network.readout == "spikes" else y_sum / len(spikes)
        if learn and self.opens(readout, label):
            error = (np.arange(len(readout)) == label) - np.exp(readout) / np.exp(readout).sum()
            rates = self.network.learning_rate, self.network.learning_rate_output
            back = {"symmetric": w_output, "random": self.B, "sign": np.abs(self.B) * np.sign(w_output)}
            hidden_error = (back[self.network.feedback] @ error)[:-1]
            delta_w = rates[0] / len(spikes) * eligibility * hidden_error
            self.change(0, delta_w, hidden_error, hidden_sum[:-1])
            self.change(1, rates[1] / len(spikes) * np.outer(hidden_sum, error), error, readout)
        return int(readout.argmax())

    @property
    def acting(self):
        return self.weights

    def opens(self, readout, label):
        return True

    def change(self, layer, delta_w, error, activity):
        written = self.keep(delta_w, self.plastic[layer]) & self.plastic[layer]
        after = np.clip(self.weights[layer] + np.where(written, delta_w, 0), *self.bounds[layer])
        self.m0[layer] += after != self.weights[layer]
        self.m1[layer] += np.abs(after - self.weights[layer])
        self.weights[layer] = after


class RuledSimulation(Simulation):
    """The same with what the rules mean in NumPy."""

    def __init__(self, network, state):
        super().__init__(network, state, None)
        self.rules, self.layers = network.plasticity, copy.deepcopy(state.layers)
        self.keys, self.trial = make_keys(state, 100), 0

    @property
    def acting(self):
        return [layer.acting for layer in self.layers]

    def opens(self, readout, label):
        return self.rules.gate is None or self.rules.gate.opens(readout, label)

    def change(self, index, delta_w, error, activity):
        layer = self.layers[index]
        proposal = Proposal(
            layer.view,
            delta_w,
            layer.acting,
            error,
            activity,
            int(self.keys[self.trial, index]),
            layer.carried.get("memory", np.zeros(0)),
        )
        change_layer(layer, proposal, self.rules, Settings())

    def run_trial(self, spikes, label, *, learn=True):
        answer = super().run_trial(spikes, label, learn=learn)
        if self.rules.consolidation is not None:
            for layer in self.layers:
                layer.books.maintenance += self.rules.consolidation.decay_step(layer.carried["transient"])
        self.trial += 1
        return answer


# Where two changes are equal, P H - S and the sum over steps may differ in the last digit, and only one of
# them is a tie: the examples are such that none is at the cutoff.
CATALOGUE = [
    "subnet(5) + largest(0.3, per=neuron)",
    "above(0.002, target=0.1, rate=0.3)",
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


@pytest.mark.parametrize("rule", CATALOGUE)
def test_every_rule_does_what_it_means(make_network, trials, rule):
    network = make_network(rule, "runtime")
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
            np.testing.assert_allclose(carried, expected.carried[name], rtol=0, atol=1e-12)


@pytest.mark.parametrize("rule", RULES)
def test_event_driven_eligibility_is_the_sum_over_time_steps(make_network, trials, rule):
    network = make_network(rule)
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
        if rule == "plain" and layer.name == "input->hidden":
            assert (excess >= 0).all()
            assert (excess <= simulation.n_may_be_rounding).all()
            assert excess.sum() < 0.02 * m0.sum()
        else:
            assert (excess == 0).all()


@pytest.mark.parametrize(
    "settings",
    [
        {"feedback": "random", "sd_feedback": 0.3},
        {"feedback": "sign", "sd_feedback": 0.3},
        {"tau_refrac_ms": 3.0},
        {"readout": "spikes"},
        {"readout": "spikes", "tau_refrac_ms": 4.0},
        {"spike_trains": "regular"},
        {"dale": True, "sd_hidden": 0.05},
        {"dale": True, "sd_hidden": 0.05, "feedback": "random", "readout": "spikes", "tau_refrac_ms": 2.0},
    ],
    ids=lambda settings: ", ".join(settings),
)
@pytest.mark.parametrize("rule", ["above(0.002)", "largest(0.1)"])
def test_options_do_what_they_mean(make_network, trials, rule, settings):
    network = make_network(rule, "runtime", **settings)
    state = network.initial_state(SEED)
    simulation = Simulation(network, state, RULES[rule])
    spikes = draw_spikes(network, trials)
    outcome = network.present(state, trials, learn=True)
    expected = [simulation.run_trial(*trial) for trial in zip(spikes, trials.labels, strict=True)]
    assert outcome.predictions.tolist() == expected
    assert outcome.signalling.spikes_input == spikes.sum()
    assert outcome.signalling.spikes_hidden == simulation.n_hidden_spikes > 3 * len(trials)
    ordinary = make_network(rule, "runtime")
    other = ordinary.initial_state(SEED)
    ordinary.present(other, trials, learn=True)
    for index, layer in enumerate(state.layers):
        np.testing.assert_allclose(layer.weights, simulation.weights[index], rtol=0, atol=1e-12)
        np.testing.assert_allclose(layer.books.m1, simulation.m1[index], rtol=0, atol=1e-12)
        np.testing.assert_array_equal(layer.books.m0, simulation.m0[index])
        assert layer.books.m0.any()
    assert not np.allclose(state.layers[0].weights, other.layers[0].weights)


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
