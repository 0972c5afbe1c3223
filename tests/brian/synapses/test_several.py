"""Several plastic variables in one synapse, each with a declaration, bounds and books of its own."""

import numpy as np
import pytest
from brian2 import Network, NeuronGroup, SpikeGeneratorGroup, Synapses, defaultclock, ms, nS

from bioplast.brian import PlasticSynapses, Proposal
from bioplast.errors import RequestError

MODEL = "w : 1\nu : siemens"


def make(rule="plain", also=None, **options):
    defaultclock.dt = 1 * ms
    source = SpikeGeneratorGroup(2, [0, 0, 1, 0], [1, 2, 2, 5] * ms)
    goal = NeuronGroup(1, "g : siemens")
    synapses = PlasticSynapses(
        source,
        goal,
        MODEL,
        on_pre="g_post += w*u",
        proposals={"pre": "0.5"},
        plasticity=rule,
        also={"u": {"proposals": {"pre": Proposal("-0.25*nS", first=True)}, "unit": nS} | (also or {})},
        **options,
    )
    synapses.connect()
    synapses.w, synapses.u = 1, 2 * nS
    return synapses, Network(source, goal, synapses), goal


def test_each_is_what_it_is_in_brian_alone():
    synapses, network, goal = make()
    source = SpikeGeneratorGroup(2, [0, 0, 1, 0], [1, 2, 2, 5] * ms)
    theirs_goal = NeuronGroup(1, "g : siemens")
    theirs = Synapses(source, theirs_goal, MODEL, on_pre="u -= 0.25*nS; g_post += w*u; w += 0.5")
    theirs.connect()
    theirs.w, theirs.u = 1, 2 * nS
    network.add(source, theirs_goal, theirs)
    network.run(8 * ms)
    np.testing.assert_array_equal(synapses.w[:], theirs.w[:])
    np.testing.assert_array_equal(synapses.u[:], theirs.u[:])
    assert goal.g[0] == theirs_goal.g[0] > 0 * nS


def test_each_has_books_of_its_own():
    synapses, network, _ = make(
        "cache(0.9)", {"plasticity": "largest(0.4)", "bounds": (1.5 * nS, None)}, every=4 * ms
    )
    network.run(8 * ms)
    first, second = synapses.energy(), synapses.energy("u")
    assert (first.m0, second.m0) == (3, 1)
    assert first.m1 == pytest.approx(2, rel=1e-12)  # 1 crossed, 0.5 and 0.5 are still transient
    # -0.5 is the larger change of the first 4 ms; then one synapse alone proposes any, beyond the bound.
    assert second.m1 == pytest.approx(0.5, rel=1e-12)
    np.testing.assert_array_equal(synapses.u_m0[:], [1, 0])


def test_a_variable_that_is_not_plastic_has_no_energy():
    synapses, network, _ = make()
    network.run(1 * ms)
    with pytest.raises(RequestError, match="'v' is not plastic; there is w, u"):
        synapses.energy("v")


def test_books_are_begun_anew():
    synapses, network, _ = make("cache(0.9)", {"plasticity": "plain"}, every=100 * ms)
    network.run(2 * ms)
    synapses.w = synapses.w[:] + 4
    synapses.reset_books()
    begun = synapses.energy()
    assert (begun.m0, begun.m1, begun.external, begun.maintenance) == (1, 0.5, 0, 0)  # what is transient
    assert synapses.energy("u").m1 == 0
    network.run(6 * ms)
    assert synapses.energy("u").m1 == pytest.approx(3 * 0.25, rel=1e-12)
    assert synapses.energy().m1 == pytest.approx(2, rel=1e-12)
    assert synapses.energy().external == 0
    assert synapses.w[0] == pytest.approx(1 + 4 + 1.5, rel=1e-12)


def test_books_that_are_not_open_cannot_be_begun_anew():
    with pytest.raises(RequestError, match="have not"):
        make()[0].reset_books()


@pytest.mark.slow
def test_in_a_compiled_program(standalone):
    synapses, network, _ = make("cache(0.9)", {"plasticity": "plain"}, every=100 * ms)
    network.run(2 * ms)
    synapses.w = "w + 4"
    synapses.reset_books()
    network.run(6 * ms)
    standalone(as_brian_does=False)
    assert synapses.energy("u").m1 == pytest.approx(3 * 0.25, rel=1e-12)
    assert synapses.energy().m1 == pytest.approx(2, rel=1e-12)
    assert synapses.energy().external == 0
    assert synapses.w[0] == pytest.approx(1 + 4 + 1.5, rel=1e-12)
