"""One synapse between two cells: what is booked, kept and restored."""

import numpy as np
import pytest
from brian2 import (
    BrianObjectException,
    Network,
    SpikeGeneratorGroup,
    defaultclock,
    ms,
    mV,
)

from bioplast.brian import PlasticSynapses


def make_pair(rule="plain", proposals=None, **options):
    """One synapse, on both sides of which cells fire at 1, 2 and 3 ms; the network."""
    defaultclock.dt = 1 * ms
    source, goal = (SpikeGeneratorGroup(1, [0] * 3, [1, 2, 3] * ms, name=name) for name in ("source", "goal"))
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
