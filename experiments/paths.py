"""Plasticity on paths only: how many plastic hidden units are best, and what size still costs."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from bioplast.analysis.cells import (
    compare_with_plain,
    count_reached,
    count_unreached_as_infinite,
    say_seeds,
    stack,
    with_medians,
)
from bioplast.analysis.fit import fit_each
from bioplast.analysis.frame import make_run_frame
from bioplast.analysis.interval import CONCLUSION, name_columns, pick, say_each, unfold
from bioplast.analysis.optimum import conclude_optimum
from bioplast.analysis.words import say_factor
from bioplast.figures.panels import Panels, panel
from bioplast.figures.scaling import plot_exponents
from bioplast.figures.style import BLACK, BLUE, VERMILLION, Look, make_looks
from bioplast.figures.sweep import plot_sweep
from bioplast.plasticity import Plasticity
from bioplast.studies.declaration import Study
from bioplast.studies.grid import Grid, Settings
from bioplast.training.record import Run

SHOWN = 100  # units of the subnet that is set beside plain learning
ENERGIES = ("m0", "m1")
QUANTITIES = (*ENERGIES, "samples")
COLUMNS = name_columns(QUANTITIES)
LOOKS = {"m0": Look(BLUE, "o"), "m1": Look(VERMILLION, "s")}
BESIDE = {"plain": Look(BLACK, "o"), f"subnet({SHOWN})": Look(BLUE, "s")}

CAPTION = """
Plasticity restricted to the paths through k of N hidden units, ann, to {goal} on {task}. Paper protocol:
stops on the test set, input encoding '{encoding}'; {cell_seeds}.

a-c: writes M0, summed size of the changes M1, and samples seen until the goal, against k; a color a size N.
One marker a run, open where it did not reach the goal and shows what it had spent; lines: medians (a run that
did not get there counts as dearer than any). Cheapest k over all N, with its 95 % interval of resampled
seeds: {best}.

d, e: plain learning and subnet({shown}) against N. Times less than plain at N = {largest}: {savings}.

f: exponent of energy against N at a fixed k with its 95 % interval; zero where the size of the network does
not matter. {exponents}. {missing}
"""


def list_subnets(units: tuple[int, ...], sizes: tuple[int, ...]) -> list[dict[str, Any]]:
    """Subnets that are smaller than their network, by size."""
    return [{"rule": f"subnet({k})", "hidden": n} for n in sizes for k in units if k < n]


COMMON: Settings = {"model": "ann", "protocol": "paper"}
GRID = [
    Grid(rule="plain", hidden=[100, 300, 1000, 3000], seeds=5, **COMMON),
    Grid(cells=list_subnets((30, 50, 70, 100, 200, 300), (100, 300, 1000, 3000)), seeds=5, **COMMON),
]
QUICK_COMMON: Settings = COMMON | {"goal": 0.90, "max_samples": 20_000}
QUICK = [
    Grid(rule="plain", hidden=[100, 300, 1000], **QUICK_COMMON),
    Grid(cells=list_subnets((10, 30, 100), (100, 300, 1000)), **QUICK_COMMON),
]


def analyze(runs: list[Run]) -> pd.DataFrame:
    """Exactly what is drawn, by ``kind``.

    ``run`` and ``median`` of the ``panel`` units (a to c), with a ``label`` a size, and size (d, e), plain
    beside one subnet. Then conclusions, with ``quantity``, ``value`` and its 95 % interval, ``low`` to
    ``high``: ``exponent`` (f) against N, by ``units``; ``best``, the cheapest k over all sizes, and
    ``is_inside`` if its interval leaves out the smallest and the largest. Rows of ``saving`` hold how
    many times less the subnet of d and e took than plain on the same seed, by size.
    """
    frame = make_run_frame(runs).sort_values("hidden", kind="stable")
    frame["units"] = [getattr(Plasticity.parse(rule).path, "units", np.nan) for rule in frame["rule"]]
    subnets = frame[frame["units"].notna()].assign(panel="units")
    subnets["label"] = subnets["hidden"].map("N = {:,}".format)
    beside = frame[frame["rule"].isin(BESIDE)].assign(units=SHOWN, panel="size")
    beside["label"] = beside["rule"]
    cells = ["panel", "label", "hidden", "units"]
    best = [
        conclude_optimum(name, subnets["units"], count_unreached_as_infinite(subnets, name))
        for name in ENERGIES
    ]
    parts = [
        with_medians(subnets, cells, QUANTITIES),
        with_medians(beside, cells, QUANTITIES),
        fit_each(subnets, "hidden", QUANTITIES, by="units").assign(kind="exponent"),
        pd.DataFrame(best).assign(kind="best"),
        compare_with_plain(beside, ["hidden", "label"], QUANTITIES, ("hidden", "seed")).assign(kind="saving"),
    ]
    names = ["panel", "kind", "label", "hidden", "units", "seed", "converged", "reached"]
    return stack(parts, [*names, *COLUMNS, *CONCLUSION, "is_inside"], whole=("hidden", "units"))


def best_subnets(data: pd.DataFrame) -> pd.DataFrame:
    """The cheapest k over all sizes by energy: ``value``, ``low``, ``high``, and ``is_inside``."""
    rows = data[data["kind"] == "best"]
    return pick(data, "best").assign(is_inside=rows["is_inside"].astype(bool).to_numpy())


def exponents(data: pd.DataFrame, units: int = SHOWN) -> pd.DataFrame:
    """Exponents against N of m0, m1 and samples at a fixed k: ``value``, ``low``, ``high`` and ``n``."""
    return pick(data[data["units"].eq(units)], "exponent")


def savings(data: pd.DataFrame) -> pd.DataFrame:
    """How many times less subnet(SHOWN) took than plain in the largest network; nan if nothing is known."""
    rows = data[data["kind"] == "saving"].sort_values("hidden")
    found = unfold(rows.iloc[-1], QUANTITIES).assign(n=rows["n"].iloc[-1])
    return found.assign(value=found["value"].replace(0.0, np.nan))


def tabulate(data: pd.DataFrame) -> pd.DataFrame:
    """One row per k and N with its medians, then the exponents against N."""
    cells = data[(data["panel"] == "units") & (data["kind"] == "median")]
    cells = count_reached(
        cells.assign(N=cells["hidden"].map("{:,}".format)), ["units", "N", "reached", *COLUMNS]
    )
    laws = data[data["kind"] == "exponent"]
    laws = laws.assign(N="exponent, " + laws["quantity"], reached="")
    laws = laws.rename(columns={"low": "value low", "high": "value high"})
    table = pd.concat([cells, laws]).rename(columns={"units": "k"}).sort_values("k", kind="stable")
    return table[["k", "N", "reached", *COLUMNS, *name_columns(["value"])]].reset_index(drop=True)


def describe(data: pd.DataFrame) -> dict[str, str]:
    """What is seen, for the caption."""
    laws = {k: exponents(data, k) for k in data.loc[data["kind"] == "exponent", "units"].unique()}
    largest = data.loc[data["kind"] == "saving", "hidden"].max()
    return {
        "shown": str(SHOWN),
        "cell_seeds": say_seeds(data[data["kind"] == "median"]),
        "best": say_each(best_subnets(data), ".0f"),
        "largest": f"{largest:,}",
        "savings": say_each(savings(data)),
        "exponents": "; ".join(f"k = {k}: {say_each(laws[k].loc[list(ENERGIES)], '.2f')}" for k in laws),
    }


def headline(data: pd.DataFrame) -> str:
    """The best number of plastic units, what a subnet saves in the largest network, and what size costs."""
    best, law = best_subnets(data)["value"], exponents(data)["value"]
    if not (data["kind"] == "saving").any():
        return ""
    saved = savings(data)["value"]
    if pd.isna([best.get("m0"), law.get("m0"), saved["m0"]]).any():
        return ""
    size = data.loc[data["kind"] == "saving", "hidden"].max()
    return (
        f"Paths through {best['m0']:.0f} hidden units take the fewest writes; {SHOWN} of N = {size:,.0f} "
        f"take {say_factor(saved['m0'])} times fewer than plain learning and grow as N to the {law['m0']:.2f}"
    )


def plot(data: pd.DataFrame) -> Figure:
    """Energies and samples against k; below, energies against N, and exponents."""
    units: dict[str, Any] = {"where": {"panel": "units"}, "over": "units"}
    size: dict[str, Any] = {"where": {"panel": "size"}, "over": "hidden", "looks": BESIDE}
    exponent = panel(
        plot_exponents,
        over="units",
        label="Exponent of energy in $N$",
        where={"kind": "exponent"},
        looks=LOOKS,
    )
    rows = [
        [panel(plot_sweep, quantity=quantity, **units) for quantity in QUANTITIES],
        [*(panel(plot_sweep, quantity=quantity, **size) for quantity in ENERGIES), exponent],
    ]
    looks = make_looks(data[data["panel"] == "units"].sort_values("hidden")["label"])
    figure = Panels(rows, height_mm=120, looks=looks)(data)
    figure.axes[3].legend(loc="best")
    return figure


STUDY = Study(
    grid=GRID,
    quick=QUICK,
    analyze=analyze,
    tabulate=tabulate,
    describe=describe,
    headline=headline,
    plot=plot,
    caption=CAPTION,
)
