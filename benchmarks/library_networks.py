"""Three networks that learn by pair-based STDP, with Brian2's own synapses or with ``PlasticSynapses``.

They differ in what a run spends its time on: many synapses all to all, one cell (Song, Miller & Abbott 2000,
doi:10.1038/78829), and a sparse recurrent network of noisy cells with balanced STDP.
"""

from __future__ import annotations

from typing import Any, TypeAlias

from brian2 import Hz, Network, NeuronGroup, PoissonGroup, Quantity, Synapses, ms, nS, seed

from bioplast.brian import PlasticSynapses

BRIAN = "Brian2 alone"
Size: TypeAlias = Quantity | float

_CELLS = """
dv/dt = (-70*mV - v + g/(10*nS)*(0*mV - v))/(20*ms) : volt
dg/dt = -g/(5*ms) : siemens
"""
_SONG_CELL = """
dv/dt = (g*(0*mV - v) + -74*mV - v)/(10*ms) : volt
dg/dt = -g/(5*ms) : 1
"""
_NOISY_CELLS = """
dv/dt = (-70*mV + 10*mV - v + g/(10*nS)*(0*mV - v))/(20*ms) + 5*mV*sqrt(2/(20*ms))*xi : volt
dg/dt = -g/(5*ms) : siemens
"""
_STDP = """
w : {unit}
dpre_trace/dt = -pre_trace/(20*ms) : {unit} (event-driven)
dpost_trace/dt = -post_trace/(20*ms) : {unit} (event-driven)
"""


def make_dense(rule: str, n_cells: int = 100) -> Network:
    """Each of 1,000 inputs reaches all cells."""
    seed(1)
    inputs = PoissonGroup(1000, 15 * Hz)
    cells = _make_cells(n_cells, _CELLS)
    synapses = _make_synapses(rule, inputs, cells, "siemens", "0.001*nS", 0.1 * nS, nS)
    synapses.connect()
    synapses.w = "0.1*nS*rand()"
    return Network(inputs, cells, synapses)


def make_song(rule: str, n_inputs: int = 1000) -> Network:
    """Inputs to one cell, whose conductances are in units of that of its leak."""
    seed(1)
    inputs = PoissonGroup(n_inputs, 15 * Hz)
    cell = _make_cells(1, _SONG_CELL)
    synapses = _make_synapses(rule, inputs, cell, "1", "0.0001", 0.01, 0.1)
    synapses.connect()
    synapses.w = "0.01*rand()"
    return Network(inputs, cell, synapses)


def make_recurrent(rule: str, n_cells: int = 1000) -> Network:
    """Cells that fire by their noise; each pair is connected with a probability of a tenth."""
    seed(1)
    cells = _make_cells(n_cells, _NOISY_CELLS)
    synapses = _make_synapses(rule, cells, cells, "siemens", "0.0005*nS", 0.05 * nS, nS)
    synapses.connect("i != j", p=0.1)
    synapses.w = "0.05*nS*rand()"
    return Network(cells, synapses)


def _make_cells(n: int, equations: str) -> NeuronGroup:
    cells = NeuronGroup(n, equations, threshold="v > -54*mV", reset="v = -60*mV", method="euler")
    cells.v = "-70*mV + 10*mV*rand()"
    return cells


def _make_synapses(
    rule: str, source: Any, target: Any, unit: str, step: str, most: Size, counted: Size
) -> Synapses:
    """Synapses that learn by ``step``, between 0 and ``most``; rules count in units of ``counted``."""
    model = _STDP.format(unit=unit)
    pre, post = f"g_post += w; pre_trace += {step}", f"post_trace -= 1.05*{step}"
    if rule == BRIAN:
        change = f"w = clip(w + {{}}, 0*{unit}, {float(most)!r}*{unit})"
        on_pre, on_post = f"{pre}; {change.format('post_trace')}", f"{post}; {change.format('pre_trace')}"
        return Synapses(source, target, model, on_pre=on_pre, on_post=on_post)
    return PlasticSynapses(
        source,
        target,
        model,
        on_pre=pre,
        on_post=post,
        proposals={"pre": "post_trace", "post": "pre_trace"},
        plasticity=rule,
        unit=counted,
        every=100 * ms,
        bounds=(0 * most, most),
    )
