"""What can be asked of synapses, and what is refused when they are made."""

import subprocess
import sys

import numpy as np
import pytest
from brian2 import (
    BrianObjectException,
    DimensionMismatchError,
    Network,
    NeuronGroup,
    defaultclock,
    ms,
    mV,
    nS,
    prefs,
)

from bioplast.brian import PlasticSynapses
from bioplast.errors import RequestError
from bioplast.plasticity import RULES


def make_cell(n_cells=4, equations="error : 1\nactivity : 1"):
    return NeuronGroup(n_cells, equations, threshold="False", name="cells")


def make(rule="plain", proposals=None, model="w : 1", connect=(), **options):
    cells = make_cell()
    proposals = {"pre": "0.1"} if proposals is None else proposals
    synapses = PlasticSynapses(cells, cells, model, plasticity=rule, proposals=proposals, **options)
    synapses.connect(*connect)
    return synapses


def test_memory_of_cells_is_refused():
    with pytest.raises(RequestError, match=r"above\(0.1, .*\) has a memory in cells, for which synapses"):
        make("above(0.1, target=0.5, per=neuron)", every=2 * ms)


EXAMPLES = {
    "above": "above(0.1)",
    "smallest": "smallest(0.8)",  # half of the synapses propose 0, which is the smallest change
    "subnet": "subnet(2)",
    "cache": "cache(0.1)",
    **{name: name for name in ("plain", "readout", "lazy")},
}


@pytest.mark.parametrize("name", RULES)
def test_every_rule_runs_or_is_refused_by_name(name):
    rule = EXAMPLES.get(name, f"{name}(0.5)")
    if name == "lazy":
        with pytest.raises(RequestError, match="lazy needs to know right answers"):
            make(rule)
        return
    if name == "reserve":
        with pytest.raises(RequestError, match=r"reserve.* has a memory in cells"):
            make(rule)
        return
    if RULES[name].slot == "transforms":
        with pytest.raises(RequestError, match=f"rule: {name} has no Brian2 form"):
            make(rule)
        return
    proposals = {"pre": "0.1*int(i < 2)"}
    cells = NeuronGroup(4, "error = i : 1\nactivity = -i : 1", threshold="t == 1*ms", name="cells")
    defaultclock.dt = 1 * ms
    synapses = PlasticSynapses(
        cells, cells, "w : 1", plasticity=rule, proposals=proposals, every=2 * ms, layer="hidden->output"
    )
    synapses.connect()
    Network(cells, synapses).run(4 * ms)
    # Half of 16 synapses propose the same change; rules that choose have ties, and write all of them.
    assert 0 < synapses.energy().m0 <= 8
    assert (synapses.m0[8:] == 0).all()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"weight": "g"}, "PlasticSynapses 'synapses': no variable 'g' in the model, which has w"),
        ({"model": "", "name": "hers"}, "'hers': no variable 'w' in the model, which has none"),
        ({"model": "w = 1 : 1"}, "'w' must be a parameter without flags"),
        ({"model": "w : 1 (constant)"}, "'w' must be a parameter without flags"),
        (
            {"model": "w : 1\nplasticity_m0 : 1"},
            "'plasticity_m0' begins as the names that rules and books need",
        ),
        ({"namespace": {"plasticity_low": 1}}, "'plasticity_low' begins as the names"),
        ({"model": "w : siemens"}, "'w' is in S; say in which unit rule and energy are counted"),
        ({"proposals": {}}, "proposals must name a pathway and a change, got none"),
        ({"proposals": {"late": "0.1"}}, "no pathway 'late' to propose a change; there is none"),
        ({"on_pre": {"a": "w += 1"}, "proposals": {"a": "1"}}, "pathway 'a' changes 'w' itself"),
        ({"on_post": "x = 1; w = 2"}, "pathway 'post' changes 'w' itself"),
        (
            {"on_pre": {"send": "", "late": ""}, "delay": {"late": 5 * ms}},
            "no pathway 'pre' to propose a change; there is send, late",
        ),
        ({"proposals": {"pre": " # nothing yet"}}, "pathway 'pre' proposes no change"),
        ({"rule": "largest(0.1)"}, r"largest\(0.1\) needs times at which to decide, for instance every="),
        ({"rule": "cache(0.1)"}, r"cache\(0.1\) needs times"),
        ({"together": True}, "plain needs times"),
        ({"rule": "largest(1.3)"}, "Largest.fraction: must be in"),
        ({"layer": "output"}, "layer must be 'input->hidden' or 'hidden->output', got 'output'"),
        ({"bounds": (1, 0)}, r"bounds must be \(lowest, highest\)"),
        ({"bounds": (0, 1, 2)}, r"bounds must be \(lowest, highest\), got \(0, 1, 2\)"),
        (
            {"bounds": (0, np.array([1.0, 2.0]))},
            "bounds must be single quantities, got an array of 2; for one",
        ),
        (
            {"bounds": (0, "w_max")},
            r"bounds must be quantities or parameters of the model \(w\), got 'w_max'",
        ),
        ({"rule": "subnet(9)"}, "Subnet.units: must be at most the 4 hidden units, got 9"),
        (
            {"rule": "neurons(0.5)", "every": 1 * ms, "connect": ("i != j",)},
            "neurons goes by whole units: connect all to all",
        ),
        ({"rule": "neurons(0.5)", "every": 1 * ms, "connect": (None, [0], [1])}, "neurons goes by"),
    ],
)
def test_what_cannot_be_is_refused_when_it_is_made(options, message):
    with pytest.raises(RequestError, match=message):
        make(**options)


def test_a_target_without_what_the_rule_asks_for():
    cells = make_cell(equations="error : 1")
    with pytest.raises(RequestError, match="needs the variable 'activity', which 'cells' lacks"):
        PlasticSynapses(
            cells, model="w : 1", plasticity="most_active(0.5)", proposals={"pre": "1"}, every=1 * ms
        )


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"proposals": {"pre": "0.1*mV"}}, "pathway 'pre' proposes '0.1\\*mV' as change of 'w'"),
        ({"proposals": {"post": "t"}, "name": "hers"}, "PlasticSynapses 'hers': pathway 'post'"),
        ({"unit": nS}, "unit is not one of 'w'"),
        ({"bounds": (0, 1 * mV)}, "bounds are in another unit"),
        ({"rule": "cache(0.1)", "every": 100}, "every is no time"),
    ],
)
def test_wrong_units_are_refused_when_it_is_made(options, message):
    with pytest.raises(DimensionMismatchError, match=message):
        make(**options)


def test_an_event_that_does_not_exist():
    with pytest.raises(ValueError, match="Source group 'cells' does not define an event 'nap'"):
        make(on_event={"pre": "nap"})


def test_proposals_come_at_events_of_the_users_own():
    defaultclock.dt = 1 * ms
    cells = NeuronGroup(2, "", events={"nap": "t == 2*ms"}, name="cells")
    synapses = PlasticSynapses(
        cells,
        model="w : 1",
        on_pre={"rest": ""},
        on_event={"rest": "nap"},
        plasticity="plain",
        proposals={"rest": "0.5"},
    )
    synapses.connect()
    Network(cells, synapses).run(4 * ms)
    assert (synapses.w[:] == 0.5).all()


def test_energy_before_the_first_run():
    with pytest.raises(RequestError, match="have not"):
        make().energy()


def test_counting_rules_want_to_see_the_synapses_that_standalone_will_make(standalone):
    with pytest.raises(RequestError, match=r"standalone makes these only when it runs; connect\(i=..., j="):
        make("largest(0.5)", every=1 * ms, connect=("rand() < 0.5",))
    make("largest(0.5)", every=1 * ms, connect=(None, [0, 1], [1, 0]))
    make("largest(0.5)", every=1 * ms, connect=("i != j",), name="known")
    make("above(0.5)", connect=("rand() < 0.5",), name="local")


def test_openmp_is_refused_where_synapses_compete(standalone):
    synapses = make("largest(0.5)", every=1 * ms)
    before = prefs.devices.cpp_standalone.openmp_threads
    prefs.devices.cpp_standalone.openmp_threads = 2
    try:
        with pytest.raises(BrianObjectException) as error:
            Network(synapses, synapses.source).run(1 * ms)
        assert "OpenMP must be off" in str(error.value.__cause__)
    finally:
        prefs.devices.cpp_standalone.openmp_threads = before


def test_synapses_that_are_not_connected():
    cells = make_cell()
    synapses = PlasticSynapses(
        cells, cells, "w : 1", plasticity="plain", proposals={"pre": "0.1"}, name="hers"
    )
    with pytest.raises(BrianObjectException) as error:
        Network(cells, synapses).run(1 * ms)
    assert str(error.value.__cause__) == (
        "PlasticSynapses 'hers': there are no synapses yet; call connect() before the run"
    )


@pytest.mark.parametrize("module", ["bioplast", "bioplast.brian"])
def test_brian2_is_imported_only_by_those_who_need_it(module):
    code = f"import sys, {module}; print('brian2' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_there_is_nothing_else_to_import():
    with pytest.raises(ImportError, match="cannot import name 'Synapses'"):
        exec("from bioplast.brian import Synapses")
