"""Plasticity and books on somebody's own synapses, against books kept by hand."""

import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest
from brian2 import (
    BrianObjectException,
    DimensionMismatchError,
    Network,
    NeuronGroup,
    SpikeGeneratorGroup,
    StateMonitor,
    Synapses,
    defaultclock,
    get_device,
    ms,
    mV,
    nS,
    prefs,
    set_device,
)

from bioplast import Plasticity
from bioplast.brian import PlasticSynapses
from bioplast.energy import Books
from bioplast.errors import RequestError
from bioplast.plasticity import RULES
from bioplast.plasticity.part import Proposal
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
        words = rule.replace("=", "(").replace(" ", "(").split("(")
        self.at_once = not options.get("together") and not CHOOSES.intersection(words)
        self.consolidated, self.transient = np.full(n, FIRST), np.zeros(n)
        self.pre_trace, self.post_trace, self.last, self.proposed = np.zeros((4, n))
        self.books = Books.open(self.consolidated)
        self.plastic, self.gain = self.find_plastic(n), find_gains(connections)
        self.memory = self.rules.selection.memory("input->hidden")
        self.n_decisions = 0

    def find_plastic(self, n):
        path, rng = self.rules.path, make_rng(0, "masks")
        if path is None:
            return np.ones(n, bool)
        if self.is_full:
            return path.mask("input->hidden", (N_PRE, N_POST), rng).ravel()
        return path.mask("input->hidden", (n, 1), rng).ravel()

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
        proposal = Proposal(
            "input->hidden", self.spread(change), w, self.spread(self.plastic), *w[:2], int(key), self.memory
        )
        written = self.rules.selection.mask(proposal) & proposal.plastic & (proposal.delta_w != 0)
        if self.rules.selection.memory("input->hidden").size:
            self.rules.selection.remember(proposal, written)
        change = np.where(self.take(written), change, 0)
        if self.rules.consolidation is not None:
            transient = self.spread(self.transient)
            change = self.take(self.rules.consolidation.absorb(transient, self.spread(change)))
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
                    self.books.maintenance += self.rules.consolidation.wait(self.transient)
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


@pytest.fixture(autouse=True)
def target(request):
    """NumPy, for which nothing is compiled, where no other target is asked for."""
    before = prefs.codegen.target
    prefs.codegen.target = getattr(request, "param", "numpy")
    yield
    prefs.codegen.target = before


@pytest.fixture
def standalone(tmp_path):
    """A function that runs a network of what it is given as a compiled program."""
    previous = get_device()
    set_device("cpp_standalone", directory=str(tmp_path), build_on_run=False)
    device = get_device()
    yield lambda: device.build(directory=str(tmp_path), run=True)
    device.reinit()
    set_device(previous)


@pytest.mark.parametrize(("rule", "connections", "options"), CASES)
def test_books_are_those_kept_by_hand(rule, connections, options):
    synapses, network = make_synapses(rule, connections, options)
    network.run(N_STEPS * ms)
    check_same(synapses, Hand(rule, connections, options).run())


@pytest.mark.slow  # Cython compiles every new piece of code for some seconds
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
    standalone()
    for name, case in cases.items():
        check_same(made[name][0], Hand(*case).run(n_steps))


def test_plain_is_the_network_as_it_was():
    """Bit for bit, with its own monitor and its own names, which rules use as well."""
    defaultclock.dt = 1 * ms
    ending = """
        theta : 1
        rate : 1
        change : siemens (shared)
        """
    source, goal = make_cells(draw_spikes(N_PRE, 1), "source"), make_cells(draw_spikes(N_POST, 2), "goal")
    hers = Synapses(
        source,
        goal,
        STDP["model"] + ending,
        on_pre=STDP["on_pre"] + "; w = w + gain*post_trace",
        on_post=STDP["on_post"] + "; w = w + gain*pre_trace",
        name="hers",
    )
    ours = PlasticSynapses(
        source,
        goal,
        STDP["model"] + ending,
        STDP["on_pre"],
        STDP["on_post"],
        plasticity="plain",
        proposals=PROPOSALS,
        unit=nS,
        name="ours",
    )
    monitors = []
    for synapses in (hers, ours):
        synapses.connect()
        synapses.w, synapses.gain = FIRST * 1e9 * nS, find_gains(ALL)
        synapses.theta, synapses.rate = 7, 8
        monitors.append(StateMonitor(synapses, ["w", "pre_trace"], record=True))
    books = StateMonitor(ours, ["m0", "m1"], record=[0])
    Network(source, goal, hers, ours, *monitors, books).run(N_STEPS * ms)
    np.testing.assert_array_equal(monitors[0].w, monitors[1].w)
    np.testing.assert_array_equal(monitors[0].pre_trace, monitors[1].pre_trace)
    assert np.ptp(np.asarray(monitors[0].w)) > 0
    assert (ours.theta[:] == 7).all()
    assert (ours.rate[:] == 8).all()
    changes = np.diff(monitors[1].w[0] / nS)
    # The monitor sees the end of a step: two writes in one count as one change or as none.
    assert books.m0[0][-1] >= np.count_nonzero(changes)
    assert books.m1[0][-1] / nS >= np.abs(changes).sum() - 1e-12


def make_pair(rule="plain", proposals=None, **options):
    """One synapse, on both sides of which cells fire at 1, 2 and 3 ms; the network."""
    defaultclock.dt = 1 * ms
    source, goal = (make_cells(np.arange(4)[:, None] > 0, name) for name in ("source", "goal"))
    proposals = {"pre": "0.25*mV", "post": "-0.25*mV"} if proposals is None else proposals
    options = {"unit": mV} | options
    synapses = PlasticSynapses(
        source, goal, "w : volt", plasticity=rule, proposals=proposals, name="pair", **options
    )
    synapses.connect()
    synapses.w = 1 * mV
    return synapses, Network(source, goal, synapses)


class TestPair:
    def test_changes_that_cancel_within_a_step_are_booked(self):
        synapses, network = make_pair()
        network.run(4 * ms)
        assert synapses.w[0] == 1 * mV
        energy = synapses.energy()
        assert (energy.m0, energy.m0_min, energy.m1_min) == (6, 0, 0)
        assert energy.m1 == pytest.approx(6 * 0.25, rel=1e-12)
        assert energy.inefficiency_m1 is None

    def test_together_they_are_no_change(self):
        synapses, network = make_pair(every=2 * ms, together=True)
        network.run(4 * ms)
        assert synapses.energy().m0 == 0

    def test_what_happened_at_the_bounds_is_booked(self):
        synapses, network = make_pair(proposals={"post": "-0.6*mV"}, bounds=(0.25 * mV, None))
        network.run(4 * ms)
        assert synapses.w[0] == 0.25 * mV
        energy = synapses.energy()
        assert (energy.m0, energy.m0_min) == (2, 1)
        assert energy.m1 == pytest.approx(0.75, rel=1e-12)

    def test_an_unused_bound_changes_nothing(self):
        synapses, network = make_pair(proposals={"post": "0.5*mV"}, bounds=(None, 9 * mV))
        network.run(4 * ms)
        assert synapses.w[0] / mV == pytest.approx(2.5, rel=1e-12)

    def test_the_transient_part_acts_and_counts_in_the_end(self):
        synapses, network = make_pair("cache(0.6, cost=0.1)", {"post": "0.25*mV"}, every=4 * ms)
        network.run(3 * ms)  # two proposals, of which none has crossed
        assert synapses.w[0] / mV == pytest.approx(1.5, rel=1e-12)
        assert synapses.w_consolidated[0] == 1 * mV
        assert synapses.m0[0] == 0
        energy = synapses.energy()
        assert (energy.m0, energy.m0_min) == (1, 1)
        assert energy.m1 == pytest.approx(0.5, rel=1e-12)
        network.run(1 * ms)  # the third crosses, and then a time is over for which nothing is kept
        assert synapses.w_consolidated[0] / mV == pytest.approx(1.75, rel=1e-12)
        assert synapses.w_transient[0] == 0 * mV
        assert synapses.energy().maintenance == 0

    def test_maintenance_is_charged_each_time(self):
        synapses, network = make_pair("cache(0.6, 0.5, cost=0.1)", {"post": "0.05*mV"}, every=2 * ms)
        network.run(4 * ms)
        # 0.05 after 2 ms, of which half is left; 0.025 + 0.1 after 4 ms.
        assert synapses.energy().maintenance == pytest.approx(0.1 * (0.05 + 0.125), rel=1e-12)
        assert synapses.w_transient[0] / mV == pytest.approx(0.0625, rel=1e-12)

    @pytest.mark.parametrize("rule", ["plain", "largest(1) + cache(0.3, 0.1)"])
    def test_two_runs_are_one(self, rule):
        whole, network = make_pair(rule, every=2 * ms)
        network.run(4 * ms)
        expected = whole.energy(), whole.w[0]
        halves, network = make_pair(rule, every=2 * ms)
        network.run(1 * ms)
        network.run(3 * ms)
        assert (halves.energy(), halves.w[0]) == expected
        assert expected[0].m0 or rule != "plain"

    @pytest.mark.parametrize("rule", ["plain", "cache(0.6)"])
    def test_a_weight_that_is_set_between_runs_is_taken_over_and_not_booked(self, rule):
        synapses, network = make_pair(rule, {"post": "0.25*mV"}, every=4 * ms)
        network.run(2 * ms)
        synapses.w = 3 * mV
        network.run(1 * ms)
        assert synapses.w[0] / mV == pytest.approx(3.25, rel=1e-12)
        assert synapses.m1[0] / mV == pytest.approx(0.5 if rule == "plain" else 0, rel=1e-12)

    def test_a_stored_network_is_restored_with_its_books(self):
        synapses, network = make_pair("cache(0.6)", {"post": "0.25*mV"}, every=4 * ms)
        network.store()
        for first in (1, 2):
            network.restore()
            synapses.w = first * mV
            network.run(4 * ms)
            assert synapses.w_initial[0] == first * mV
            assert synapses.energy().m0 == 1

    def test_a_change_that_rounding_swallows_is_none(self):
        synapses, network = make_pair(proposals={"post": "1e-20*mV"})
        network.run(4 * ms)
        assert synapses.energy().m0 == 0

    def test_single_precision_weights_have_double_books(self):
        synapses, network = make_pair(proposals={"post": "0.1*mV"}, dtype={"w": np.float32})
        network.run(4 * ms)
        weights = np.float32(1e-3) + np.zeros(1, np.float32)
        m1 = 0.0
        for _ in range(3):
            after = np.float32(np.float64(weights) + 1e-4)
            m1 += abs(np.float64(after) - np.float64(weights)).item()
            weights = after
        assert synapses.variables["w"].dtype == np.float32
        np.testing.assert_array_equal(synapses.w[:] / mV, (weights.astype(np.float64) / 1e-3))
        assert synapses.m1[0] / mV == pytest.approx(m1 / 1e-3, rel=1e-14)

    def test_energy_is_in_the_unit(self):
        energies = []
        for unit, theta in ((mV, 0.3), (1e-3 * mV, 300)):
            synapses, network = make_pair(f"cache({theta})", {"post": "0.25*mV"}, every=4 * ms, unit=unit)
            network.run(4 * ms)
            energies.append(synapses.energy())
        assert energies[0].m0 == energies[1].m0 == 2  # one crossing, and what is transient in the end
        assert energies[1].m1 == pytest.approx(1000 * energies[0].m1, rel=1e-12)

    def test_decisions_fall_on_whole_time_steps(self):
        _, network = make_pair("largest(0.5)", every=1.5 * ms)
        with pytest.raises(BrianObjectException) as error:
            network.run(4 * ms)
        assert "every must be a whole number of time steps" in str(error.value.__cause__)


def make_cell(n_cells=N_POST, equations="error : 1\nactivity : 1"):
    return NeuronGroup(n_cells, equations, threshold="False", name="cells")


def make(rule="plain", proposals=None, model="w : 1", connect=(), **options):
    cells = make_cell()
    proposals = {"pre": "0.1"} if proposals is None else proposals
    synapses = PlasticSynapses(cells, cells, model, plasticity=rule, proposals=proposals, **options)
    synapses.connect(*connect)
    return synapses


EXAMPLES = {
    "above": "above(0.1)",
    "smallest": "smallest(0.8)",  # half of the synapses propose 0, which is the smallest change
    "subnet": "subnet(2)",
    "cache": "cache(0.1)",
    **{name: name for name in ("plain", "readout", "lazy")},
}


@pytest.mark.parametrize("name", RULES)
def test_every_rule_runs_or_is_refused_by_name(name):
    rule = EXAMPLES.get(name, f"{name}(0.5)")
    if name == "lazy":
        with pytest.raises(RequestError, match="lazy needs to know right answers"):
            make(rule)
        return
    proposals = {"pre": "0.1*int(i < 2)"}
    cells = NeuronGroup(4, "error = i : 1\nactivity = -i : 1", threshold="t == 1*ms", name="cells")
    defaultclock.dt = 1 * ms
    synapses = PlasticSynapses(
        cells, cells, "w : 1", plasticity=rule, proposals=proposals, every=2 * ms, layer="hidden->output"
    )
    synapses.connect()
    Network(cells, synapses).run(4 * ms)
    # Half of 16 synapses propose the same change; rules that choose have ties, and write all of them.
    assert 0 < synapses.energy().m0 <= 8
    assert (synapses.m0[8:] == 0).all()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"weight": "g"}, "PlasticSynapses 'plasticsynapses': no variable 'g' in the model, which has w"),
        ({"model": "", "name": "hers"}, "'hers': no variable 'w' in the model, which has none"),
        ({"model": "w = 1 : 1"}, "'w' must be a parameter without flags"),
        ({"model": "w : 1 (constant)"}, "'w' must be a parameter without flags"),
        ({"model": "w : 1\nm0 : 1"}, "the model's 'm0' is a name that the rules and the books need"),
        ({"model": "w : siemens"}, "'w' is in S; say in which unit rule and energy are counted"),
        ({"proposals": {}}, "proposals must name a pathway and a change, got none"),
        ({"proposals": {"late": "0.1"}}, "no pathway 'late' to propose a change; there is none"),
        ({"on_pre": {"a": "w += 1"}, "proposals": {"a": "1"}}, "pathway 'a' changes 'w' itself"),
        ({"on_post": "x = 1; w = 2"}, "pathway 'post' changes 'w' itself"),
        ({"rule": "largest(0.1)"}, r"largest\(0.1\) needs times at which to decide, for instance every="),
        ({"rule": "cache(0.1)"}, r"cache\(0.1\) needs times"),
        ({"together": True}, "plain needs times"),
        ({"rule": "largest(1.3)"}, "Largest.fraction: must be in"),
        ({"layer": "output"}, "layer must be 'input->hidden' or 'hidden->output', got 'output'"),
        ({"bounds": (1, 0)}, r"bounds must be \(lowest, highest\)"),
        ({"rule": "subnet(9)"}, "Subnet.units: must be at most the 4 hidden units, got 9"),
        ({"rule": "subnet(2)", "connect": ("i != j",)}, "subnet goes by whole units: connect all to all"),
        ({"rule": "neurons(0.5)", "every": 1 * ms, "connect": (None, [0], [1])}, "neurons goes by"),
    ],
)
def test_what_cannot_be_is_refused_when_it_is_made(options, message):
    with pytest.raises(RequestError, match=message):
        make(**options)


def test_a_target_without_what_the_rule_asks_for():
    cells = make_cell(equations="error : 1")
    with pytest.raises(RequestError, match="needs the variable 'activity', which 'cells' lacks"):
        PlasticSynapses(
            cells, model="w : 1", plasticity="most_active(0.5)", proposals={"pre": "1"}, every=1 * ms
        )


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"proposals": {"pre": "0.1*mV"}}, "pathway 'pre' proposes '0.1\\*mV' as change of 'w'"),
        ({"proposals": {"post": "t"}, "name": "hers"}, "PlasticSynapses 'hers': pathway 'post'"),
        ({"unit": nS}, "unit is not one of 'w'"),
        ({"bounds": (0, 1 * mV)}, "bounds are in another unit"),
        ({"rule": "cache(0.1)", "every": 100}, "every is no time"),
    ],
)
def test_wrong_units_are_refused_when_it_is_made(options, message):
    with pytest.raises(DimensionMismatchError, match=message):
        make(**options)


def test_an_event_that_does_not_exist():
    with pytest.raises(ValueError, match="Source group 'cells' does not define an event 'nap'"):
        make(on_event={"pre": "nap"})


def test_proposals_come_at_events_of_the_users_own():
    defaultclock.dt = 1 * ms
    cells = NeuronGroup(2, "", events={"nap": "t == 2*ms"}, name="cells")
    synapses = PlasticSynapses(
        cells,
        model="w : 1",
        on_pre={"rest": ""},
        on_event={"rest": "nap"},
        plasticity="plain",
        proposals={"rest": "0.5"},
    )
    synapses.connect()
    Network(cells, synapses).run(4 * ms)
    assert (synapses.w[:] == 0.5).all()


def test_energy_before_the_first_run():
    with pytest.raises(RequestError, match="have not"):
        make().energy()


def test_counting_rules_want_to_see_the_synapses_that_standalone_will_make(standalone):
    with pytest.raises(RequestError, match=r"standalone makes these only when it runs; connect\(i=..., j="):
        make("largest(0.5)", every=1 * ms, connect=("i != j",))
    make("largest(0.5)", every=1 * ms, connect=(None, [0, 1], [1, 0]))
    make("above(0.5)", connect=("i != j",), name="local")


def test_openmp_is_refused_where_synapses_compete(standalone):
    synapses = make("largest(0.5)", every=1 * ms)
    before = prefs.devices.cpp_standalone.openmp_threads
    prefs.devices.cpp_standalone.openmp_threads = 2
    try:
        with pytest.raises(BrianObjectException) as error:
            Network(synapses, synapses.source).run(1 * ms)
        assert "OpenMP must be off" in str(error.value.__cause__)
    finally:
        prefs.devices.cpp_standalone.openmp_threads = before


@pytest.mark.parametrize("module", ["bioplast", "bioplast.brian"])
def test_brian2_is_imported_only_by_those_who_need_it(module):
    code = f"import sys, {module}; print('brian2' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_there_is_nothing_else_to_import():
    with pytest.raises(ImportError, match="cannot import name 'Synapses'"):
        exec("from bioplast.brian import Synapses")
