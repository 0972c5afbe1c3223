"""Synapses that a condition or a probability makes, where compiled programs would know them too late."""

import numpy as np
import pytest
from brian2 import Network, NeuronGroup, SpikeGeneratorGroup, device, get_device, ms, set_device

from bioplast.brian import PlasticSynapses
from bioplast.brian.connecting import make_known
from bioplast.errors import RequestError

CONDITIONS = ["i != j", "i < j and not j == 2", "abs(x_pre - x_post) < radius", "i == N_post - 1 or j == 2"]


@pytest.fixture
def uncompiled():
    previous = get_device()
    set_device("cpp_standalone", build_on_run=False)
    yield
    device.reinit()
    set_device(previous)


def make(rule="largest(0.5)", first=0, **options):
    cells = NeuronGroup(12, "x : 1", threshold="False")
    cells.x = np.arange(12) ** 2 / 10
    part = cells[first:]
    options = {"proposals": {"pre": "0.1"}, "every": 5 * ms, "plasticity": rule} | options
    return PlasticSynapses(part, part, "w : 1", **options), cells


@pytest.mark.parametrize("first", [0, 4])
@pytest.mark.parametrize("condition", CONDITIONS)
def test_conditions_make_what_brian_makes(uncompiled, condition, first):
    names = {"radius": 3.0}
    synapses, _ = make(first=first)
    _, i, j, p = make_known(synapses, (condition, None, None, 1.0), 1, names, 0)
    set_device("runtime")
    made, _ = make(first=first)
    made.connect(condition, namespace=names)
    assert (i.tolist(), j.tolist(), p) == (made.i[:].tolist(), made.j[:].tolist(), 1.0)
    assert 0 < i.size < 144


def test_a_probability_is_drawn_by_the_seed(uncompiled):
    def draw(seed):
        synapses, _ = make(plasticity_seed=seed)
        synapses.connect("i != j", p=0.4)
        return set(zip(synapses.i[:], synapses.j[:], strict=True))

    first = draw(0)
    assert first == draw(0) != draw(1)
    assert all(i != j for i, j in first)
    assert abs(len(first) - 0.4 * 132) < 4 * np.sqrt(132 * 0.4 * 0.6)


@pytest.mark.parametrize("arguments", [{"condition": "rand() < 0.5"}, {"p": "0.1*i"}, {"j": "i"}, {"n": 2}])
def test_what_only_the_program_knows_is_refused(uncompiled, arguments):
    synapses, _ = make()
    with pytest.raises(RequestError, match=r"counts synapses, and C\+\+ standalone makes these only"):
        synapses.connect(**arguments)


@pytest.mark.slow
@pytest.mark.parametrize("rule", ["largest(0.25)", "subnet(3)"])
def test_a_program_counts_what_is_there(standalone, rule):
    source = SpikeGeneratorGroup(8, np.arange(8), np.full(8, 1) * ms)
    target = NeuronGroup(8, "v : 1")
    options = {"proposals": {"pre": "0.01*(i + 10*j)"}, "every": 5 * ms, "plasticity": rule}
    synapses = PlasticSynapses(source, target, "w : 1", **options)
    synapses.connect(p=0.5)
    Network(source, target, synapses).run(10 * ms)
    standalone(as_brian_does=False)
    i, j, m0 = np.array(synapses.i[:]), np.array(synapses.j[:]), np.array(synapses.m0[:])
    changes, n = i + 10 * j, i.size
    least = np.sort(changes)[round(0.75 * (n - 1))]
    written = changes >= least if rule == "largest(0.25)" else (j < 3) & (changes > 0)
    assert m0.tolist() == written.astype(int).tolist()
    assert 0 < m0.sum() < n < 64
