"""A perceptron beside its theory: what learning wastes, and what synaptic caching saves."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from bioplast.analysis.cells import stack, with_medians
from bioplast.analysis.cheapest import find_cheapest
from bioplast.analysis.interval import name_columns, spread, spread_estimate
from bioplast.analysis.statistics import Estimate, estimate_median
from bioplast.analysis.words import say_factor
from bioplast.figures.panels import Looks, Panels, panel
from bioplast.figures.style import BLACK, BLUE, GRAY, GREEN, ORANGE, PURPLE, SKY_BLUE, VERMILLION, Look
from bioplast.figures.sweep import plot_sweep
from bioplast.loading import load_module
from bioplast.network import State
from bioplast.plasticity import Plasticity
from bioplast.plasticity.cache import Cache
from bioplast.studies.declaration import Study
from bioplast.studies.grid import Grid
from bioplast.tasks.patterns import make_patterns

N_INPUTS = 1000
CACHE_LOAD = 1.0
STEPS = "2 3 5 7 10 14 20 28 40 57 80"  # thresholds, in learning rates
MAX_ROUNDS = 200  # plain learning takes about 25 at that load

# What of a transient change is lost from trial to trial, and what a crossing makes permanent.
WAYS: Mapping[str, tuple[float, str]] = {
    "no decay": (0.0, "synapse"),
    "no decay, whole neuron": (0.0, "neuron"),
    "τ = 10,000": (1e-4, "synapse"),
    "τ = 3,000": (1 / 3000, "synapse"),
}
COST = 0.001  # of keeping a change of 1 for a trial, in the unit of m1
COSTS = {0.0: Look(ORANGE, "s"), COST: Look(BLUE, "^"), 0.01: Look(GREEN, "D")}
CLAIMED = {1.9: 900.0}  # inefficiency by load, Li & van Rossum's fig. 1D
DASHES = (0, (4, 2))

LOAD_LOOKS = {"measured": Look(BLACK, "o")}
COST_LOOKS = {f"c = {cost:g}": look for cost, look in COSTS.items()}
WAY_LOOKS = dict(
    zip(WAYS, (Look(BLUE, "^"), Look(SKY_BLUE, "v"), Look(PURPLE, "P"), Look(VERMILLION, "X")), strict=True)
)
QUANTITIES = ("inefficiency_m1", "energy")
COLUMNS = ("panel", "label", "kind", "seed", "converged", "load", "threshold", *name_columns(QUANTITIES))

CAPTION = """
A perceptron with {inputs} inputs learns random patterns of +1 and -1 until all are right; n = {n} seeds.
Small markers: runs, open where learning was given up after {rounds} rounds; lines: medians; broken lines:
theory (Li & van Rossum 2020); ticks at the bottom: the cheapest threshold by theory.

a: M1 of plain learning against the least it could be. Star: the paper's about 900. {inefficiency}

b, c: synaptic caching at {load} patterns an input. A change is transient at first, costs c times its size for
each trial that it is kept, and is written for good when it grows beyond the threshold (in learning rates).
Energy: M1 plus maintenance, relative to plain learning's M1. b: without decay, by c. {optima} c: c = {cost};
transient changes are lost with the time constant τ (trials), or one synapse beyond the threshold writes all
of the neuron's. {ways} {missing}
"""

# Plain learning at several loads, and caching at one of them.
POINTS = [
    Grid(part="load", load=[0.25, 0.5, 1.0, 1.5, 1.8, 1.9], seeds=10),
    Grid(part="cache", load=CACHE_LOAD, label=list(WAYS), steps=STEPS, seeds=10),
]
QUICK = [
    Grid(part="load", load=[0.5, 1.0, 1.5], seeds=2),
    Grid(part="cache", load=CACHE_LOAD, label=list(WAYS), steps="3 14 57", seeds=2),
]


def measure(point: dict[str, Any], project: Path) -> list[dict[str, Any]]:
    """Let a perceptron learn its patterns, and say what the theory expects of it."""
    perceptron = load_module("model", "perceptron", project)
    learned, state = _learn(perceptron, "plain", point, max_rounds=100_000)
    (plain,) = state.energies.values()
    if point["part"] == "load":
        theory = perceptron.compute_inefficiency(round(point["load"] * N_INPUTS), N_INPUTS)
        return [{"inefficiency_m1": plain.inefficiency_m1, "theory": theory}]
    decay, per = WAYS[point["label"]]
    rows = []
    for step in map(int, point["steps"].split()):
        # Without decay changes are whole numbers, so |s| > step - 0.5 is |s| >= step.
        rule = str(Plasticity(consolidation=Cache(step - 0.5, decay, per, cost=1.0)))
        cached, state = _learn(perceptron, rule, point, max_rounds=MAX_ROUNDS)
        (energy,) = state.energies.values()
        m1, kept = perceptron.compute_caching_energy(
            step, learned.n_updates, learned.n_trials, n_inputs=N_INPUTS, learning_rate=1.0
        )
        best = {
            f"best {cost:g}": perceptron.compute_threshold(
                learned.n_updates, learned.n_trials, learning_rate=1.0, cost=cost
            )
            for cost in COSTS
        }
        row = {
            "threshold": step,
            "converged": cached.is_perfect,
            "samples": cached.n_trials / learned.n_trials,
        }
        row |= {"m1": energy.m1 / plain.m1, "maintenance": energy.maintenance / plain.m1}
        rows.append(row | {"theory m1": m1 / plain.m1, "theory maintenance": kept / plain.m1} | best)
    return rows


def _learn(
    perceptron: ModuleType, rule: str, point: Mapping[str, Any], *, max_rounds: int
) -> tuple[Any, State]:
    task = make_patterns(N_INPUTS, round(point["load"] * N_INPUTS), seed=point["seed"])
    network = perceptron.Network(N_INPUTS, task.n_classes, Plasticity.parse(rule))
    state: State = network.initial_state(point["seed"])
    return perceptron.learn_all(network, state, task.train, max_rounds=max_rounds), state


def analyze(rows: pd.DataFrame) -> pd.DataFrame:
    """Exactly what is drawn, by ``panel``; ``kind`` is run, median, theory or claim."""
    loads = rows[rows["part"] == "load"].assign(panel="a", label="measured", converged=True)
    cache = rows[rows["part"] == "cache"].astype({"converged": bool})
    alone = cache[cache["label"] == "no decay"]
    priced = [_price(alone, cost).assign(panel="b", label=f"c = {cost:g}") for cost in COSTS]
    claims = [{"load": load, "inefficiency_m1": value} for load, value in CLAIMED.items()]
    shown = [
        with_medians(loads, ["panel", "label", "load"], ["inefficiency_m1"]),
        _average(loads.assign(inefficiency_m1=loads["theory"]), "load", "inefficiency_m1"),
        pd.DataFrame(claims).assign(panel="a", label="claimed", kind="claim"),
    ]
    for frame, cost in zip(priced, COSTS, strict=True):
        best = {
            "panel": "b",
            "label": f"c = {cost:g}",
            "kind": "best",
            "threshold": frame[f"best {cost:g}"].mean(),
        }
        shown.append(pd.DataFrame([best]))
        shown.append(with_medians(frame, ["panel", "label", "threshold"], ["energy"]))
        shown.append(_average(frame.assign(energy=frame["theory"]), "threshold", "energy"))
    by_way = _price(cache, COST).assign(panel="c")
    shown.append(with_medians(by_way, ["panel", "label", "threshold"], ["energy"]))
    return stack(shown, COLUMNS)


def _price(cache: pd.DataFrame, cost: float) -> pd.DataFrame:
    """``cache`` with the columns ``energy`` and ``theory`` at a cost of maintenance."""
    return cache.assign(
        energy=cache["m1"] + cost * cache["maintenance"],
        theory=cache["theory m1"] + cost * cache["theory maintenance"],
    )


def _average(frame: pd.DataFrame, over: str, quantity: str) -> pd.DataFrame:
    """The theory, which depends a little on what was measured, so on the seed: its mean over seeds."""
    return (
        frame.groupby(["panel", "label", over], sort=False)[quantity]
        .mean()
        .reset_index()
        .assign(kind="theory")
    )


def find_inefficiency(data: pd.DataFrame, load: float) -> tuple[Estimate, float]:
    """M1 / minimum of plain learning at a load, and what the theory says."""
    at = data[(data["panel"] == "a") & (data["load"] == load)]
    measured = estimate_median(at.loc[at["kind"] == "run", "inefficiency_m1"].astype(float))
    return measured, float(at.loc[at["kind"] == "theory", "inefficiency_m1"].mean())


def find_optima(data: pd.DataFrame) -> pd.DataFrame:
    """The cheapest threshold of each curve of b and c (``find_cheapest``), and the ``theory`` of it."""
    runs = data[data["panel"].isin(["b", "c"]) & (data["kind"] == "run")]
    theory = data[data["kind"] == "best"].set_index(["panel", "label"])["threshold"]
    optima = find_cheapest(runs, ["panel", "label"], "threshold", "energy")
    return optima.assign(
        theory=theory.reindex(pd.MultiIndex.from_frame(optima[["panel", "label"]])).to_numpy()
    )


def tabulate(data: pd.DataFrame) -> pd.DataFrame:
    """What was measured beside what the theory says."""
    table = []
    for load in data.loc[data["kind"] == "run", "load"].dropna().unique():
        measured, theory = find_inefficiency(data, load)
        row = {"what": "M1 / minimum", "at": f"load {load:g}", "theory": theory}
        table.append(row | spread_estimate("measured", measured))
    optima = find_optima(data)
    for quantity, theories in (("threshold", optima["theory"]), ("saving", [math.nan] * len(optima))):
        for (_, best), theory in zip(optima.iterrows(), theories, strict=True):
            row = {"what": f"best {quantity}", "at": f"{best['panel']}: {best['label']}", "theory": theory}
            table.append(row | spread("measured", *best[name_columns([quantity])]))
    return pd.DataFrame(table)


def describe(data: pd.DataFrame) -> dict[str, str]:
    """What is seen, in words."""
    runs = data[(data["panel"] == "a") & (data["kind"] == "run")]
    load = float(runs["load"].max())
    measured, theory = find_inefficiency(data, load)
    optima = find_optima(data)
    return {
        "inputs": f"{N_INPUTS:,}",
        "n": str(runs["seed"].nunique()),
        "rounds": str(MAX_ROUNDS),
        "load": f"{CACHE_LOAD:g}",
        "cost": f"{COST:g}",
        "inefficiency": f"At a load of {load:g} the median is {measured.median:.0f}"
        f" ({measured.low:.0f} to {measured.high:.0f}), the theory's {theory:.0f}.",
        "optima": " ".join(
            f"{best['label']}: cheapest at {best['threshold']:g} (theory {best['theory']:.1f}),"
            f" {best['saving']:.1f} times less than plain."
            for _, best in optima[optima["panel"] == "b"].iterrows()
        ),
        "ways": " ".join(
            f"{best['label']}: {best['saving']:.1f} times less at {best['threshold']:g}."
            for _, best in optima[optima["panel"] == "c"].iterrows()
        ),
    }


def headline(data: pd.DataFrame) -> str:
    """How far above the minimum learning is near the capacity, beside the theory, and what caching saves."""
    load = float(data.loc[(data["panel"] == "a") & (data["kind"] == "run"), "load"].max())
    measured, theory = find_inefficiency(data, load)
    optima = find_optima(data).dropna(subset=["saving"])
    if optima.empty:
        return ""
    best = optima.loc[optima["saving"].idxmax()]
    return (
        f"At {load:g} patterns an input learning takes {measured.median:,.0f} times the least M1 (theory "
        f"{theory:,.0f}); at {CACHE_LOAD:g}, caching takes up to {say_factor(best['saving'])} times less "
        f"energy ({best['label']})"
    )


def plot(data: pd.DataFrame) -> Figure:
    """Inefficiency against load, then energy against the threshold by cost and by decay and trigger."""
    rows = [
        panel(_plot_loads, where={"panel": "a"}, looks=LOAD_LOOKS, settings={"xscale": "linear"}),
        # Room for the legends.
        panel(_plot_thresholds, where={"panel": "b"}, looks=COST_LOOKS, settings={"ylim": (0.002, None)}),
        panel(_plot_thresholds, where={"panel": "c"}, looks=WAY_LOOKS, settings={"ylim": (None, 20)}),
    ]
    figure = Panels([rows], height_mm=68, legend=None)(data)
    legends: tuple[Any, ...] = ("lower right", (0.02, 0.08), "upper left")
    for ax, place in zip(figure.axes, legends, strict=True):
        ax.legend(loc=place)
    return figure


def _plot_loads(data: pd.DataFrame, ax: Axes, looks: Looks) -> None:
    _plot_with_theory(data, ax, looks, quantity="inefficiency_m1", over="load")
    claims = data[data["kind"] == "claim"]
    ax.plot(claims["load"], claims["inefficiency_m1"], "*", color=VERMILLION, markersize=7, label="claimed")
    ax.plot([], [], color=BLACK, linewidth=0.8, linestyle=DASHES, label="theory")


def _plot_thresholds(data: pd.DataFrame, ax: Axes, looks: Looks) -> None:
    _plot_with_theory(data, ax, looks, quantity="energy", over="threshold")
    ax.axhline(1, color=GRAY, linewidth=0.6, zorder=1)
    ax.set_xlim(0.95 * data["threshold"].min(), 1.05 * data["threshold"].max())


def _plot_with_theory(data: pd.DataFrame, ax: Axes, looks: Looks, *, quantity: str, over: str) -> None:
    """The sweep, with theory's line, and a tick at the bottom where theory puts the best setting."""
    plot_sweep(data, ax, looks, quantity=quantity, over=over)
    for label, look in looks.items():
        rows = data[data["label"] == label]
        line = rows[rows["kind"] == "theory"].sort_values(over)
        ax.plot(line[over], line[quantity], color=look.color, linewidth=0.8, linestyle=DASHES, zorder=1)
        for best in rows.loc[rows["kind"] == "best", over]:
            ax.axvline(best, ymax=0.06, color=look.color, linewidth=1.5)


STUDY = Study(
    points=POINTS,
    quick_points=QUICK,
    measure=measure,
    analyze=analyze,
    tabulate=tabulate,
    describe=describe,
    headline=headline,
    plot=plot,
    caption=CAPTION,
)
