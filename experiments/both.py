"""Large updates on paths only: what the two restrictions save together."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import LogNorm
from matplotlib.figure import Figure

from bioplast.analysis.cells import (
    compare_with_plain,
    compute_medians,
    count_reached,
    say_seeds,
    stack,
    with_medians,
)
from bioplast.analysis.fit import fit_each
from bioplast.analysis.frame import make_run_frame
from bioplast.analysis.interval import (
    CONCLUSION,
    conclude_median,
    name_columns,
    pick,
    say_each,
    unfold,
)
from bioplast.analysis.statistics import estimate_median
from bioplast.analysis.words import say_factor
from bioplast.figures.labels import name_axis
from bioplast.figures.panels import Looks, Panels, panel
from bioplast.figures.style import make_looks
from bioplast.figures.sweep import plot_sweep
from bioplast.plasticity import Plasticity
from bioplast.studies.declaration import Study
from bioplast.studies.grid import Grid, Settings
from bioplast.training.record import Run

SHOWN_UNITS, SHOWN_FRACTION = 100, 0.1
ENERGIES = ("m0", "m1")
QUANTITIES = (*ENERGIES, "samples")
COLUMNS = name_columns(QUANTITIES)
LABELS = ("plain", "largest", "subnet", "both")
UNIT = {"m0": 1e8, "m1": 1e3, "samples": 1e3}
TITLES = {"m0": "$M_0$ ($10^8$ writes)", "m1": "$M_1$ ($10^3$)", "samples": "samples ($10^3$)"}
HEAT = "cividis_r"  # the dearer the darker, also without colors

CAPTION = """
Plasticity restricted to the large updates on paths through k of N hidden units, ann, to {goal} on {task}.
Paper protocol: stops on the test set, input encoding '{encoding}'; {cell_seeds}.

a-c: writes M0, summed size of the changes M1, and samples seen until the goal, N = {map_size}; medians, and a
dash where at least half of the runs did not get there. f: fraction of the plastic hidden synapses that is
written, those with the largest change at every sample; all synapses from plastic units to the output are
written. Top right: plain learning. Fewest writes: {best}.

d-f: the same against N: plain; largest, the fraction {fraction} of all synapses;
subnet, k = {units}; both, that fraction of the same subnet. One marker a run, open where it did not reach the
goal and shows what it had spent; lines: medians. Exponents in N, with 95 % intervals: {exponents}.
Times less than plain at N = {compared}: {savings}. Times less than the better of the two alone there: {gain}.
{missing}
"""


def _write_rule(units: int, fraction: float, hidden: int) -> str:
    """The rule that writes ``fraction`` of the hidden synapses of ``units``; the protocol counts over all."""
    path = [f"subnet({units})"] if units < hidden else []
    share = round(fraction * min(units, hidden) / hidden, 9)
    return " + ".join([*path, *([f"largest({share}, output=1.0)"] if fraction < 1 else [])]) or "plain"


def list_cells(
    map_size: int, units: tuple[int, ...], fractions: tuple[float, ...], sizes: tuple[int, ...]
) -> list[dict[str, Any]]:
    """The cells of the map, k plastic units of N and a fraction of their synapses, and four rules by size.

    A cell that is in both comes once.
    """
    cells = [(_write_rule(k, f, map_size), map_size) for k in units for f in fractions]
    for hidden in sizes:
        cells += [("plain", hidden), (_write_rule(hidden, SHOWN_FRACTION, hidden), hidden)]
        if hidden > SHOWN_UNITS:
            cells += [(_write_rule(SHOWN_UNITS, f, hidden), hidden) for f in (1.0, SHOWN_FRACTION)]
    return [{"rule": rule, "hidden": hidden} for rule, hidden in dict.fromkeys(cells)]


COMMON: Settings = {"model": "ann", "protocol": "paper"}
FULL = list_cells(1000, (50, 100, 300, 1000), (0.03, 0.1, 1.0), (100, 300, 1000, 3000))
SMALL = list_cells(300, (30, 100, 300), (0.1, 1.0), (100, 300, 1000))
GRID = Grid(cells=FULL, seeds=5, **COMMON)
QUICK = Grid(cells=SMALL, goal=0.90, max_samples=20_000, **COMMON)


def analyze(runs: list[Run]) -> pd.DataFrame:
    """Exactly what is drawn, by ``panel`` and ``kind``.

    ``map`` (a to c) has the medians of its cells; ``size`` (d to f) runs and medians by ``label``, and, with
    the ``kind`` saving, how many times less than plain. Then conclusions, with ``quantity``, ``value``,
    ``low`` and ``high``: ``exponent`` in N, by ``label``; ``gain``, how many times less both took than the
    better of the two alone on the same seed, by ``hidden``.
    """
    frame = make_run_frame(runs)
    settings = [_read_rule(rule, n) for rule, n in zip(frame["rule"], frame["hidden"], strict=True)]
    frame[["units", "fraction"]] = pd.DataFrame(settings, index=frame.index)
    frame["label"] = frame.apply(_name_cell, axis=1)
    map_size = frame.groupby("hidden")["rule"].nunique().idxmax()
    cells = ["hidden", "label", "units", "fraction"]
    lines = frame[frame["label"].notna()]
    on_map = frame[frame["hidden"] == map_size].fillna({"label": "map"})
    savings = compare_with_plain(lines, ["hidden", "label"], QUANTITIES, ("hidden", "seed"))
    parts = [
        compute_medians(on_map, cells, QUANTITIES).assign(panel="map", kind="median"),
        with_medians(lines, cells, QUANTITIES).assign(panel="size"),
        savings.assign(panel="size", kind="saving"),
        fit_each(lines, "hidden", QUANTITIES, by="label").assign(kind="exponent"),
        _compute_gains(lines).assign(kind="gain"),
    ]
    names = ["panel", "kind", *cells, "seed", "converged", "reached", *COLUMNS, *CONCLUSION]
    return stack(parts, names, whole=("hidden", "units"))


def exponents(data: pd.DataFrame, label: str) -> pd.DataFrame:
    """Exponents in N of a rule (``LABELS``) by quantity: ``value``, ``low``, ``high`` and ``n``."""
    return pick(data[data["label"] == label], "exponent")


def gain(data: pd.DataFrame) -> pd.DataFrame:
    """How many times less both took than the better of the two alone, in the largest network with all."""
    rows = data[data["kind"] == "gain"]
    return pick(rows[rows["hidden"] == rows["hidden"].max()], "gain")


def savings(data: pd.DataFrame, label: str) -> pd.DataFrame:
    """How many times less than plain a rule took in the network of ``gain``, as ``gain`` gives it."""
    size = data.loc[data["kind"] == "gain", "hidden"].max()
    rows = data[(data["kind"] == "saving") & (data["label"] == label) & (data["hidden"] == size)]
    if rows.empty:  # at no size did a seed get there with every rule
        return pick(rows, "saving")
    return unfold(rows.iloc[0], QUANTITIES).assign(n=int(rows["n"].iloc[0]))


def best_cell(data: pd.DataFrame) -> pd.Series[float]:
    """The map's cell with the fewest writes: ``units``, ``fraction``, ``n``, and ``m0`` with its interval."""
    cells = data[data["panel"] == "map"].dropna(subset=["m0"]).astype({"m0": float})
    return cells.loc[cells["m0"].idxmin(), ["units", "fraction", "n", *name_columns(["m0"])]].astype(float)


def tabulate(data: pd.DataFrame) -> pd.DataFrame:
    """One row per cell: the map's, then those of the other sizes."""
    cells = data.drop_duplicates(["kind", "hidden", "units", "fraction"])
    return count_reached(cells, ["hidden", "units", "fraction", "reached", *COLUMNS])


def describe(data: pd.DataFrame) -> dict[str, str]:
    """What is seen, for the caption."""
    cells = data[data["panel"] == "map"]
    labels = [label for label in LABELS if label in set(data["label"])]
    best = "not known"
    if cells["m0"].notna().any():
        best = "{m0:.2g} with k = {units:g} and f = {fraction:g}".format(**best_cell(data))
    laws = {label: exponents(data, label).drop("samples", errors="ignore") for label in labels}
    return {
        "cell_seeds": say_seeds(data[data["kind"] == "median"]),
        "map_size": f"{cells['hidden'].iloc[0]:,}",
        "best": best,
        "fraction": f"{SHOWN_FRACTION:g}",
        "units": f"{SHOWN_UNITS}",
        "exponents": "; ".join(f"{label} {say_each(law, '.2f')}" for label, law in laws.items() if len(law)),
        "compared": f"{data.loc[data['kind'] == 'gain', 'hidden'].max():,}",
        "savings": "; ".join(f"{label} {say_each(savings(data, label))}" for label in labels[1:]),
        "gain": say_each(gain(data)),
    }


def headline(data: pd.DataFrame) -> str:
    """What both together save against plain learning and the better of the two, and how long it takes."""
    saved, more = savings(data, "both")["value"], gain(data)["value"]
    if saved.reindex(["m0", "samples"]).isna().any() or more.reindex(["m0"]).isna().any():
        return ""
    size = data.loc[data["kind"] == "gain", "hidden"].max()
    return (
        f"Large updates on paths take {say_factor(saved['m0'])} times fewer writes than plain learning with "
        f"N = {size:,.0f}, {say_factor(more['m0'])} times fewer than the better of the two alone, in "
        f"{say_factor(1 / saved['samples'])} times the samples"
    )


def plot(data: pd.DataFrame) -> Figure:
    """Three maps, and below them energies and samples against the size."""
    maps = [
        panel(_plot_heat, quantity=name, where={"panel": "map"}, settings={"title": TITLES[name]})
        for name in QUANTITIES
    ]
    lines = [panel(plot_sweep, quantity=name, over="hidden", where={"panel": "size"}) for name in QUANTITIES]
    looks = make_looks(label for label in LABELS if label in set(data["label"]))
    figure = Panels([maps, lines], height_mm=120, looks=looks, legend=None)(data)
    figure.axes[3].legend(loc="best")
    return figure


def _plot_heat(data: pd.DataFrame, ax: Axes, looks: Looks, *, quantity: str) -> None:
    """A square a cell, its color on a logarithmic scale, with its number; a dash where there is none."""
    table = data.pivot(index="units", columns="fraction", values=quantity).astype(float)
    values = table.to_numpy() / UNIT[quantity]
    known = values[np.isfinite(values)]
    ends = (known.min(), known.max()) if known.size else (1.0, 10.0)
    ax.imshow(values, origin="lower", aspect="auto", cmap=HEAT, norm=LogNorm(*ends))
    for (row, column), value in np.ndenumerate(values):
        is_known = np.isfinite(value)
        color = "white" if is_known and value > np.sqrt(ends[0] * ends[1]) else "black"
        text = f"{value:.3g}" if is_known else "-"
        ax.text(column, row, text, ha="center", va="center", fontsize=7, color=color)
    ax.set_xticks(range(table.shape[1]), [f"{value:g}" for value in table.columns])
    ax.set_yticks(range(table.shape[0]), [f"{value:,g}" for value in table.index])
    ax.tick_params(length=0)
    ax.spines[:].set_visible(False)
    ax.set(xlabel=name_axis("fraction"), ylabel=name_axis("units"))


def _read_rule(rule: str, hidden: int) -> tuple[int, float]:
    """The plastic units and the fraction of their hidden synapses that ``rule`` writes."""
    plasticity = Plasticity.parse(rule)
    units = getattr(plasticity.path, "units", hidden)
    share = getattr(plasticity.selection, "fraction", None)
    return units, 1.0 if share is None else round(share * hidden / units, 6)


def _name_cell(row: pd.Series[object]) -> str | None:
    """The label of a cell that is drawn against the size; none of another."""
    is_whole, is_plain = row["units"] == row["hidden"], row["fraction"] == 1.0
    if not (is_whole or row["units"] == SHOWN_UNITS) or not (is_plain or row["fraction"] == SHOWN_FRACTION):
        return None
    return LABELS[2 * (not is_whole) + (not is_plain)]


def _compute_gains(lines: pd.DataFrame) -> pd.DataFrame:
    rows = []
    for hidden, cell in lines.groupby("hidden"):
        if set(LABELS) <= set(cell["label"]):
            for name in QUANTITIES:
                values = cell[name].astype(float).where(cell["converged"].astype(bool))
                spent = cell.assign(spent=values).pivot(index="seed", columns="label", values="spent")
                ratio = spent[["largest", "subnet"]].min(axis=1, skipna=False) / spent["both"]
                rows.append({"hidden": hidden} | conclude_median(name, estimate_median(ratio)))
    return pd.DataFrame(rows, columns=["hidden", *CONCLUSION])


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
