"""Weights that somebody else writes as well: nothing is lost, and it is booked apart."""

import numpy as np
import pytest
from brian2 import (
    Network,
    NeuronGroup,
    SpikeGeneratorGroup,
    Synapses,
    defaultclock,
    device,
    ms,
    nS,
)

from bioplast.brian import PlasticSynapses

AT = 35  # ms, when somebody else adds 1 to the weight


def by_synapses(synapses, add):
    source = SpikeGeneratorGroup(1, [0], [AT] * ms)
    other = Synapses(source, synapses, on_pre=f"w_post += {add}")
    other.connect()
    return [source, other]


def by_network_operation(synapses, add):
    from brian2 import NetworkOperation

    def change(t):
        if abs(t - AT * ms) < 0.01 * ms:
            synapses.w = synapses.w[:] + (1 if add == "1" else 1 * nS)

    return [NetworkOperation(change)]


def by_run_regularly(synapses, add):
    return [synapses.run_regularly(f"w += {add}*int(abs(t - {AT}*ms) < 0.01*ms)")]


def by_summed_variable(synapses, add):
    source = NeuronGroup(1, "")
    model = f"w_post = {AT - 30}*0.1*{add} : {'1' if add == '1' else 'siemens'} (summed)"
    other = Synapses(source, synapses, model)
    other.connect()
    return [source, other]


WAYS = (by_synapses, by_network_operation, by_run_regularly)


def make(rule, unit=None, change="0.1", n_spikes=5, **options):
    defaultclock.dt = 1 * ms
    size = "1" if unit is None else "siemens"
    source = SpikeGeneratorGroup(1, np.zeros(n_spikes, int), np.arange(1, n_spikes + 1) * 10 * ms)
    goal = NeuronGroup(1, "v : 1")
    change = change if unit is None else f"{change}*nS"
    synapses = PlasticSynapses(
        source, goal, f"w : {size}", proposals={"pre": change}, plasticity=rule, unit=unit, **options
    )
    synapses.connect()
    return synapses, Network(source, goal, synapses)


@pytest.mark.parametrize("unit", [None, nS])
@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(
    "rule", ["plain", "cache(0.15)", "largest(1)", "largest(1) + cache(0.15, per=neuron)"]
)
def test_what_others_add_stays_and_is_booked_apart(rule, way, unit):
    synapses, network = make(rule, unit, every=10 * ms)
    one = 1 if unit is None else unit
    synapses.w = 3 * one
    network.add(way(synapses, "1" if unit is None else "1*nS"))
    network.run(60 * ms)
    assert synapses.w[0] / one == pytest.approx(4.5, rel=1e-12)
    energy = synapses.energy()
    assert energy.external == pytest.approx(1, rel=1e-12)
    assert energy.m1 == pytest.approx(0.5, rel=1e-12)
    assert energy.m1_min == pytest.approx(0.5, rel=1e-12)
    assert energy.m1_min <= energy.m1
    assert energy.m0_min == 1


def test_a_sum_that_somebody_writes_into_the_weight():
    synapses, network = make("plain")
    network.add(by_summed_variable(synapses, "1"))
    network.run(60 * ms)
    assert synapses.energy().m1 == pytest.approx(0.5, rel=1e-12)
    # 0.5 before the first spike; after each of five the sum takes back 0.1.
    assert synapses.energy().external == pytest.approx(0.5 + 5 * 0.1, rel=1e-12)


def test_nobody_looks_where_nobody_else_writes():
    synapses, network = make("cache(0.15)", every=10 * ms)
    network.add(NeuronGroup(1, "w : 1", threshold="False", reset="w += 1"))  # a weight of their own
    network.run(1 * ms)
    assert "plasticity_seen" not in synapses.pre.code
    network.add(by_run_regularly(synapses, "1"))
    network.run(1 * ms)
    assert "plasticity_seen" in synapses.pre.code


@pytest.mark.parametrize("rule", ["plain", "cache(0.3, 0.1)"])
def test_the_minimum_is_over_what_was_booked(rule):
    synapses, network = make(rule, every=10 * ms)
    synapses.w = 1
    network.run(25 * ms)
    synapses.w = 101
    assert synapses.energy().external == pytest.approx(99.8 if rule == "plain" else 99.81, rel=1e-12)
    network.run(35 * ms)
    energy = synapses.energy()
    assert 0 < energy.m1_min <= energy.m1 < 0.51


def test_the_minimum_is_what_learning_came_to_and_not_what_was_set():
    """Learning goes down by 0.4, and somebody up by 100.2: the way back is none of the minimum's."""
    synapses, network = make("plain", change="-0.1", n_spikes=4)
    synapses.w = 1
    network.run(25 * ms)
    synapses.w = 101
    network.run(25 * ms)
    energy = synapses.energy()
    assert synapses.w[0] == pytest.approx(100.8, rel=1e-12)
    assert energy.m1 == energy.m1_min == pytest.approx(0.4, rel=1e-12)
    assert energy.external == pytest.approx(100.2, rel=1e-12)


def test_weights_set_before_anything_is_booked_are_first_weights_to_the_last_digit():
    synapses, network = make("plain")
    synapses.w = 0.1
    network.run(5 * ms)
    synapses.w = 0.3
    network.run(4 * ms)
    energy = synapses.energy()
    assert (energy.m0, energy.m0_min, energy.m1_min) == (0, 0, 0)
    assert synapses.w_initial[0] == 0.3


def test_what_is_transient_stays_so_when_weights_are_scaled():
    synapses, network = make("cache(9)", every=10 * ms)
    network.run(25 * ms)
    transient = synapses.w_transient[0]
    for _ in range(3):
        synapses.w = 2 * synapses.w[0]
        network.run(1 * ms)
    assert synapses.w_transient[0] == transient == 0.2
    assert synapses.m0[0] == 0


@pytest.mark.slow
@pytest.mark.parametrize("rule", ["plain", "cache(0.15)"])
def test_compiled_programs_notice_others_too(standalone, rule):
    synapses, network = make(rule, every=10 * ms)
    synapses.w = 0.25
    network.add(by_synapses(synapses, "1"), by_run_regularly(synapses, "1"))
    network.run(60 * ms)
    synapses.w = 7
    network.run(10 * ms)
    standalone(as_brian_does=False)
    energy = synapses.energy()
    assert synapses.w[0] == 7
    assert energy.external == pytest.approx(2 + 4.25, rel=1e-12)
    assert energy.m1 == pytest.approx(0.5, rel=1e-12)
    assert energy.m1_min == pytest.approx(0.5, rel=1e-12)


@pytest.mark.slow
def test_first_weights_may_be_given_to_a_compiled_program(standalone, tmp_path):
    synapses, network = make("plain")
    synapses.w = 1
    network.run(60 * ms)
    standalone(as_brian_does=False)
    device.run(str(tmp_path), with_output=False, run_args={synapses.w: np.array([5.0])})
    assert synapses.w[0] == pytest.approx(5.5, rel=1e-12)
    energy = synapses.energy()
    assert energy.m1_min == pytest.approx(0.5, rel=1e-12)
    assert energy.external == 0


def test_weights_normalized_as_in_the_page():
    """By lines of Diehl & Cook's kind: the sum onto each cell is kept, and learning is booked alone."""
    from brian2 import network_operation

    defaultclock.dt = 1 * ms
    source = SpikeGeneratorGroup(3, [0, 1, 0, 2], [1, 4, 8, 12] * ms)
    goal = NeuronGroup(2, "v : 1")
    synapses = PlasticSynapses(source, goal, "w : 1", proposals={"pre": "1 + j"}, plasticity="plain")
    synapses.connect()
    synapses.w = "1 + i"

    @network_operation(dt=5 * ms)
    def normalize():
        onto = np.zeros(len(synapses.target))
        np.add.at(onto, synapses.j[:], synapses.w[:])
        synapses.w = synapses.w[:] * (78 / onto)[synapses.j[:]]

    Network(source, goal, synapses, normalize).run(16 * ms)
    energy = synapses.energy()
    assert energy.m0 == 8
    assert energy.m1 == pytest.approx(4 * (1 + 2), rel=1e-12)
    assert energy.m1_min == pytest.approx(4 * (1 + 2), rel=1e-12)  # all in one direction
    assert energy.external > 2 * (78 - 6)
