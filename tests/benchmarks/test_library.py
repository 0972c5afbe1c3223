"""What the benchmark of the library compares is the same learning."""

import numpy as np
import pytest
from brian2 import nS, prefs, second

from benchmarks import library


def learn(rule):
    """Weights before and after."""
    network = library.make_network(rule, 3)
    (synapses,) = (part for part in network.objects if hasattr(part, "pre_trace"))
    first = np.array(synapses.w / nS)
    network.run(0.2 * second)
    return first, np.array(synapses.w / nS)


@pytest.mark.parametrize("rule", ["plain", "above(0.0003)"])
def test_a_declaration_that_writes_all_is_brian_alone(monkeypatch, rule):
    monkeypatch.setitem(prefs, "codegen.target", "numpy")
    first, own = learn(library.BRIAN)
    start, declared = learn(rule)
    np.testing.assert_array_equal(first, start)
    assert (own != first).mean() > 0.5
    assert np.allclose(own, declared, rtol=0, atol=1e-12) == (rule == "plain")
