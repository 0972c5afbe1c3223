"""``from_synapses``: under ``plain`` it is the network that it was made of, bit for bit."""

import numpy as np
import pytest
from brian2 import (
    Network,
    NeuronGroup,
    PoissonGroup,
    SpikeGeneratorGroup,
    SpikeMonitor,
    Synapses,
    defaultclock,
    ms,
    nS,
    seed,
)

from bioplast.brian import PlasticSynapses
from bioplast.errors import RequestError

TRACES = """
    w : siemens
    w_max : siemens (constant)
    dApre/dt = -Apre/(20*ms) : siemens (event-driven)
    dApost/dt = -Apost/(20*ms) : siemens (event-driven)
    balance = Apost - 0.01*nS : siemens
"""
MODELS = {
    "STDP": {
        "model": TRACES,
        "on_pre": "g_post += w\nApre += 0.1*nS\nw = clip(w + Apost, 0*nS, 1*nS)",
        "on_post": "Apost -= 0.105*nS; w = clip(w + Apre, 0*nS, 1*nS)",
    },
    "inhibitory rule, which sends the new weight": {
        "model": TRACES,
        "on_pre": "Apre += 0.1*nS\nw = clip(w + balance, 0*nS, w_max)  # then sent\ng_post += w",
        "on_post": "Apost += 0.1*nS\nw = clip(w + Apre, 0*nS, w_max)",
    },
    "bounds in a line of their own": {
        "model": TRACES,
        "on_pre": "w -= Apost - 0.05*nS; w = clip(w, 0*nS, 1*nS); g_post += w; Apre += 0.1*nS",
        "on_post": None,
    },
    "pathways with names and delays": {
        "model": "w : siemens\nx : 1",
        "on_pre": {"send": "g_post += w", "learn": "x += 1\nw = 0.01*nS*x + w"},
        "delay": {"learn": 3 * ms},
    },
    "no event-driven equation": {
        "model": "dx/dt = -x/(10*ms) : 1 (clock-driven)\nw : siemens",
        "on_pre": "g_post += w; x += 1; w += 0.01*nS*x",
        "method": "exact",
    },
}


def make(model):
    seed(3)
    defaultclock.dt = 1 * ms
    source = PoissonGroup(8, 40 * ms**-1 * 1e-3, name="source")
    goal = NeuronGroup(
        5,
        "dg/dt = -g/(5*ms) : siemens",
        threshold="g > 0.6*nS",
        reset="g = 0*nS",
        method="exact",
        name="goal",
    )
    options = dict(model)
    synapses = Synapses(source, goal[1:], options.pop("model"), **options, name="theirs")
    synapses.connect(condition="i != j")
    synapses.w = "0.2*nS + 0.01*nS*i"
    if "w_max" in synapses.variables:
        synapses.w_max = "0.3*nS + 0.02*nS*j"
    if "pre" not in model.get("delay", {}) and hasattr(synapses, "pre"):
        synapses.pre.delay = "i*ms"
    return source, goal, synapses


@pytest.mark.parametrize("name", MODELS)
def test_plain_is_what_it_was(name):
    states = []
    for rule in (None, "plain"):
        source, goal, synapses = make(MODELS[name])
        first = synapses.w[:].copy()
        if rule:
            synapses = PlasticSynapses.from_synapses(synapses, plasticity=rule, unit=nS)
        spikes = SpikeMonitor(goal)
        Network(source, goal, synapses, spikes).run(300 * ms)
        assert (synapses.w != first).any()
        states.append((np.array(synapses.w), np.array(goal.g), np.array(spikes.t)))
    for theirs, ours in zip(*states, strict=True):
        np.testing.assert_array_equal(theirs, ours)
    assert synapses.energy().m0 > 0


def test_what_is_there_is_taken_over_and_left_alone():
    source, goal, theirs = make(MODELS["STDP"])
    Network(source, goal, theirs).run(100 * ms)
    ours = PlasticSynapses.from_synapses(
        theirs, plasticity="cache(0.1)", unit=nS, every=100 * ms, name="mine"
    )
    for name in ("w", "Apre", "lastupdate", "i", "j"):
        np.testing.assert_array_equal(getattr(ours, name)[:], getattr(theirs, name)[:])
    np.testing.assert_array_equal(ours.pre.delay[:], theirs.pre.delay[:])
    assert ours.name == "mine"
    assert not theirs.active


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("w *= 1.1", "pathway 'pre': 'w \\*= 1.1' is no sum of 'w' and a change"),
        ("w = 2*nS", "'w = 2\\*nS' is no sum"),
        ("w += 1*nS; g_post += w; w -= 1*nS", "pathway 'pre': changes 'w' more than once"),
        ("w += 1*nS; w += 1*nS", "changes 'w' more than once"),
        ("g_post += w; w += x*nS; g_post += w", "changes 'w' between statements that need the order"),
        ("x += 1; w += x*nS; g_post += w", "between statements that need the order; make two pathways of it"),
        ("g_post += w", "no pathway changes 'w'"),
    ],
)
def test_what_cannot_be_told_apart_is_refused(code, message):
    source, goal = SpikeGeneratorGroup(1, [0], [1] * ms), NeuronGroup(1, "g : siemens")
    synapses = Synapses(source, goal, "w : siemens\nx : 1", on_pre=code, name="theirs")
    with pytest.raises(RequestError, match=message):
        PlasticSynapses.from_synapses(synapses, plasticity="plain", unit=nS)


def test_pathways_with_different_bounds():
    source, goal, _ = make(MODELS["STDP"])
    codes = {"a": "w = clip(w + 1*nS, 0*nS, 1*nS)", "b": "w = clip(w + 1*nS, 0*nS, 2*nS)"}
    synapses = Synapses(source, goal, "w : siemens", on_pre=codes)
    with pytest.raises(RequestError, match="between different bounds; say which: bounds="):
        PlasticSynapses.from_synapses(synapses, plasticity="plain", unit=nS)
    made = PlasticSynapses.from_synapses(synapses, plasticity="plain", unit=nS, bounds=(0 * nS, 2 * nS))
    assert [pathway.objname for pathway in made._pathways] == ["a", "b"]


def test_bounds_that_are_computed():
    source, goal = SpikeGeneratorGroup(1, [0], [1] * ms), NeuronGroup(1, "g : siemens")
    names = {"low": 2 * nS}
    code = "w = clip(w + 1*nS, -(2 - 1)*low, 3*low/2 + 2**2*low)"
    synapses = Synapses(source, goal, "w : siemens", on_pre=code, namespace=names)
    made = PlasticSynapses.from_synapses(synapses, plasticity="plain", unit=nS, namespace=names)
    made.connect()
    made.w = 10.5 * nS
    Network(source, goal, made).run(2 * ms)
    assert made.w[0] / nS == pytest.approx(11)


def test_bound_that_is_no_arithmetic_is_refused():
    source, goal, _ = make(MODELS["STDP"])
    synapses = Synapses(
        source, goal, "w : siemens", on_pre="w = clip(w + 1*nS, abs(low), 9*nS)", namespace={"low": 2 * nS}
    )
    with pytest.raises(RequestError, match="must be made of numbers, names"):
        PlasticSynapses.from_synapses(synapses, plasticity="plain", unit=nS, namespace={"low": 2 * nS})


def test_connections_that_only_a_compiled_program_will_know(standalone):
    _, _, synapses = make(MODELS["STDP"])
    with pytest.raises(RequestError, match="call it before connect"):
        PlasticSynapses.from_synapses(synapses, plasticity="plain", unit=nS)
