"""What the benchmark of the library compares is the same learning."""

import numpy as np
import pytest
from brian2 import prefs, second

from benchmarks.library import CASES, DEVICES, FLOORS, RULES
from benchmarks.library_networks import BRIAN

SIZES = {"dense": 3, "song": 1000, "recurrent": 60}


def learn(network, rule):
    """Weights before and after."""
    network = CASES[network].make(rule, SIZES[network])
    (synapses,) = (part for part in network.objects if hasattr(part, "pre_trace"))
    first = np.array(synapses.w)
    network.run(0.2 * second)
    return first, np.array(synapses.w)


@pytest.mark.parametrize("network", SIZES)
def test_only_plain_is_brian_alone(monkeypatch, network):
    monkeypatch.setitem(prefs, "codegen.target", "numpy")
    first, own = learn(network, BRIAN)
    start, declared = learn(network, "plain")
    np.testing.assert_array_equal(first, start)
    assert (own != first).mean() > 0.5
    np.testing.assert_allclose(own, declared, rtol=1e-12)
    for rule in set(RULES) - {"plain"}:
        assert not np.allclose(own, learn(network, rule)[1], rtol=1e-6, atol=0)


def test_every_device_has_floors_and_every_network_a_time_for_it():
    assert set(FLOORS) == set(DEVICES)
    assert all(len(floors) == len(RULES) for floors in FLOORS.values())
    assert set(SIZES) == set(CASES)
    assert all(len(case.seconds) == len(DEVICES) for case in CASES.values())
