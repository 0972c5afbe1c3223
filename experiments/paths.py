"""Plasticity on paths only: how many plastic hidden units are best, and what size still costs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from bioplast.analysis.cells import compare_with_plain, count_unreached_as_infinite, say_seeds, with_medians
from bioplast.analysis.fit import fit_power_law
from bioplast.analysis.frame import make_run_frame
from bioplast.analysis.interval import CONCLUSION, conclude, name_columns, pick, say_each, unfold
from bioplast.analysis.optimum import find_optimum
from bioplast.figures.scaling import plot_exponents
from bioplast.figures.style import (
    BLACK,
    BLUE,
    DOUBLE_COLUMN_MM,
    VERMILLION,
    Look,
    label_panel,
    make_figure,
    make_looks,
)
from bioplast.figures.sweep import plot_sweep
from bioplast.figures.ticks import label_log_axis
from bioplast.plasticity import Plasticity
from bioplast.sizes import list_sizes
from bioplast.studies.grid import make_product, make_seeds
from bioplast.training.config import RunConfig
from bioplast.training.record import Run

UNITS = (30, 50, 70, 100, 200, 300)
SIZES = (100, 300, 1000, 3000, 10_000)
SEEDS = 5
# Plain learning in the largest networks takes minutes a run.
PLAIN_SEEDS = {10_000: 3}
QUICK_UNITS, QUICK_SIZES, QUICK_SEEDS = (10, 30, 100), (100, 300, 1000), 1
GOAL, QUICK_GOAL, QUICK_MAX_SAMPLES = 0.95, 0.90, 20_000
SHOWN = 100  # units of the subnet that is set beside plain learning

ENERGIES = ("m0", "m1")
QUANTITIES = (*ENERGIES, "samples")
COLUMNS = name_columns(QUANTITIES)
PAIRS = ("hidden", "seed")  # what a run has in common with the plain run it is compared with
LOOKS = {"m0": Look(BLUE, "o"), "m1": Look(VERMILLION, "s")}
BESIDE = {"plain": Look(BLACK, "o"), f"subnet({SHOWN})": Look(BLUE, "s")}

CAPTION = """
Plasticity restricted to the paths through k of N hidden units, ann, to {goal} on {task}. Paper protocol:
stops on the test set, input encoding '{encoding}'; {cell_seeds}.

a-c: writes M0, summed size of the changes M1, and samples seen until the goal, against k; a colour a size N.
One marker a run, open where it did not reach the goal and shows what it had spent; lines: medians (a run that
did not get there counts as dearer than any). Cheapest k over all N, with its 95 % bootstrap interval: {best}.

d, e: plain learning and subnet({shown}) against N. Times less than plain at N = {largest}: {savings}.

f: exponent of energy against N at a fixed k with its 95 % interval; zero where the size of the network does
not matter. {exponents}. {missing}
"""


def make_grid(quick: bool, seeds: int | None) -> list[RunConfig]:
    """Plain and subnets x sizes x seeds; a subnet is smaller than its network."""
    units, sizes, default = (QUICK_UNITS, QUICK_SIZES, QUICK_SEEDS) if quick else (UNITS, SIZES, SEEDS)
    n_seeds = default if seeds is None else seeds
    configs = []
    for hidden in sizes:
        n_plain = min(n_seeds, PLAIN_SEEDS.get(hidden, n_seeds))
        rules = {"plain": n_plain} | {f"subnet({k})": n_seeds for k in units if k < hidden}
        for rule, n in rules.items():
            configs += make_product(
                model="ann",
                rule=rule,
                hidden=hidden,
                seed=make_seeds(n),
                protocol="paper",
                goal=QUICK_GOAL if quick else GOAL,
                max_samples=QUICK_MAX_SAMPLES if quick else None,
            )
    return configs


def expected_seconds(config: RunConfig) -> float:
    """Learning goes with the plastic units; the frozen ones are computed once an image."""
    hidden = sum(list_sizes(config.hidden or 100))
    units = getattr(config.plasticity.path, "units", hidden)
    return 1 + 0.015 * units + 250 / units + 0.0008 * hidden


def analyse(runs: Sequence[Run]) -> pd.DataFrame:
    """Exactly what is drawn, by ``kind``.

    ``run`` and ``median`` of the ``panel`` units (a to c), with a ``label`` a size, and size (d, e), plain
    beside one subnet. Then conclusions, with ``quantity``, ``value`` and its 95 % interval, ``low`` to
    ``high``: ``exponent`` (f) against N, by ``units``; ``best``, the cheapest k over all sizes, and
    ``is_inside`` if its interval leaves out the smallest and the largest. Rows of ``saving`` hold how
    many times less the subnet of d and e took than plain on the same seed, by size.
    """
    frame = make_run_frame(runs)
    frame["units"] = frame["rule"].map(_count_units)
    subnets, beside = frame[frame["units"].notna()], frame[frame["rule"].isin(BESIDE)]
    cells = ["panel", "label", "hidden", "units"]
    subnets = subnets.assign(label=subnets["hidden"].map("N = {:,}".format), panel="units")
    beside = beside.assign(label=beside["rule"], units=SHOWN, panel="size")
    parts = [
        with_medians(subnets, cells, QUANTITIES),
        with_medians(beside, cells, QUANTITIES),
        pd.DataFrame(_fit_sizes(subnets) + _find_best(subnets)),
        compare_with_plain(beside, ["hidden", "label"], QUANTITIES, PAIRS).assign(kind="saving"),
    ]
    names = ["panel", "kind", "label", "hidden", "units", "seed", "converged", "reached"]
    names += [*COLUMNS, *CONCLUSION, "is_inside"]
    data = pd.concat([part.reindex(columns=names).astype(object) for part in parts], ignore_index=True)
    counts = ("hidden", "units", "seed", "reached", "n")
    return data.infer_objects().astype(dict.fromkeys(counts, "Int64"))


def best_subnets(data: pd.DataFrame) -> pd.DataFrame:
    """The cheapest k over all sizes by energy: ``value``, ``low``, ``high``, and ``is_inside``."""
    rows = data[data["kind"] == "best"]
    return pick(data, "best").assign(is_inside=rows["is_inside"].astype(bool).to_numpy())


def exponents(data: pd.DataFrame, units: int = SHOWN) -> pd.DataFrame:
    """Exponents against N of m0, m1 and samples at a fixed k: ``value``, ``low``, ``high`` and ``n``."""
    return pick(data[data["units"].eq(units)], "exponent")


def savings(data: pd.DataFrame) -> pd.DataFrame:
    """How many times less subnet(SHOWN) took than plain in the largest network."""
    rows = data[data["kind"] == "saving"].sort_values("hidden")
    return unfold(rows.iloc[-1], QUANTITIES).assign(n=rows["n"].iloc[-1])


def tabulate(runs: Sequence[Run]) -> pd.DataFrame:
    """One row per k and N with its medians, then the exponents against N."""
    data = analyse(runs)
    cells = data[(data["panel"] == "units") & (data["kind"] == "median")]
    cells = cells.assign(
        N=cells["hidden"].map("{:,}".format),
        reached=cells["reached"].astype(str) + "/" + cells["n"].astype(str),
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


def plot(data: pd.DataFrame) -> Figure:
    """Energies and samples against k; below, energies against N, and exponents."""
    figure = make_figure(DOUBLE_COLUMN_MM, 120)
    axes = figure.subplots(2, 3)
    units, size = (data[data["panel"] == panel] for panel in ("units", "size"))
    looks = make_looks(units.sort_values("hidden")["label"])
    for ax, quantity in zip(axes[0], QUANTITIES, strict=True):
        plot_sweep(units, ax, quantity, looks, over="units")
    for ax, quantity in zip(axes[1], ENERGIES, strict=False):
        plot_sweep(size, ax, quantity, BESIDE, over="hidden")
    for ax in axes.flat[:5]:
        label_log_axis(ax.xaxis)
        label_log_axis(ax.yaxis)
    laws = data[data["kind"] == "exponent"]
    plot_exponents(laws, axes[1, 2], LOOKS, over="units", label="Exponent of energy in $N$")
    label_log_axis(axes[1, 2].xaxis)
    axes[1, 0].legend(loc="best")
    figure.legend(*axes[0, 0].get_legend_handles_labels(), loc="outside upper center", ncols=len(looks))
    for ax, letter in zip(axes.flat, "abcdef", strict=True):
        label_panel(ax, letter)
    return figure


def _count_units(rule: str) -> float:
    """K of a subnet's rule; nan of another rule."""
    path = Plasticity.parse(rule).path
    return float(getattr(path, "units", np.nan))


def _fit_sizes(subnets: pd.DataFrame) -> list[dict[str, Any]]:
    rows = []
    reached = subnets[subnets["converged"].astype(bool)]
    for units, cell in reached.groupby("units", sort=True):
        for name in QUANTITIES:
            law = fit_power_law(cell["hidden"], cell[name])
            row = conclude(name, law.exponent, law.low, law.high, law.n)
            rows.append({"kind": "exponent", "units": units} | row)
    return rows


def _find_best(subnets: pd.DataFrame) -> list[dict[str, Any]]:
    rows = []
    for name in ENERGIES:
        optimum = find_optimum(subnets["units"], count_unreached_as_infinite(subnets, name))
        row = conclude(name, optimum.place, optimum.low, optimum.high, len(subnets))
        rows.append({"kind": "best", "is_inside": optimum.is_inside} | row)
    return rows
