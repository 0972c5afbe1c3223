"""Is it as fast as it was? Ratios of this machine beside those that are stored in baseline.json.

A ratio is taken within one run, so that it hardly depends on the machine: the kernel's speed over that of
the same network as a loop in NumPy (``benchmarks.dense``), and the speed of ``PlasticSynapses`` over that of
Brian2's own ``Synapses``. Below ``LEAST`` of what is stored, something has become slower. The new ratios are
written to a file of the same form: to accept them, put it in the place of the old one.
"""

from __future__ import annotations

import json
import tempfile
from functools import partial
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks import library
from benchmarks.library_networks import BRIAN, make_dense
from benchmarks.speed import Case, measure_case
from benchmarks.turns import take_turns

STORED = Path(__file__).with_suffix(".json")
LEAST = 0.7  # of the stored ratio; on a busy machine ratios move by a tenth or two
CASES = (
    Case("plain", 100),
    Case("largest(0.02)", 100),
    Case("above(0.0003)", 100),
    Case("cache(0.01)", 100),
    Case("subnet(50)", 300),
)
RULES = (BRIAN, "plain", "cache(0.01, 0.001)")


def run(*, out: Path, quick: bool) -> None:
    """Measure, print beside what is stored and write the ratios to ``out``.

    Raises
    ------
    SystemExit : a ratio is less than ``LEAST`` of the stored one
    """
    found = measure_kernel(quick=quick) | measure_library(quick=quick)
    stored: dict[str, float] = json.loads(STORED.read_text(encoding="utf-8"))
    table = Table("ratio", "stored", "now", "of it")
    for name, ratio in found.items():
        known = stored.get(name)
        table.add_row(
            name, f"{known:.2f}" if known else "", f"{ratio:.2f}", f"{ratio / known:.2f}" if known else ""
        )
    Console(width=100).print(table)
    out.mkdir(parents=True, exist_ok=True)
    text = json.dumps({name: round(ratio, 3) for name, ratio in found.items()}, indent=2)
    (out / STORED.name).write_text(text + "\n", encoding="utf-8")
    slower = find_slower(found, stored)
    if slower:
        raise SystemExit(f"slower than {LEAST:g} of the baseline: {', '.join(slower)}")


def find_slower(found: dict[str, float], stored: dict[str, float]) -> list[str]:
    """Names of the ratios that are less than ``LEAST`` of the stored ones."""
    return [name for name, ratio in found.items() if name in stored and ratio < LEAST * stored[name]]


def measure_kernel(*, quick: bool) -> dict[str, float]:
    """Speed of the network ann over that of the loop in NumPy, by case."""
    turns, seconds = (1, 0.1) if quick else (7, 0.4)
    ratios = {}
    for case in CASES[:2] if quick else CASES:
        kernel, dense = measure_case(case, ["kernel", "dense"], turns=turns, seconds=seconds)
        ratios[f"ann, {case.label}: kernel / NumPy loop"] = kernel.speed / dense.speed
    return ratios


def measure_library(*, quick: bool) -> dict[str, float]:
    """Speed of ``PlasticSynapses`` over that of Brian2's own, in NumPy, by declaration."""
    n_cells, seconds, n_turns = (3, 0.5, 1) if quick else (50, 2.0, 5)
    with tempfile.TemporaryDirectory(prefix="bioplast-") as folder:
        goes = [
            library.prepare_numpy(partial(make_dense, rule, n_cells), seconds, Path(folder)) for rule in RULES
        ]
        alone, *others = take_turns(goes, n_turns)
    return {
        f"PlasticSynapses, {rule}: Brian2's time / own time": alone / time
        for rule, time in zip(RULES[1:], others, strict=True)
    }
