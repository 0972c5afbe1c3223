"""Energy of plain backprop against the size of the network, and what that would be in macaque V1."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from bioplast.analysis.cells import count_reached, count_unreached_as_infinite, stack, with_medians
from bioplast.analysis.fit import PowerLaw, compute_local_exponents, fit_power_law
from bioplast.analysis.frame import make_run_frame
from bioplast.analysis.interval import CONCLUSION, conclude, name_columns, pick, say_each
from bioplast.analysis.optimum import conclude_optimum, find_optimum
from bioplast.energy.cortex import V1_AREA_MM2, V1_NEURONS, V1_NEURONS_PER_MM2, V1_SYNAPSES
from bioplast.figures.labels import name_axis
from bioplast.figures.panels import Looks, Panels, panel
from bioplast.figures.scaling import plot_exponents
from bioplast.figures.style import BLACK, BLUE, VERMILLION, Look
from bioplast.figures.sweep import plot_sweep
from bioplast.studies.declaration import Study
from bioplast.studies.grid import Grid, Settings
from bioplast.training.record import Run

# The exponents rise with N. Only the largest sizes say where they go, but how many of them to fit is a choice
# that moves what they say; the first is drawn, and conclusions have the interval of all.
FIT_SIZES = (3, 4, 5)
V1_SIZE_BY_SYNAPSES = V1_SYNAPSES / (785 + 10)  # synapses of a hidden unit
CLAIMED_EXCESS = {"m0": 1e5, "m1": 700.0}

Row = dict[str, Any]
ENERGIES = ("m0", "m1")
FITTED = (*ENERGIES, "samples")
QUANTITIES = (*FITTED, "inefficiency_m0", "inefficiency_m1")
COLUMNS = name_columns(QUANTITIES)
LOOKS = {"m0": Look(BLUE, "o"), "m1": Look(VERMILLION, "s")}
PLAIN, LAW = {"plain": Look(BLACK, "o")}, Look(VERMILLION, "")
DASHES, ENDS = (0, (4, 3)), ("value", "low", "high")

CAPTION = """
Energy of plain backprop (ann, every proposed change is written) to {goal} on {task}, against the number of
hidden units N. Paper protocol: stops on the test set, input encoding '{encoding}'; {size_seeds}.

a-c: writes M0, summed size of the changes M1, and samples seen until the goal. One marker a run, open where
it did not reach the goal and shows what it had spent; line: medians (a run that did not get there counts as
dearer than any). Dashed: power law fitted to the runs that reached the goal with N = {fitted}, and its 95 %
interval. Exponents: {exponents}, the interval reaching over fits to the largest {ranges} sizes. Cheapest size
measured: {best}.

d (as in e and f, M0 circles, M1 squares): energy over the minimum, the direct way from the initial to the
final weights. Plain learning writes every synapse at every sample: M0 over its minimum is the samples seen.

e: exponent between neighboring sizes, median over seeds with its interval of order statistics; a power law
would be level. Between the two largest: {last}.

f: energy over that at the cheapest size, with the power laws of a and b drawn on to macaque V1, taken as one
hidden unit per neuron: {v1}. There: {excess}, the interval reaching over the same fits; by the smallest size
fitted: {by_range}. With as many synapses as V1 instead: {by_synapses}. Stars: claimed, 1e5 in M0 and 700 in
M1. No interval says whether the power laws go on over {decades} decades without data. {missing}
"""

COMMON: Settings = {"model": "ann", "protocol": "paper"}
GRID = [
    Grid(hidden=[30, 50, 100, 200, 300, 1000, 3000], seeds=5, capped=True, **COMMON),
    Grid(hidden=10_000, seeds=3, capped=True, **COMMON),  # takes minutes a run
]
QUICK = Grid(hidden=[30, 100, 300], seeds=2, goal=0.90, max_samples=20_000, **COMMON)


def analyze(runs: list[Run]) -> pd.DataFrame:
    """Exactly what is drawn, by ``kind``.

    ``run``, ``median`` and ``line``, the power laws, have columns by quantity. Then come conclusions, with
    ``quantity``, ``value``, ``low`` and ``high``: ``exponent`` of the power laws; ``step``, that between
    neighboring sizes; ``best``, the cheapest size, ``is_inside`` if its interval leaves out both ends;
    ``excess``, the power law over the cheapest size's median; ``v1``, its last point; ``v1 by range``, the
    same from each smallest size (``hidden``) that may be fitted; ``v1 by synapses``, with as many synapses as
    V1; ``v1 over minimum``, the inefficiency in V1. The interval of an exponent and of what is said of V1
    reaches over all of ``FIT_SIZES``.
    """
    frame = make_run_frame(runs).assign(label="plain")
    reached = frame[frame["converged"].astype(bool)]
    every_size = np.sort(frame["hidden"].unique()).astype(float)
    ranges = [every_size[-n:] for n in FIT_SIZES if n <= max(len(every_size), FIT_SIZES[0])]
    fits = [_fit(reached[reached["hidden"] >= fitted[0]]) for fitted in ranges]
    rows: list[Row] = []
    line: Row = {"kind": "line", "label": "plain", "hidden": ranges[0]}
    for name in FITTED:
        exponents = [(fit[name].exponent, fit[name].low, fit[name].high) for fit in fits]
        rows.append({"kind": "exponent"} | conclude(name, *_envelop(exponents), fits[0][name].n))
        line |= dict(zip(name_columns([name]), fits[0][name].predict(ranges[0]), strict=True))
    for name in ENERGIES:
        costs = count_unreached_as_infinite(frame, name)
        rows.append({"kind": "best"} | conclude_optimum(name, frame["hidden"], costs))
        rows += _go_to_v1(name, fits, ranges, find_optimum(frame["hidden"], costs).lowest)
    parts = [
        with_medians(frame, ["hidden", "label"], QUANTITIES),
        pd.DataFrame(line),
        pd.DataFrame(rows),
        compute_local_exponents(reached, "hidden", ENERGIES).assign(kind="step"),
    ]
    names = ["kind", "label", "hidden", "seed", "converged", "reached", *COLUMNS, *CONCLUSION, "is_inside"]
    return stack(parts, names)


def exponents(data: pd.DataFrame) -> pd.DataFrame:
    """Exponents of m0, m1 and samples: ``value``, ``low``, ``high`` and ``n`` runs."""
    return pick(data, "exponent")


def best_sizes(data: pd.DataFrame) -> pd.DataFrame:
    """The cheapest size by energy: ``value``, ``low``, ``high``, and ``is_inside`` the sizes measured."""
    rows = data[data["kind"] == "best"]
    return pick(data, "best").assign(is_inside=rows["is_inside"].astype(bool).to_numpy())


def excess_in_v1(data: pd.DataFrame) -> pd.DataFrame:
    """Energy at V1's size over that at the cheapest size: ``value``, ``low`` and ``high``, by energy."""
    return pick(data, "v1")


def over_minimum_in_v1(data: pd.DataFrame) -> pd.DataFrame:
    """Energy at V1's size over its own minimum, the other reading of waste."""
    return pick(data, "v1 over minimum")


def tabulate(data: pd.DataFrame) -> pd.DataFrame:
    """One row per size with its medians; then the exponents, and what V1 would spend more."""
    cells = count_reached(data.assign(N=data["hidden"].map("{:,.0f}".format)), ["N", "reached", *COLUMNS])
    rows = data[data["kind"].isin(["exponent", "v1", "v1 by synapses", "v1 over minimum"])]
    rows = rows.assign(N=rows["kind"] + ", " + rows["quantity"], reached="")
    rows = rows.rename(columns={"low": "value low", "high": "value high"})
    table = pd.concat([cells, rows])[["N", "reached", *COLUMNS, *name_columns(["value"])]]
    return table.reset_index(drop=True)


def describe(data: pd.DataFrame) -> dict[str, str]:
    """What is seen, for the caption."""
    by_synapses = pick(data, "v1 by synapses")[["value"]].assign(low=np.nan, high=np.nan)
    counts = data[data["kind"] == "median"].groupby("n")["hidden"].agg(list)
    steps = data[data["kind"] == "step"]
    last = pick(steps[steps["hidden"] == steps["hidden"].max()], "step")
    return {
        "size_seeds": "; ".join(
            f"{n} seed{'s' if n > 1 else ''} at N = {', '.join(f'{size:,.0f}' for size in sizes)}"
            for n, sizes in sorted(counts.items(), reverse=True)
        ),
        "ranges": ", ".join(map(str, FIT_SIZES[:-1])) + f" and {FIT_SIZES[-1]}",
        "by_range": "; ".join(
            f"N >= {size:,.0f}, {say_each(pick(rows, 'v1 by range'), '.2g')}"
            for size, rows in data[data["kind"] == "v1 by range"].groupby("hidden", sort=False)
        ),
        "fitted": ", ".join(data.loc[data["kind"] == "line", "hidden"].map("{:,.0f}".format)),
        "last": say_each(last, ".2f") or "not known",
        "exponents": say_each(exponents(data), ".2f"),
        "best": say_each(best_sizes(data), ",.0f"),
        "v1": f"{V1_NEURONS:.2g} ({V1_NEURONS_PER_MM2:,} under a mm2, O'Kusky & Colonnier 1982; "
        f"{V1_AREA_MM2:,} mm2, Sincich et al. 2003)",
        "excess": say_each(excess_in_v1(data), ".2g"),
        "by_synapses": say_each(by_synapses, ".2g"),
        "decades": f"{np.log10(V1_NEURONS / data.loc[data['kind'] == 'run', 'hidden'].max()):.1f}",
    }


def headline(data: pd.DataFrame) -> str:
    """How energy grows with the size, and the cheapest size."""
    laws, best = exponents(data)["value"], best_sizes(data)["value"]
    if laws.reindex(["m0", "m1"]).isna().any() or pd.isna(best.get("m0")):
        return ""
    return (
        f"Plain learning takes the fewest writes with {best['m0']:,.0f} hidden units; in large networks its "
        f"writes grow as N to the {laws['m0']:.2f}, the size of its changes as N to the {laws['m1']:.2f}"
    )


def plot(data: pd.DataFrame) -> Figure:
    """Energies and samples against the size; below, inefficiency, exponents and the way to V1."""
    exponent: dict[str, Any] = {"over": "hidden", "label": "Exponent between sizes"}
    rows = [
        [panel(_plot_size, quantity=quantity) for quantity in FITTED],
        [
            panel(_plot_inefficiency),
            panel(plot_exponents, where={"kind": "step"}, looks=LOOKS, **exponent),
            panel(_plot_excess),
        ],
    ]
    return Panels(rows, height_mm=115, looks=PLAIN, legend=None)(data)


def _plot_size(data: pd.DataFrame, ax: Axes, looks: Looks, *, quantity: str) -> None:
    """The sweep and its power law."""
    plot_sweep(data, ax, looks, quantity=quantity, over="hidden")
    line = data[data["kind"] == "line"].astype(dict.fromkeys(name_columns([quantity]), float))
    _plot_law(ax, line["hidden"], *(line[name] for name in name_columns([quantity])), look=LAW)


def _plot_inefficiency(data: pd.DataFrame, ax: Axes, looks: Looks) -> None:
    for name, look in LOOKS.items():
        plot_sweep(data, ax, {"plain": look}, quantity=f"inefficiency_{name}", over="hidden")
    ax.set_ylabel("Energy / minimum")


def _plot_excess(data: pd.DataFrame, ax: Axes, looks: Looks) -> None:
    """The power laws over the cheapest size, on to V1, where stars are what was claimed."""
    ax.set(xscale="log", yscale="log")
    for name, look in LOOKS.items():
        line = data[(data["kind"] == "excess") & (data["quantity"] == name)].sort_values("hidden")
        _plot_law(
            ax, line["hidden"], *(line[end].astype(float) for end in ("value", "low", "high")), look=look
        )
        row = pick(data, "v1").loc[name]
        ax.plot(V1_NEURONS, row["value"], color=look.color, marker=look.marker)
        ax.plot([V1_NEURONS, V1_NEURONS], [row["low"], row["high"]], color=look.color, linewidth=0.8)
        ax.plot(V1_NEURONS, CLAIMED_EXCESS[name], color=look.color, marker="*", markersize=7)
    ax.set(xlabel=name_axis("hidden"), ylabel="Energy / that of cheapest size")


def _plot_law(
    ax: Axes,
    sizes: pd.Series[float],
    value: pd.Series[float],
    low: pd.Series[float],
    high: pd.Series[float],
    *,
    look: Look,
) -> None:
    """A dashed line with its interval as a band."""
    ax.plot(sizes, value, color=look.color, linewidth=0.7, linestyle=DASHES, zorder=1)
    ax.fill_between(sizes, low, high, color=look.color, alpha=0.15, linewidth=0, zorder=0)


def _fit(runs: pd.DataFrame) -> dict[str, PowerLaw]:
    return {name: fit_power_law(runs["hidden"], runs[name]) for name in QUANTITIES}


def _envelop(intervals: Sequence[tuple[float, float, float]]) -> tuple[float, float, float]:
    """The first value, with an interval that holds those of all."""
    _, lows, highs = zip(*intervals, strict=True)
    return intervals[0][0], float(np.min(lows)), float(np.max(highs))


def _go_to_v1(
    name: str, fits: Sequence[dict[str, PowerLaw]], ranges: Sequence[Any], lowest: float
) -> Iterator[Row]:
    """What the power laws of ``name`` say of V1, over the ``lowest`` median, by the sizes fitted."""
    law = fits[0][name]
    way = [*ranges[0], *np.geomspace(ranges[0][-1], V1_NEURONS, 9)[1:]]
    yield from _follow("excess", law, name, way, lowest)
    ends = {
        "v1": (V1_NEURONS, name, lowest),
        "v1 by synapses": (V1_SIZE_BY_SYNAPSES, name, lowest),
        "v1 over minimum": (V1_NEURONS, f"inefficiency_{name}", 1.0),
    }
    for kind, (size, quantity, scale) in ends.items():
        found = [_follow(kind, fit[quantity], name, [size], scale)[0] for fit in fits]
        values = _envelop([(row["value"], row["low"], row["high"]) for row in found])
        yield {"kind": kind, "hidden": size} | conclude(name, *values, law.n)
        if kind == "v1":
            for row, fitted in zip(found, ranges, strict=True):
                yield row | {"kind": "v1 by range", "hidden": fitted[0]}


def _follow(kind: str, law: PowerLaw, name: str, sizes: Sequence[float], scale: float) -> list[Row]:
    """The power law at ``sizes`` over ``scale``, a row each."""
    ends = (part / scale for part in law.predict(sizes))
    return [
        {"kind": kind, "hidden": size} | conclude(name, float(value), float(low), float(high), law.n)
        for size, value, low, high in zip(sizes, *ends, strict=True)
    ]


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
