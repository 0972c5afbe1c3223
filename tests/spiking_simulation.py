"""The network's equations, one time step after another, with nothing taken out of the sums."""

import copy

import numpy as np

from bioplast.backends.brian.layers import name_synapses
from bioplast.backends.numeric.reference import change_layer
from bioplast.backends.numeric.settings import Settings
from bioplast.keys import make_keys
from bioplast.plasticity.part import Proposal
from bioplast.randomness import make_key
from bioplast.tasks.poisson import mix, trial_keys, uniform

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


def draw_released(network, trials, layer, shape):
    """(n_trials, n_stimulus, n_pre, n_post) bool: whether a spike at a step releases transmitter."""
    keys = trial_keys(make_key(SEED, "spikes"), trials.stream, trials.first + np.arange(len(trials)))
    steps, pre, post = np.meshgrid(
        np.arange(1, network.n_stimulus + 1), *map(np.arange, shape), indexing="ij"
    )
    n_cells = shape[1] + (layer < len(network.graph.hidden))  # hidden cells with the one that is always on
    counters = (steps * shape[0] + pre) * n_cells + post
    keys = mix(keys + np.uint32((layer + 1) * 0x85EBCA6B & 0xFFFFFFFF))
    return np.array([uniform(key, counters) < network.release_probability for key in keys])


class HiddenCells:
    """A hidden population; the last cell fires regularly."""

    def __init__(self, network, n):
        self.network = network
        self.drive = np.append(np.zeros(n), 2 * network.v_thresh)
        self.v, self.trace = np.zeros((2, n + 1))
        self.last = np.full(n + 1, -np.inf)
        self.begin()

    def begin(self):
        """A trial: what is added up in it."""
        self.trace_sum = np.zeros(self.v.size)
        self.psi_sum = np.zeros(self.v.size - 1)

    def advance(self, step, decay):
        """To the next step: which cells fire. What reaches them is added later."""
        network = self.network
        ready = step - self.last >= network.tau_refrac_ms
        self.v = self.v * decay + self.drive * (1 - decay)
        self.trace = self.trace * decay
        distance = np.abs(self.v - network.v_thresh) / network.v_thresh
        self.psi = (network.gamma * np.maximum(0, 1 - distance) * ready)[:-1]
        self.psi_sum += self.psi
        self.trace_sum += self.trace
        self.fired = (self.v > network.v_thresh) & ready
        self.last[self.fired] = step

    def receive(self, drive):
        self.v[:-1] += drive
        self.v[self.fired] -= self.network.v_thresh
        self.trace = self.trace + self.fired


class Simulation:
    """The network, with the eligibility of a synapse added up where it stands.

    It is e_ij = sum over t of psi_j(t) pre_trace_i(t).
    """

    def __init__(self, network, state, keep):
        self.network, self.keep = network, keep
        self.names = [layer.name for layer in state.layers]
        self.weights = [layer.weights.copy() for layer in state.layers]
        self.plastic = [layer.plastic for layer in state.layers]
        self.m0 = [np.zeros(weights.shape, int) for weights in self.weights]
        self.m1 = [np.zeros(weights.shape) for weights in self.weights]
        self.n_may_be_rounding = [np.zeros(weights.shape, int) for weights in self.weights[:-1]]
        self.n_hidden_spikes = 0
        self.released = None  # by layer, in the trial that is shown
        self.rest = self.find_rest()
        self.n_forward = len(network.graph.projections)
        self.B = {name: weights.astype(float) for name, weights in network.draw_feedback(SEED).items()}
        self.bounds = [(-np.inf, np.inf)] * len(self.weights)
        if network.dale:
            signs = [layer_signs[:, np.newaxis] for layer_signs in network.draw_signs(SEED)]
            self.bounds = [(np.where(s > 0, 0, -np.inf), np.where(s < 0, 0, np.inf)) for s in signs]

    def find_rest(self):
        """Cells before the first trial: hidden ones, trace of the inputs, output and its last spikes."""
        *w_hidden, w_output = self.effective[: len(self.network.graph.projections)]
        hidden = [HiddenCells(self.network, w.shape[1]) for w in w_hidden]
        if not self.network.reset:
            for cells in hidden:  # from the first step on, in which nothing is shown
                cells.v = cells.drive * (1 - np.exp(-1 / self.network.tau_m_ms))
        n_outputs = w_output.shape[1]
        return hidden, np.zeros(len(w_hidden[0])), np.zeros(n_outputs), np.full(n_outputs, -np.inf)

    def let_time_pass(self, hidden, input_trace, y, last_output):
        """Cells after a trial, and the steps in which nothing is shown until the next one begins."""
        n_left = self.network.n_steps - self.network.n_stimulus
        decay = np.exp(-n_left / self.network.tau_m_ms)
        for cells in hidden:
            cells.v = cells.v * decay + cells.drive * (1 - decay)
            cells.trace = cells.trace * decay
            cells.last -= self.network.n_steps
        return hidden, input_trace * decay, y * decay, last_output - self.network.n_steps

    def send(self, layer, step, fired, w):
        """What the spikes of a step bring to the cells that ``w`` reaches."""
        p = self.network.release_probability
        if p < 1:
            w = w * self.released[layer][step] / p
        return fired @ w * (self.network.psp_input if layer == 0 else 1)

    def run_trial(self, spikes, label, *, learn=True):
        """Show one image as ``spikes`` (n_stimulus, n_inputs): the prediction."""
        network, (*w_hidden, w_output) = self.network, self.effective[: self.n_forward]
        decay = np.exp(-1 / network.tau_m_ms)
        if network.reset:
            self.rest = self.find_rest()
        hidden, input_trace, y, last_output = self.rest
        for cells in hidden:
            cells.begin()
        eligibility = [np.zeros(w.shape) for w in w_hidden]
        y_sum, n_output_spikes = np.zeros((2, w_output.shape[1]))
        for step, fired_inputs in enumerate(spikes):
            input_trace, y = input_trace * decay, y * decay
            for cells in hidden:
                cells.advance(step, decay)
            traces = [input_trace, *(cells.trace for cells in hidden)]
            for e, trace, cells in zip(eligibility, traces, hidden, strict=False):
                e += np.outer(trace, cells.psi)
            y_sum += y
            fired_outputs = np.zeros(y.size, bool)
            if network.readout == "spikes":
                fired_outputs = (y > network.v_thresh) & (step - last_output >= network.tau_refrac_ms)
                last_output[fired_outputs] = step
                n_output_spikes += fired_outputs
            senders = [fired_inputs, *(cells.fired for cells in hidden)]
            for layer, (cells, fired, w) in enumerate(zip(hidden, senders, w_hidden, strict=False)):
                cells.receive(self.send(layer, step, fired, w))
            y += self.send(len(hidden), step, senders[-1], w_output)
            y[fired_outputs] -= network.v_thresh
            input_trace += fired_inputs
            self.n_hidden_spikes += sum(int(cells.fired.sum()) for cells in hidden)
        eligibility[0][~spikes.any(axis=0)] = 0  # what an earlier trial left of the trace is not learned from
        active = [spikes.any(axis=0), *(cells.trace_sum > 0 for cells in hidden)]
        self.active = active
        for index, cells in enumerate(hidden):
            # Both were active but not in the order that counts: 0 here, but P H - S may leave a last digit.
            both = np.outer(active[index], cells.psi_sum > 0)
            self.n_may_be_rounding[index] += both & (eligibility[index] == 0)
        readout = n_output_spikes if network.readout == "spikes" else y_sum / len(spikes)
        if learn and self.opens(readout, label):
            error = (np.arange(len(readout)) == label) - np.exp(readout) / np.exp(readout).sum()
            self.learn(hidden, eligibility, error, readout)
        self.rest = self.let_time_pass(hidden, input_trace, y, last_output)
        return int(readout.argmax())

    def learn(self, hidden, eligibility, error, readout):
        """Change all synapses by the error of the readout."""
        network, n_steps = self.network, self.network.n_stimulus
        errors = self.send_back(hidden, error)
        activities = [cells.trace_sum[:-1] for cells in hidden]
        eta = network.learning_rate / n_steps
        output = network.learning_rate_output / n_steps * np.outer(hidden[-1].trace_sum, error)
        for index, (e, back, activity) in enumerate(zip(eligibility, errors, activities, strict=True)):
            scale = eta * (network.psp_input if index == 0 else 1)
            self.change(index, scale * e * back, back, activity)
        self.change(len(hidden), output, error, readout)

    def send_back(self, hidden, error):
        """The error of each hidden population."""
        network, n_steps = self.network, self.network.n_stimulus
        if network.feedback == "direct":
            populations = network.graph.hidden
            return [(self.B[f"errors_to_{p.name}"] @ error)[:-1] for p in populations]
        errors = []
        for index in range(len(hidden), 0, -1):
            w, B = self.effective[index], self.B.get(name_synapses(self.names[index]))
            if network.feedback == "learned":
                B = self.weights[self.n_forward + index - 1].T
            signs = None if B is None else np.abs(B) * np.sign(w)
            back = {"symmetric": w, "random": B, "learned": B, "sign": signs}
            errors.insert(0, (back[network.feedback] @ error)[:-1])
            error = errors[0] * hidden[index - 1].psi_sum * network.tau_m_ms / n_steps
        return errors

    @property
    def effective(self):
        return self.weights

    def opens(self, readout, label):
        return True

    def change(self, layer, delta_w, error, activity):
        before, product = self.weights[layer], delta_w
        if self.network.feedback == "learned" and layer > 0:
            decayed = product - self.network.feedback_decay * before
            delta_w = np.where(self.active[layer][:, np.newaxis], decayed, 0)  # silent cells propose nothing
        self.write(layer, delta_w)
        if self.network.feedback == "learned" and layer > 0:
            back = self.n_forward + layer - 1
            moved = self.weights[layer] != before
            moved[-1] = False
            after = self.weights[back] + np.where(
                moved.T, product.T - self.network.feedback_decay * self.weights[back], 0
            )
            self.book(back, after)

    def write(self, layer, delta_w):
        written = self.keep(delta_w, self.plastic[layer]) & self.plastic[layer]
        after = np.clip(self.weights[layer] + np.where(written, delta_w, 0), *self.bounds[layer])
        self.book(layer, after)

    def book(self, layer, after):
        self.m0[layer] += after != self.weights[layer]
        self.m1[layer] += np.abs(after - self.weights[layer])
        self.weights[layer] = after


class RuledSimulation(Simulation):
    """The same with what the rules mean in NumPy."""

    def __init__(self, network, state):
        self.rules, self.layers = network.plasticity, copy.deepcopy(state.layers)
        super().__init__(network, state, None)
        self.keys, self.trial = make_keys(state, 100), 0

    @property
    def effective(self):
        return [layer.effective for layer in self.layers]

    def opens(self, readout, label):
        return self.rules.gate is None or self.rules.gate.opens(readout, label)

    def change(self, index, delta_w, error, activity):
        layer = self.layers[index]
        proposal = Proposal(
            layer.view,
            delta_w,
            layer.effective,
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
