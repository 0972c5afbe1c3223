"""``PlasticSynapses`` beside Brian2's own ``Synapses``: what a declaration and the books cost.

Inputs that fire at random reach leaky integrate-and-fire cells through synapses that learn by pair-based
STDP, all to all. Brian2's own form writes each change at once and books nothing. What counts is the processor
time of a run, compilation left out, and the median over turns that the forms take in alternation.
"""

from __future__ import annotations

import csv
import subprocess
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

from brian2 import (
    Hz,
    Network,
    NeuronGroup,
    PoissonGroup,
    Synapses,
    device,
    ms,
    mV,
    nS,
    prefs,
    second,
    seed,
    set_device,
)
from rich.console import Console
from rich.table import Table

from benchmarks.turns import take_turns
from bioplast.brian import PlasticSynapses

CELLS = """
dv/dt = (-70*mV - v + g/(10*nS)*(0*mV - v))/(20*ms) : volt
dg/dt = -g/(5*ms) : siemens
"""
STDP = """
w : siemens
dpre_trace/dt = -pre_trace/(20*ms) : siemens (event-driven)
dpost_trace/dt = -post_trace/(20*ms) : siemens (event-driven)
"""
PRE, POST = "g_post += w; pre_trace += 0.001*nS", "post_trace -= 0.00105*nS"

N_INPUTS = 1000
BRIAN = "Brian2 alone"
RULES = (BRIAN, "plain", "above(0.0003)", "cache(0.01, 0.001)", "largest(0.1) + cache(0.01)")

# Runs the network for so many seconds once more, in whichever turn.
Go = Callable[[int], object]


def run(*, out: Path, quick: bool) -> None:
    """Print the table and write it to ``out``."""
    n_cells, seconds, n_turns = (3, 0.2, 1) if quick else (100, 2.0, 5)
    table = Table("device", "declaration", "s of processor time", "times Brian2 alone")
    lines: list[tuple[object, ...]] = []
    for name, prepare in DEVICES.items():
        with tempfile.TemporaryDirectory(prefix="bioplast-") as scratch:
            folders = [Path(scratch) / str(number) for number in range(len(RULES))]
            goes = [
                prepare(partial(make_network, rule, n_cells), seconds, folder)
                for rule, folder in zip(RULES, folders, strict=True)
            ]
            spent = take_turns(goes, n_turns)
        for rule, time in zip(RULES, spent, strict=True):
            table.add_row(name, rule, f"{time:.2f}", "" if rule == BRIAN else f"{time / spent[0]:.2f}")
            lines.append((name, rule, time, time / spent[0]))
        table.add_section()
    Console(width=100).print(table)
    out.mkdir(parents=True, exist_ok=True)
    with (out / "library.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(("device", "declaration", "seconds", "ratio"))
        writer.writerows(lines)


def make_network(rule: str, n_cells: int) -> Network:
    """The network under a declaration, or with Brian2's own synapses."""
    seed(1)
    inputs = PoissonGroup(N_INPUTS, 15 * Hz)
    cells = NeuronGroup(n_cells, CELLS, threshold="v > -54*mV", reset="v = -60*mV", method="euler")
    cells.v = -70 * mV
    if rule == BRIAN:
        synapses = Synapses(
            inputs,
            cells,
            STDP,
            on_pre=f"{PRE}; w = clip(w + post_trace, 0*nS, 0.1*nS)",
            on_post=f"{POST}; w = clip(w + pre_trace, 0*nS, 0.1*nS)",
        )
    else:
        synapses = PlasticSynapses(
            inputs,
            cells,
            STDP,
            on_pre=PRE,
            on_post=POST,
            proposals={"pre": "post_trace", "post": "pre_trace"},
            plasticity=rule,
            unit=nS,
            every=100 * ms,
            bounds=(0 * nS, 0.1 * nS),
        )
    synapses.connect()
    synapses.w = "0.1*nS*rand()"
    return Network(inputs, cells, synapses)


def prepare_standalone(make: Callable[[], Network], seconds: float, folder: Path) -> Go:
    """Compile the network; a run is the whole program."""
    set_device("cpp_standalone", directory=str(folder), build_on_run=False)
    try:
        make().run(seconds * second)
        device.build(directory=str(folder), compile=True, run=False)
    finally:
        device.reinit()
        set_device("runtime")
    return lambda turn: subprocess.run([folder / "main"], cwd=folder, check=True, stdout=subprocess.DEVNULL)


def prepare_runtime(make: Callable[[], Network], seconds: float, folder: Path) -> Go:
    """Run the network once, for Cython to compile its code."""
    network = make()
    network.run(0.1 * second)
    return lambda turn: network.run(seconds * second)


def prepare_numpy(make: Callable[[], Network], seconds: float, folder: Path) -> Go:
    """The same in NumPy, in which a run takes more time: a tenth of it is enough."""

    def go(turn: int) -> None:
        target = prefs.codegen.target
        prefs.codegen.target = "numpy"
        try:
            network.run(seconds / 10 * second)
        finally:
            prefs.codegen.target = target

    network = make()
    go(0)
    return go


DEVICES: dict[str, Callable[[Callable[[], Network], float, Path], Go]] = {
    "C++ standalone": prepare_standalone,
    "runtime, Cython": prepare_runtime,
    "runtime, NumPy": prepare_numpy,
}
