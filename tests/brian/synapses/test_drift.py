"""Weights that follow a differential equation, against their closed form and against Brian2 alone."""

import numpy as np
import pytest
from brian2 import (
    DimensionMismatchError,
    Network,
    NeuronGroup,
    SpikeGeneratorGroup,
    StateMonitor,
    Synapses,
    defaultclock,
    ms,
    nS,
)

from bioplast.brian import PlasticSynapses
from bioplast.errors import RequestError

MODEL = "drho/dt = (goal - rho)/(50*ms) : 1 (clock-driven)\ngoal : 1"
GOALS = np.array([1.0, 0.5, -1.0, 0.02])


def make(rule="plain", dt=1 * ms, model=MODEL, on_pre=None, **options):
    defaultclock.dt = dt
    source, goal = SpikeGeneratorGroup(4, [0], [35] * ms), NeuronGroup(1, "v : 1")
    options = {"weight": "rho", "every": 10 * ms, "method": "exact", "on_pre": on_pre} | options
    synapses = PlasticSynapses(source, goal, model, plasticity=rule, **options)
    synapses.connect()
    synapses.goal = GOALS
    return synapses, Network(source, goal, synapses)


def find_way(start, stop, goal=GOALS):
    """How far the weights go in between, in ms, if left alone."""
    return goal * (np.exp(-start / 50) - np.exp(-stop / 50))


def book_by_hand(resolution, stop):
    """Writes and their sizes: the way is booked at the first of the times at which it is long enough."""
    m0, m1 = np.zeros(4), np.zeros(4)
    for s, goal in enumerate(GOALS):
        seen = 0.0
        for t in range(10, stop + 1, 10):
            now = goal * (1 - np.exp(-t / 50))
            if abs(now - seen) >= resolution:
                m0[s], m1[s], seen = m0[s] + 1, m1[s] + abs(now - seen), now
    return m0, m1


def test_plain_is_brian_alone_and_books_the_way_at_each_time():
    synapses, network = make(on_pre="rho += 0.25")
    theirs = Synapses(
        synapses.source, synapses.target, MODEL, on_pre="rho += 0.25", method="exact", name="theirs"
    )
    theirs.connect()
    theirs.goal = GOALS
    monitors = [StateMonitor(part, "rho", record=True) for part in (synapses, theirs)]
    network.add(theirs, *monitors)
    network.run(100 * ms)
    np.testing.assert_array_equal(monitors[0].rho, monitors[1].rho)
    np.testing.assert_array_equal(synapses.m0[:], [10] * 4)
    np.testing.assert_allclose(synapses.m1[1:], np.abs(find_way(0, 100))[1:], rtol=1e-9)
    energy = synapses.energy()
    assert energy.m1_min == pytest.approx(np.abs(synapses.rho[:]).sum(), rel=1e-12)
    assert energy.external == 0


@pytest.mark.parametrize("dt", [1 * ms, 0.1 * ms])
def test_books_do_not_depend_on_the_time_step(dt):
    synapses, network = make(dt=dt, counts=0.1)
    network.run(300 * ms)
    m0, m1 = book_by_hand(0.1, 300)
    np.testing.assert_array_equal(synapses.m0[:], m0)
    np.testing.assert_allclose(synapses.m1[:], m1, rtol=1e-9)
    np.testing.assert_allclose(synapses.rho[:], find_way(0, 300), rtol=1e-9)  # nothing is taken back
    assert m0[3] == 0 < m0[0]


def test_leaving_a_state_counts():
    synapses, network = make(counts="rho > 0.4", on_pre="rho -= 0.6")
    network.run(100 * ms)
    # Synapse 0 is above 0.4 at 30 ms, is pushed below at 35 ms and is back at 70 ms; synapse 1 at 90 ms.
    np.testing.assert_array_equal(synapses.m0[:], [3, 1, 0, 0])
    assert synapses.m1[1] == pytest.approx(0.5 * (1 - np.exp(-90 / 50)), rel=1e-9)
    assert synapses.energy().m0_min == 2


def test_what_a_rule_does_not_write_is_taken_back():
    synapses, network = make("above(0.12)")
    network.run(20 * ms)
    way = find_way(0, 10)
    written = np.abs(way) >= 0.12
    assert list(written) == [True, False, True, False]
    second = np.where(written, GOALS - way, 0) * (1 - np.exp(-10 / 50))
    expected = np.where(written, way, 0) + np.where(np.abs(second) >= 0.12, second, 0)
    np.testing.assert_allclose(synapses.rho[:], expected, rtol=1e-9)
    np.testing.assert_allclose(synapses.m1[:], np.abs(expected), rtol=1e-9)


def test_a_cache_keeps_the_way_transient():
    synapses, network = make("cache(0.4, cost=0)")
    network.run(100 * ms)
    np.testing.assert_allclose(synapses.rho[:], find_way(0, 100), rtol=1e-9)
    np.testing.assert_array_equal(synapses.m0[:], [2, 1, 2, 0])  # of 0.86 and 0.43
    assert synapses.energy().m1 == pytest.approx(np.abs(find_way(0, 100)).sum(), rel=1e-9)


def test_the_largest_ways_are_written():
    synapses, network = make("largest(0.4)")
    network.run(10 * ms)
    np.testing.assert_array_equal(synapses.m0[:], [1, 0, 1, 0])


def test_off_the_path_nothing_drifts():
    synapses, network = make("fixed(0.5)")
    monitor = StateMonitor(synapses, "rho", record=True)
    network.add(monitor)
    network.run(25 * ms)
    plastic = synapses.plasticity_plastic[:].astype(bool)
    assert 0 < plastic.sum() < 4
    assert (monitor.rho[~plastic] == 0).all()
    np.testing.assert_allclose(synapses.rho[:][plastic], find_way(0, 25)[plastic], rtol=1e-9)


def test_a_weight_set_between_runs_is_no_drift():
    for counts in (None, 0.01):
        synapses, network = make(counts=counts)
        network.run(20 * ms)
        m1 = synapses.m1[:].copy()
        synapses.rho = synapses.rho[:] + 5
        assert synapses.energy().external == pytest.approx(20, rel=1e-12)
        network.run(10 * ms)
        assert synapses.energy().external == pytest.approx(20, rel=1e-12)
        way = np.abs((5 + find_way(0, 20) - GOALS) * (1 - np.exp(-10 / 50)))
        # The last had gone too short a way before, to be counted.
        np.testing.assert_allclose((synapses.m1[:] - m1)[:3], way[:3], rtol=1e-9)


def test_in_units():
    model = "drho/dt = (goal*nS - rho)/(50*ms) : siemens (clock-driven)\ngoal : 1"
    synapses, network = make(model=model, unit=nS, counts=0.1 * nS)
    network.run(100 * ms)
    m0, m1 = book_by_hand(0.1, 100)
    np.testing.assert_array_equal(synapses.m0[:], m0)
    assert synapses.energy().m1 == pytest.approx(m1.sum(), rel=1e-9)
    with pytest.raises(DimensionMismatchError, match="counts is in another unit"):
        make(model=model, unit=nS, counts=0.1)


@pytest.mark.slow
def test_compiled_programs_keep_the_same_books(standalone):
    synapses, network = make(counts="rho > 0.4", on_pre="rho -= 0.6")
    network.run(50 * ms)
    network.run(51 * ms)
    standalone(as_brian_does=False)
    np.testing.assert_array_equal(synapses.m0[:], [3, 1, 0, 0])
    assert synapses.energy().external == 0


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            {"model": MODEL.replace("clock", "event")},
            "'rho' must be a parameter without flags, to be written, or",
        ),
        ({"every": None}, "'rho' drifts: say at which times it is looked at"),
        ({"proposals": {"pre": "1"}}, "'rho' drifts, so nothing else is proposed; change it in code"),
        ({"rule": "above(0.1)", "counts": 0.1}, r"counts says what a write is, and so does above\(0.1\)"),
        ({"counts": 0}, "counts must be a size above 0 or the text of a state, got 0"),
        ({"model": "rho : 1\ngoal : 1", "counts": 0.1}, "counts is for a weight that follows"),
    ],
)
def test_what_cannot_be(options, message):
    with pytest.raises(RequestError, match=message):
        make(**options)
