import pytest

from bioplast.energy.cortex import V1_NEURONS, V1_SYNAPSES


def test_v1_has_as_many_synapses_a_neuron_as_its_source_says():
    # O'Kusky & Colonnier 1982 give about 2,300 on average.
    assert pytest.approx(2300, rel=0.05) == V1_SYNAPSES / V1_NEURONS
