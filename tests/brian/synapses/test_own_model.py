"""A model does what it does without bioplast: its names, orders, delays, clocks and constants."""

import numpy as np
import pytest
from brian2 import (
    Network,
    NeuronGroup,
    SpikeGeneratorGroup,
    StateMonitor,
    Synapses,
    defaultclock,
    ms,
)

from bioplast.brian import PlasticSynapses, Proposal


@pytest.fixture(autouse=True)
def one_millisecond():
    defaultclock.dt = 1 * ms


def make_source(times, n_cells=1):
    return SpikeGeneratorGroup(n_cells, np.zeros(len(times), int), times * ms, name="source")


def learn(cells, proposals, rule="plain", model="w : 1", **options):
    synapses = PlasticSynapses(*cells, model, proposals=proposals, plasticity=rule, **options)
    synapses.connect()
    return synapses


class TestOrder:
    """Whether a spike meets the weight before or after the change that it makes itself."""

    @pytest.mark.parametrize("first", [True, False])
    def test_a_pathway_sends_the_new_or_the_old_weight(self, first):
        source, goal, theirs_goal = (
            make_source([1, 2, 3, 4]),
            NeuronGroup(1, "v : 1"),
            NeuronGroup(1, "v : 1"),
        )
        lines = ["w = w + 1", "v_post += w"]
        theirs = Synapses(source, theirs_goal, "w : 1", on_pre="\n".join(lines if first else reversed(lines)))
        theirs.connect()
        ours = learn((source, goal), {"pre": Proposal("1", first=first)}, on_pre="v_post += w")
        Network(source, goal, theirs_goal, theirs, ours).run(6 * ms)
        assert ours.w[0] == theirs.w[0] == 4
        assert goal.v[0] == theirs_goal.v[0] == (10 if first else 6)
        assert ours.energy().m0 == 4

    def test_a_pathway_of_its_own_with_a_lower_order_comes_first(self):
        source, goal = make_source([1, 2, 3, 4]), NeuronGroup(1, "v : 1")
        pathways = {"send": "v_post += w", "learn": ""}
        ours = learn((source, goal), {"learn": "1"}, on_pre=pathways)
        ours.learn.order = -1
        Network(source, goal, ours).run(6 * ms)
        assert (ours.w[0], goal.v[0]) == (4, 1 + 2 + 3 + 4)

    def test_first_with_a_consolidation_sends_what_acts_then(self):
        source, goal = make_source([1, 2]), NeuronGroup(1, "v : 1")
        ours = learn(
            (source, goal), {"pre": Proposal("1", first=True)}, "cache(9)", on_pre="v_post += w", every=9 * ms
        )
        Network(source, goal, ours).run(4 * ms)
        assert goal.v[0] == 1 + 2
        assert ours.m0[0] == 0

    def test_the_default_name_leaves_the_order_of_objects_alone(self):
        """Objects of the same slot go by name, and so does what one writes and another reads."""
        values = []
        for make in (
            lambda s, g: Synapses(s, g, "w : 1", on_pre="v_post = 2*v_post + 1"),
            lambda s, g: learn((s, g), {"post": "1"}, on_pre="v_post = 2*v_post + 1"),
        ):
            source = make_source([1])
            goal = NeuronGroup(1, "v : 1", threshold="False")
            mine = make(source, goal)
            if not len(mine):
                mine.connect()
            later = Synapses(source, goal, on_pre="v_post = 3*v_post + 5", name="tail")
            later.connect()
            sooner = Synapses(source, goal, on_pre="v_post = v_post + 7", name="receptors")
            sooner.connect()
            Network(source, goal, mine, later, sooner).run(3 * ms)
            values.append(goal.v[0])
        assert values[0] == values[1] == 3 * (2 * 7 + 1) + 5


class TestNames:
    def test_constants_of_the_names_that_books_have_are_the_users(self):
        m0, m1, w_initial, w_proposed, cutoff, written = 0.1, 0.2, 0.4, 0.8, 1.6, 3.2  # noqa: F841
        source, goal = make_source([1]), NeuronGroup(1, "v : 1")
        ours = learn((source, goal), {"pre": "m0 + m1 + w_initial + w_proposed + cutoff + written"})
        Network(source, goal, ours).run(3 * ms)
        assert ours.w[0] == pytest.approx(6.3, rel=1e-12)
        ours.w = "w_initial"
        assert ours.w[0] == 0.4

    def test_variables_of_the_model_by_these_names_stay(self):
        source, goal = make_source([1]), NeuronGroup(1, "external : 1")
        ours = learn((source, goal), {"pre": "m0"}, model="w : 1\nm0 : 1")
        ours.m0, goal.external = 0.25, 7
        Network(source, goal, ours).run(3 * ms)
        assert ours.w[0] == ours.m0[0] == 0.25
        assert ours.plasticity_m0[0] == ours.energy().m0 == 1
        assert ours.external[0] == 7
        assert ours.m1_[0] == ours.m1[0] == 0.25

    def test_there_is_no_attribute_of_another_name(self):
        ours = learn((make_source([1]), NeuronGroup(1, "v : 1")), {"pre": "1"})
        with pytest.raises(AttributeError, match="m2"):
            _ = ours.m2


def test_a_pathway_that_proposes_keeps_its_delay():
    source, goal = make_source([10]), NeuronGroup(1, "v : 1")
    pathways = {"send": "v_post += w", "late": ""}
    ours = learn((source, goal), {"late": "1"}, on_pre=pathways, delay={"late": 5 * ms})
    monitor = StateMonitor(ours, "w", record=True)
    Network(source, goal, ours, monitor).run(20 * ms)
    assert monitor.t[np.argmax(monitor.w[0] > 0)] == 16 * ms  # seen at the start of the next step


@pytest.mark.parametrize("change", ["0.1  # potentiation", "0.05\n + 0.05 # both\n"])
def test_a_proposal_may_have_comments_and_lines(change):
    source, goal = make_source([1]), NeuronGroup(1, "v : 1")
    ours = learn((source, goal), {"pre": change})
    Network(source, goal, ours).run(3 * ms)
    assert ours.w[0] == 0.1


def test_bounds_of_each_synapse():
    source, goal = SpikeGeneratorGroup(1, [0, 0], [1, 3] * ms), NeuronGroup(2, "v : 1")
    ours = learn(
        (source, goal),
        {"pre": "1"},
        "cache(1.5)",
        model="w : 1\nw_max : 1 (constant)",
        bounds=(None, "w_max"),
        every=9 * ms,
    )
    ours.w_max = [0.75, 8]
    network = Network(source, goal, ours)
    network.run(2 * ms)
    np.testing.assert_array_equal(ours.w[:], [0.75, 1])
    assert ours.energy().m1 == 1.75  # what is transient counts up to the bound
    network.run(2 * ms)
    np.testing.assert_array_equal(ours.w[:], [0.75, 2])
    np.testing.assert_array_equal(ours.m1[:], [0.75, 2])


@pytest.mark.parametrize("rule", ["largest(1)", "cache(0.5)"])
def test_synapses_with_a_clock_of_their_own_decide_at_the_same_times(rule):
    """A clock of the synapses is for their equations; changes are proposed in the cells' steps."""
    weights = []
    for options in ({}, {"dt": 5 * ms}):
        source, goal = make_source([3, 8, 9, 17]), NeuronGroup(1, "v : 1")
        ours = learn((source, goal), {"pre": "1"}, rule, every=10 * ms, name="ours", **options)
        monitor = StateMonitor(ours, "w", record=True, clock=source.clock)
        Network(source, goal, ours, monitor).run(30 * ms)
        weights.append(monitor.w[0])
    np.testing.assert_array_equal(*weights)
    if rule == "largest(1)":  # decided at the end of the step of 9 ms, seen at 10 ms
        assert weights[1][9] == 0
        assert weights[1][10] == 3
