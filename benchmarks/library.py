"""``PlasticSynapses`` beside Brian2's own ``Synapses``: what a declaration and the books cost.

Brian2's own form writes each change at once and books nothing. What counts is the processor time of a run,
compilation left out, and the median over turns that the forms take in alternation.
"""

from __future__ import annotations

import csv
import subprocess
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from brian2 import Network, device, prefs, second, set_device
from rich.console import Console
from rich.table import Table

from benchmarks.library_networks import BRIAN, make_dense, make_recurrent, make_song
from benchmarks.turns import take_turns
from bioplast.backends.programs.compile import compile_source

RULES = ("plain", "largest(0.1)", "cache(0.01, 0.001)")
FLOORS = {
    "C++ standalone": (1.2, 1.5, 1.5),
    "runtime, Cython": (1.15, 1.5, 1.5),
    "runtime, NumPy": (1.5, 3.0, 3.0),
}

# Runs the network for so many seconds once more, in whichever turn.
Go = Callable[[int], object]


@dataclass(frozen=True)
class Case:
    """A network of so many cells (or inputs, if it has one cell), and for how long it runs, by device."""

    make: Callable[..., Network]
    n: int
    seconds: tuple[float, float, float]


CASES = {
    "dense": Case(make_dense, 100, (4.0, 2.0, 0.2)),
    "song": Case(make_song, 1000, (40.0, 2.0, 1.0)),
    "recurrent": Case(make_recurrent, 1000, (4.0, 2.0, 0.2)),
}


def run(*, out: Path, quick: bool) -> None:
    """Print the table and write it to ``out``."""
    table = Table("device", "network", "declaration", "s of processor time", "times Brian2 alone", "floor")
    lines: list[tuple[object, ...]] = []
    for device_name in DEVICES:
        for network in CASES:
            spent = measure(device_name, network, RULES, 1 if quick else 7, quick=quick)
            for rule, time, floor in zip((BRIAN, *RULES), spent, (1, *FLOORS[device_name]), strict=True):
                ratio = time / spent[0]
                table.add_row(device_name, network, rule, f"{time:.2f}", f"{ratio:.2f}", f"{floor:g}")
                lines.append((device_name, network, rule, time, ratio))
        table.add_section()
    Console(width=110).print(table)
    out.mkdir(parents=True, exist_ok=True)
    with (out / "library.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(("device", "network", "declaration", "seconds", "ratio"))
        writer.writerows(lines)


def measure(
    device_name: str, network: str, rules: Sequence[str], n_turns: int, *, quick: bool = False
) -> list[float]:
    """Median processor time of Brian2 alone and of each of ``rules``, in seconds."""
    case, prepare = CASES[network], DEVICES[device_name]
    n, seconds = case.n, case.seconds[list(DEVICES).index(device_name)]
    if quick:
        n, seconds = n // 20, seconds / 20
    with tempfile.TemporaryDirectory(prefix="bioplast-") as scratch:
        goes = [
            prepare(partial(case.make, rule, n), seconds, Path(scratch) / str(number))
            for number, rule in enumerate((BRIAN, *rules))
        ]
        return take_turns(goes, n_turns)


def prepare_standalone(make: Callable[[], Network], seconds: float, folder: Path) -> Go:
    """Compile the network; a run is the whole program."""
    set_device("cpp_standalone", directory=str(folder), build_on_run=False)
    try:
        make().run(seconds * second)
        device.build(directory=str(folder), compile=False, run=False)
        compile_source(folder)  # in few pieces, in a third of the time
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
    """The same in NumPy."""

    def go(turn: int) -> None:
        target = prefs.codegen.target
        prefs.codegen.target = "numpy"
        try:
            network.run(seconds * second)
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
