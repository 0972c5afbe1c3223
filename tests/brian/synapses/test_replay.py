"""Every rule that can be put on synapses, against its NumPy meaning on the proposals that were logged."""

import numpy as np
import pytest
from brian2 import Network, NeuronGroup, PoissonGroup, StateMonitor, defaultclock, ms, seed
from replayed import replay

from bioplast.brian import PlasticSynapses
from bioplast.errors import RequestError
from bioplast.plasticity import RULES

N_PRE, N_POST, EVERY, N_DECISIONS = 8, 5, 10, 40

# Each with arguments that let some changes through and others not.
TEXTS = {
    "plain": "plain",
    "above": "above(0.3)",
    "largest": "largest(0.2)",
    "smallest": "smallest(0.7)",
    "strongest": "strongest(0.3)",
    "weakest": "weakest(0.3)",
    "random": "random(0.4)",
    "neurons": "neurons(0.5)",
    "largest_error": "largest_error(0.5)",
    "most_active": "most_active(0.5)",
    "fixed": "fixed(0.6)",
    "subnet": "subnet(3)",
    "readout": "readout",
    "cache": "cache(0.6, 0.1)",
}
MORE = [
    "above(0.3, target=0.3, rate=0.2)",
    "above(0.3, target=0.3, rate=0.2, per=synapse)",
    "largest(0.4, per=neuron)",
    "cache(0.9, 0.1, per=neuron)",
    "fixed(0.7) + largest(0.3) + cache(0.4)",
    "subnet(4) + random(0.5) + cache(0.5)",
]


def find_layer(rule):
    return "hidden->output" if rule == "readout" else "input->hidden"


def run(rule):
    """The synapses after ``N_DECISIONS``, and what was proposed before each, (n_decisions, n_synapses)."""
    seed(4)
    defaultclock.dt = 1 * ms
    source = PoissonGroup(N_PRE, "60*Hz")
    goal = NeuronGroup(N_POST, "error : 1\nactivity : 1", threshold="rand() < 0.06")
    goal.error, goal.activity = "sin(3*i + 1)", "cos(5*i)"
    model = "w : 1\ndx/dt = -x/(20*ms) : 1 (event-driven)\ndy/dt = -y/(20*ms) : 1 (event-driven)\ngain : 1"
    synapses = PlasticSynapses(
        source,
        goal,
        model,
        on_pre="x += 0.3",
        on_post="y -= 0.2",
        proposals={"pre": "gain*y", "post": "gain*x"},
        plasticity=rule,
        every=EVERY * ms,
        together=True,
        layer=find_layer(rule),
    )
    synapses.connect()
    synapses.w, synapses.gain = "1 + 0.1*sin(7*i + j)", "1 + 0.01*i + 0.003*j"
    log = StateMonitor(synapses, "plasticity_proposed", record=True, when="end", order=0)
    Network(source, goal, synapses, log).run(EVERY * N_DECISIONS * ms)
    return synapses, np.asarray(log.plasticity_proposed)[:, EVERY - 1 :: EVERY].T


@pytest.mark.parametrize("rule", [*TEXTS.values(), *MORE])
def test_each_synapse_is_as_in_a_replay(rule):
    synapses, proposals = run(rule)
    first = np.array(synapses.w_initial).reshape(N_PRE, N_POST)
    cells = np.array(synapses.target.error), np.array(synapses.target.activity)
    books, weights, transient = replay(rule, proposals, first, cells=cells, layer=find_layer(rule))
    assert books.m0.sum() > 0
    leaves_some = books.m0.sum() < np.count_nonzero(proposals) or not books.m0.all()
    assert leaves_some == (rule not in ("plain", "readout"))
    np.testing.assert_array_equal(synapses.m0[:], books.m0.ravel())
    np.testing.assert_allclose(synapses.m1[:], books.m1.ravel(), rtol=0, atol=1e-12)
    np.testing.assert_allclose(synapses.w[:], (weights + transient).ravel(), rtol=0, atol=1e-12)
    if transient.any():
        np.testing.assert_allclose(synapses.w_transient[:], transient.ravel(), rtol=0, atol=1e-12)
        assert synapses.maintenance[:].sum() == pytest.approx(books.maintenance, rel=1e-12)


def test_all_rules_are_here_but_those_that_synapses_refuse():
    """What is missing has no Brian2 form, asks for right answers, or keeps a memory in cells."""
    mine = {name for name, kind in RULES.items() if kind.__module__.startswith("bioplast.")}
    texts = {
        "lazy": "lazy",
        "reserve": "reserve(0.5)",
        "momentum": "momentum(0.5)",
        "adam": "adam(0.1)",
        "weight_decay": "weight_decay(0.1)",
    }
    assert mine == {*TEXTS, *texts}
    for text in texts.values():
        with pytest.raises(RequestError):
            run(text)
