"""Plasticity and books on somebody's own synapses, against books kept by hand."""

import re
from dataclasses import replace

import numpy as np
import pytest
from brian2 import Network, SpikeGeneratorGroup, StateMonitor, Synapses, defaultclock, ms, nS

from bioplast import Plasticity
from bioplast.brian import PlasticSynapses
from bioplast.energy import Books
from bioplast.plasticity.part import Proposal
from bioplast.plasticity.projection import ProjectionView
from bioplast.randomness import make_key, make_rng
from bioplast.tasks.poisson import trial_keys

N_PRE, N_POST, N_STEPS, EVERY = 6, 4, 300, 20
TAU, UP, DOWN, FIRST = 0.02, 0.012e-9, -0.01e-9, 0.5e-9
BOUNDS = 0.3e-9, 0.65e-9

STDP = {
    "model": """
        w : siemens
        gain : 1 (constant)
        dpre_trace/dt = -pre_trace/(20*ms) : siemens (event-driven)
        dpost_trace/dt = -post_trace/(20*ms) : siemens (event-driven)
        """,
    "on_pre": "pre_trace += 0.012*nS",
    "on_post": "post_trace -= 0.01*nS",
}
# Without gains synapses from one cell would tie but for the last digit: which is larger, an accident.
PROPOSALS = {"pre": "gain*post_trace", "post": "gain*pre_trace"}
ALL = {}
# Two synapses from 4 to 1, none onto 3.
SOME = {"i": [4, 0, 0, 1, 2, 2, 3, 4, 4, 5, 5], "j": [1, 2, 0, 0, 1, 0, 2, 1, 0, 1, 2]}

# The rules and how their proposals come: decided on one by one, or 20 ms of them together.
CASES = [
    ("plain", ALL, {}),
    ("plain", SOME, {"every": EVERY * ms, "together": True}),
    ("above(0.006)", SOME, {}),
    ("above(0.01)", ALL, {"every": EVERY * ms, "together": True}),
    ("above(0.01, target=0.2, rate=0.3)", ALL, {"every": EVERY * ms}),
    ("above(0.006, 0.3, rate=0.1, per=synapse)", SOME, {}),
    ("fixed(0.7) + above(0.01, 0.3, rate=0.1, per=synapse)", ALL, {"every": EVERY * ms, "together": True}),
    ("fixed(0.5)", SOME, {}),
    ("fixed(0.7) + largest(0.2)", SOME, {"every": EVERY * ms}),
    ("largest(0.2)", ALL, {"every": EVERY * ms}),
    ("largest(0.4, per=neuron)", SOME, {"every": EVERY * ms}),
    ("smallest(0.8)", ALL, {"every": EVERY * ms}),
    ("strongest(0.3)", SOME, {"every": EVERY * ms}),
    ("weakest(0.3)", ALL, {"every": EVERY * ms}),
    ("random(0.3)", SOME, {"every": EVERY * ms}),
    ("neurons(0.5)", ALL, {"every": EVERY * ms}),
    ("subnet(2) + largest(0.3)", ALL, {"every": EVERY * ms}),
    ("cache(0.02, 0.1)", SOME, {"every": EVERY * ms}),
    ("above(0.006) + cache(0.02, 0.1)", ALL, {"every": EVERY * ms, "bounds": True}),
    ("cache(0.03, 0.1, per=neuron)", SOME, {"every": EVERY * ms}),
    ("fixed(0.9) + largest(0.5, per=neuron) + cache(0.03, 0.1, per=neuron)", SOME, {"every": EVERY * ms}),
    ("plain", SOME, {"bounds": True}),
    ("largest(0.3)", ALL, {"every": EVERY * ms, "bounds": True}),
]
# What marks a rule that can be decided on only for all synapses together.
CHOOSES = {"target", "per", "largest", "smallest", "strongest", "weakest", "random", "neurons"}


def draw_spikes(n_cells, seed, n_steps=N_STEPS):
    """(n_steps, n_cells) bool; both sides fire in the same step at times."""
    chance = 0.1 if n_steps <= N_STEPS else 0.02
    return np.random.default_rng(seed).random((n_steps, n_cells)) < chance


def make_cells(spikes, name):
    steps, cells = np.nonzero(spikes)
    return SpikeGeneratorGroup(spikes.shape[1], cells, steps * ms, name=name)


def make_synapses(rule, connections, options, n_steps=N_STEPS, name="stdp"):
    """The synapses and the network they are in."""
    defaultclock.dt = 1 * ms
    source = make_cells(draw_spikes(N_PRE, 1, n_steps), f"{name}_source")
    target = make_cells(draw_spikes(N_POST, 2, n_steps), f"{name}_target")
    options = dict(options)
    if options.pop("bounds", False):
        options["bounds"] = (BOUNDS[0] * 1e9 * nS, BOUNDS[1] * 1e9 * nS)
    synapses = PlasticSynapses(
        source, target, **STDP, plasticity=rule, proposals=PROPOSALS, unit=nS, name=name, **options
    )
    synapses.connect(**connections)
    synapses.w = FIRST * 1e9 * nS
    synapses.gain = find_gains(connections)
    return synapses, Network(source, target, synapses)


def find_gains(connections):
    return 1 + 0.01 * np.arange(len(connections["i"]) if connections else N_PRE * N_POST)


class Hand:
    """The same synapses in NumPy, spike by spike."""

    def __init__(self, rule, connections, options):
        parsed = Plasticity.parse(rule)
        parts = [replace(p, theta=p.theta * 1e-9) if hasattr(p, "theta") else p for p in parsed.parts]
        self.rules = Plasticity.of(*parts)
        everything = np.divmod(np.arange(N_PRE * N_POST), N_POST)
        self.i, self.j = (np.array(x) for x in (connections.values() or everything))
        n = self.i.size
        self.is_full = not connections
        # A column for each target cell, so that rules can count within cells.
        self.rows = self.i if self.is_full else np.array([np.sum(self.j[:s] == self.j[s]) for s in range(n)])
        self.low, self.high = BOUNDS if options.get("bounds") else (-np.inf, np.inf)
        words = re.findall(r"\w+", rule)
        is_alone = "synapse" in words or not CHOOSES.intersection(words)
        self.at_once = not options.get("together") and is_alone
        self.consolidated, self.transient = np.full(n, FIRST), np.zeros(n)
        self.pre_trace, self.post_trace, self.last, self.proposed = np.zeros((4, n))
        self.books = Books.open(self.consolidated)
        self.plastic, self.gain = self.find_plastic(n), find_gains(connections)
        view = ProjectionView.whole("input->hidden", (self.rows.max() + 1, N_POST))
        self.memory = self.rules.selection.memory(view)
        self.n_decisions = 0

    def find_plastic(self, n):
        path, rng = self.rules.path, make_rng(0, "masks")
        if path is None:
            return np.ones(n, bool)
        if self.is_full:
            return path.mask(ProjectionView.whole("input->hidden", (N_PRE, N_POST)), rng).ravel()
        return path.mask(ProjectionView.whole("input->hidden", (n, 1)), rng).ravel()

    @property
    def w(self):
        return np.clip(self.consolidated + self.transient, self.low, self.high)

    def spread(self, values):
        matrix = np.zeros((self.rows.max() + 1, N_POST), values.dtype)
        matrix[self.rows, self.j] = values
        return matrix

    def take(self, matrix):
        return matrix[self.rows, self.j]

    def visit(self, s, t, *, pre):
        decay = np.exp(-(t - self.last[s]) / TAU)
        self.pre_trace[s] *= decay
        self.post_trace[s] *= decay
        self.last[s] = t
        if pre:
            self.pre_trace[s] += UP
        else:
            self.post_trace[s] += DOWN
        change = np.zeros(self.i.size)
        change[s] = (self.post_trace if pre else self.pre_trace)[s]
        change *= self.gain * self.plastic
        if self.at_once:
            self.write(change)
        else:
            self.proposed += change

    def write(self, change):
        key = trial_keys(make_key(0, "selection"), 0, np.array([self.n_decisions]))[0]
        w = self.spread(self.w)
        view = ProjectionView("input->hidden", self.spread(self.plastic))
        proposal = Proposal(view, self.spread(change), w, *w[:2], int(key), self.memory)
        written = self.rules.selection.mask(proposal) & proposal.plastic & (proposal.delta_w != 0)
        if self.memory.size:
            self.rules.selection.remember(proposal, written)
        change = np.where(self.take(written), change, 0)
        if self.rules.consolidation is not None:
            transient = self.spread(self.transient)
            change = self.take(self.rules.consolidation.accumulate(transient, self.spread(change)))
            self.transient = self.take(transient)
        after = np.clip(self.consolidated + change, self.low, self.high)
        self.books.record(self.consolidated, after)
        self.consolidated = after

    def run(self, n_steps=N_STEPS):
        spikes = draw_spikes(N_PRE, 1, n_steps), draw_spikes(N_POST, 2, n_steps)
        for step in range(n_steps):
            for side, cells in enumerate((self.i, self.j)):
                fired = np.flatnonzero(spikes[side][step])
                if fired.size:
                    self.visit(np.flatnonzero(np.isin(cells, fired)), step * 1e-3, pre=side == 0)
            if (step + 1) % EVERY == 0:
                if not self.at_once:
                    self.write(self.proposed)
                    self.proposed[:] = 0
                if self.rules.consolidation is not None:
                    self.books.maintenance += self.rules.consolidation.decay_step(self.transient)
                self.n_decisions += 1
        return self

    def energy(self):
        after = np.clip(self.consolidated + self.transient, self.low, self.high)
        self.books.record(self.consolidated, after)
        return self.books.balance(after)


def check_same(synapses, hand):
    assert hand.books.m0.sum() > 0
    np.testing.assert_array_equal(synapses.m0[:], hand.books.m0)
    # In nS, in which they are about 1.
    np.testing.assert_allclose(synapses.w / nS, hand.w * 1e9, rtol=0, atol=1e-12)
    np.testing.assert_allclose(synapses.m1 / nS, hand.books.m1 * 1e9, rtol=0, atol=1e-12)
    energy, expected = synapses.energy(), hand.energy()
    assert (energy.m0, energy.m0_min) == (expected.m0, expected.m0_min)
    for name in ("m1", "m1_min", "maintenance"):
        assert getattr(energy, name) == pytest.approx(getattr(expected, name) * 1e9, abs=1e-12), name


@pytest.mark.parametrize(("rule", "connections", "options"), CASES)
def test_books_are_those_kept_by_hand(rule, connections, options):
    synapses, network = make_synapses(rule, connections, options)
    network.run(N_STEPS * ms)
    check_same(synapses, Hand(rule, connections, options).run())


@pytest.mark.long  # Cython compiles every new piece of code for some seconds
@pytest.mark.parametrize("target", ["cython"], indirect=True)
def test_cython_keeps_the_same_books():
    case = "cache(0.02, 0.1)", SOME, {"every": EVERY * ms}
    synapses, network = make_synapses(*case)
    network.run(N_STEPS * ms)
    check_same(synapses, Hand(*case).run())


@pytest.mark.slow
def test_compiled_programs_keep_the_same_books(standalone):
    # So long that clocks of 1 and of 20 ms have drifted apart by more than Brian2 allows for.
    n_steps = 70_000
    cases = {
        "local": ("above(0.006) + cache(0.02, 0.1)", SOME, {"every": EVERY * ms, "bounds": True}),
        "layer": ("fixed(0.9) + largest(0.3) + cache(0.03, 0.1, per=neuron)", SOME, {"every": EVERY * ms}),
        "drawn": ("random(0.3)", ALL, {"every": EVERY * ms}),
        "moved": ("above(0.01, target=0.2, rate=0.3)", ALL, {"every": EVERY * ms}),
    }
    made = {name: make_synapses(*case, n_steps, name) for name, case in cases.items()}
    network = Network(*(part for _, parts in made.values() for part in parts.objects))
    network.run(n_steps * ms / 2)
    network.run(n_steps * ms / 2)
    standalone(as_brian_does=False)
    for name, case in cases.items():
        check_same(made[name][0], Hand(*case).run(n_steps))


@pytest.mark.long
def test_a_program_that_brian_compiles_keeps_them_too(standalone):
    # Every piece of code is a file of its own then: what competes in one is chosen in another.
    case = "largest(0.3)", ALL, {"every": EVERY * ms}
    synapses, network = make_synapses(*case)
    network.run(N_STEPS * ms)
    standalone(as_brian_does=True)
    check_same(synapses, Hand(*case).run())


def test_plain_is_the_network_as_it_was():
    """Bit for bit, with its own monitor and its own names, which rules use as well."""
    defaultclock.dt = 1 * ms
    own = STDP | {"model": STDP["model"] + "theta : 1\nrate : 1\nchange : siemens (shared)\n"}
    source, goal = make_cells(draw_spikes(N_PRE, 1), "source"), make_cells(draw_spikes(N_POST, 2), "goal")
    written = {f"on_{side}": f"{own[f'on_{side}']}; w = w + {what}" for side, what in PROPOSALS.items()}
    hers = Synapses(source, goal, **own | written, name="hers")
    ours = PlasticSynapses(source, goal, **own, plasticity="plain", proposals=PROPOSALS, unit=nS, name="ours")
    monitors = []
    for synapses in (hers, ours):
        synapses.connect()
        synapses.w, synapses.gain = FIRST * 1e9 * nS, find_gains(ALL)
        synapses.theta, synapses.rate = 7, 8
        monitors.append(StateMonitor(synapses, ["w", "pre_trace"], record=True))
    books = StateMonitor(ours, ["plasticity_m0", "plasticity_m1"], record=[0])
    Network(source, goal, hers, ours, *monitors, books).run(N_STEPS * ms)
    np.testing.assert_array_equal(monitors[0].w, monitors[1].w)
    np.testing.assert_array_equal(monitors[0].pre_trace, monitors[1].pre_trace)
    assert np.ptp(np.asarray(monitors[0].w)) > 0
    assert (ours.theta[:] == 7).all()
    assert (ours.rate[:] == 8).all()
    changes = np.diff(monitors[1].w[0] / nS)
    # The monitor sees the end of a step: two writes in one count as one change or as none.
    assert books.plasticity_m0[0][-1] >= np.count_nonzero(changes)
    assert books.plasticity_m1[0][-1] / nS >= np.abs(changes).sum() - 1e-12
