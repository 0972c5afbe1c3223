"""Totals over time are those of the books at that time."""

import numpy as np
import pytest
from brian2 import Network, NeuronGroup, SpikeGeneratorGroup, StateMonitor, defaultclock, ms, nS, prefs

from bioplast.brian import EnergyMonitor, PlasticSynapses
from bioplast.errors import RequestError


def make(rule, part=slice(None), **options):
    defaultclock.dt = 1 * ms
    rng = np.random.default_rng(4)
    steps, cells = np.nonzero(rng.random((60, 5)) < 0.2)
    source = SpikeGeneratorGroup(5, cells, steps * ms)
    goal = NeuronGroup(4, "v : 1")
    synapses = PlasticSynapses(
        source,
        goal[part],
        "w : siemens",
        proposals={"pre": "(1 + i + 10*j)*nS"},
        plasticity=rule,
        unit=nS,
        every=10 * ms,
        **options,
    )
    synapses.connect(i=[0, 1, 1, 4, 2], j=[0, 0, 1, 1, 1])
    return synapses, Network(source, goal, synapses)


@pytest.mark.parametrize("rule", ["plain", "cache(30, 0.1)", "largest(0.3)"])
@pytest.mark.parametrize("part", [slice(None), slice(1, 4)])
def test_totals_are_sums_of_the_books(rule, part):
    synapses, network = make(rule, part)
    whole, cells = EnergyMonitor(synapses, 7 * ms), EnergyMonitor(synapses, 7 * ms, by_cell=True)
    names = ["plasticity_m0", "plasticity_m1"] + ["plasticity_maintenance"] * ("cache" in rule)
    books = StateMonitor(synapses, names, record=True, dt=7 * ms)
    network.add(whole, cells, books)
    network.run(60 * ms)
    for name in (name.removeprefix("plasticity_") for name in names):
        expected = np.asarray(getattr(books, f"plasticity_{name}")) / (1 if name == "m0" else 1e-9)
        assert expected[:, -1].sum() > 0
        np.testing.assert_allclose(getattr(whole, name), expected.sum(0, keepdims=True), rtol=1e-12)
        onto = np.array([expected[synapses.j[:] == j].sum(0) for j in range(len(synapses.target))])
        np.testing.assert_allclose(getattr(cells, name), onto, rtol=1e-12)
    np.testing.assert_array_equal(whole.t, books.t)
    assert whole.m0.shape == (1, 9)


def test_what_others_wrote_is_a_total_too():
    synapses, network = make("plain")
    monitor = EnergyMonitor(synapses, 10 * ms)
    network.add(monitor, synapses.run_regularly("w += 1*nS*int(t == 5*ms)"))
    network.run(60 * ms)
    assert monitor.external[0, 0] == 0
    assert monitor.external[0, -1] == pytest.approx(5, rel=1e-12)


def test_of_several_variables_one_is_named():
    synapses, _ = make("plain")
    with pytest.raises(RequestError, match="'u' is not plastic; there is w"):
        EnergyMonitor(synapses, 10 * ms, weight="u")


@pytest.mark.slow
def test_in_a_compiled_program(standalone):
    synapses, network = make("cache(30, 0.1)", slice(1, 4))
    whole, cells = EnergyMonitor(synapses, 10 * ms), EnergyMonitor(synapses, 10 * ms, by_cell=True)
    network.add(whole, cells)
    network.run(61 * ms)
    standalone(as_brian_does=False)
    energy = synapses.energy()
    np.testing.assert_allclose(cells.m1.sum(0), whole.m1[0], rtol=1e-12)
    assert cells.m0.sum(0)[-1] == whole.m0[0, -1] == synapses.m0[:].sum() > 0
    assert whole.maintenance[0, -1] == pytest.approx(energy.maintenance, rel=1e-12)
    assert (np.diff(whole.m1[0]) >= 0).all()


def test_openmp_would_add_up_at_the_same_time(standalone):
    synapses, _ = make("plain")
    prefs.devices.cpp_standalone.openmp_threads = 2
    try:
        with pytest.raises(RequestError, match="OpenMP to be off"):
            EnergyMonitor(synapses, 10 * ms, by_cell=True)
    finally:
        prefs.devices.cpp_standalone.openmp_threads = 0
