"""Synaptic caching in a network that learns MNIST: threshold, decay, trigger and the cost of maintenance."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from bioplast.analysis.cells import count_unreached_as_infinite, stack, with_medians
from bioplast.analysis.cheapest import find_cheapest
from bioplast.analysis.frame import make_run_frame
from bioplast.analysis.interval import name_columns
from bioplast.analysis.optimum import find_optimum
from bioplast.analysis.statistics import Estimate, estimate_median
from bioplast.analysis.words import say_factor
from bioplast.figures.panels import Looks, Panels, panel
from bioplast.figures.style import BLUE, GRAY, ORANGE, PURPLE, SKY_BLUE, Look
from bioplast.figures.sweep import plot_sweep
from bioplast.plasticity import Plasticity
from bioplast.plasticity.cache import Cache
from bioplast.studies.declaration import Study
from bioplast.studies.grid import Grid, Settings
from bioplast.training.record import Run

COST = 0.001  # of keeping a change of 1 for a trial, in the unit of m1
COSTS = tuple(10 ** (exponent / 2) for exponent in range(-10, -1))

# What of a transient change is lost from trial to trial, what a crossing makes permanent, and thresholds.
WAYS: Mapping[str, tuple[float, str, tuple[float, ...]]] = {
    "τ = 1,000, synapse": (0.001, "synapse", (0.001, 0.002, 0.004, 0.007, 0.01, 0.02)),
    "τ = 1,000, neuron": (0.001, "neuron", (0.001, 0.002, 0.004, 0.007, 0.01, 0.02)),
    "no decay, synapse": (0.0, "synapse", (0.001, 0.004, 0.01, 0.02, 0.04, 0.08)),
    "no decay, neuron": (0.0, "neuron", (0.004, 0.01, 0.02, 0.04, 0.08)),
}
QUICK_WAYS = {label: (decay, per, (0.001, 0.004, 0.02)) for label, (decay, per, _) in WAYS.items() if decay}
LOOKS = dict(
    zip(WAYS, (Look(BLUE, "^"), Look(ORANGE, "s"), Look(SKY_BLUE, "v"), Look(PURPLE, "P")), strict=True)
)
# What is drawn over what, by panel.
AXES = {"a": ("energy", "threshold"), "b": ("trials", "threshold"), "c": ("saving", "cost")}
QUANTITIES = tuple(quantity for quantity, _ in AXES.values())
COLUMNS = ("panel", "label", "kind", "seed", "converged", "threshold", "cost", *name_columns(QUANTITIES))

CAPTION = """
Synaptic caching, ann on {task} to {goal} on validation; standard protocol, input encoding '{encoding}',
hidden units {hidden}, {seeds}. A change is transient at first, is lost with the time constant τ (trials),
costs c times its size for each trial that it is kept, and is written for good when it grows beyond the
threshold (unit of the weights); neuron: one synapse beyond it writes all synapses onto its neuron. Energy: M1
plus maintenance. Small markers: runs, open where the goal was not reached; lines: medians (a run that did not
get there counts as dearer than any). All of it is relative to plain learning with the same seed.

a: energy at c = {cost} against the threshold. {optima} b: samples seen. c: how many times less is spent than
by plain learning, at the best threshold for each c. Neuron against synapse, τ = 1,000, c = {cost}: {triggers}
times the saving. {missing}
"""


def list_rules(ways: Mapping[str, tuple[float, str, tuple[float, ...]]]) -> list[str]:
    """Plain learning, and thresholds by decay and trigger."""
    caches = [
        Cache(theta, decay, per, COST) for decay, per, thresholds in ways.values() for theta in thresholds
    ]
    return ["plain", *(str(Plasticity(consolidation=cache)) for cache in caches)]


COMMON: Settings = {"model": "ann", "hidden": 100}
GRID = Grid(rule=list_rules(WAYS), seeds=5, goal=0.93, max_samples=80_000, **COMMON)
QUICK = Grid(rule=list_rules(QUICK_WAYS), goal=0.88, max_samples=16_000, **COMMON)


def analyze(runs: list[Run]) -> pd.DataFrame:
    """Exactly what is drawn, by ``panel``: rows of ``kind`` run, and median over seeds."""
    cached = _compare(make_run_frame(runs))
    frames = {"a": _price(cached, COST), "b": _price(cached, COST), "c": _choose_best(cached)}
    parts = [
        with_medians(frames[letter].assign(panel=letter), ["panel", "label", over], [quantity])
        for letter, (quantity, over) in AXES.items()
    ]
    return stack(parts, COLUMNS)


def _compare(frame: pd.DataFrame) -> pd.DataFrame:
    """The runs with caching: ``m1``, ``maintenance`` and ``trials`` relative to plain learning's."""
    names = {(decay, per): label for label, (decay, per, _) in WAYS.items()}
    plain = frame[frame["rule"] == "plain"].set_index("seed")
    rows = []
    for _, run in frame[frame["rule"] != "plain"].iterrows():
        cache = Plasticity.parse(run["rule"]).consolidation
        if isinstance(cache, Cache):
            row = {"label": names[cache.decay, cache.per], "threshold": cache.theta, "seed": run["seed"]}
            beside = plain.loc[run["seed"]]
            row["converged"] = bool(run["converged"] and beside["converged"])
            row |= {"m1": run["m1"] / beside["m1"], "trials": run["samples"] / beside["samples"]}
            rows.append(row | {"maintenance": run["maintenance"] / cache.cost / beside["m1"]})
    return pd.DataFrame(rows)


def _price(cached: pd.DataFrame, cost: float) -> pd.DataFrame:
    """``cached`` with the energy at a cost of maintenance; what the network does is the same at each."""
    return cached.assign(energy=cached["m1"] + cost * cached["maintenance"])


def _choose_best(cached: pd.DataFrame) -> pd.DataFrame:
    """The runs at the cheapest threshold for each cost and label, with what they save."""
    chosen = []
    for cost in COSTS:
        priced = _price(cached, cost)
        for _, runs in priced.groupby("label", sort=False):
            best = find_optimum(runs["threshold"], count_unreached_as_infinite(runs, "energy"))
            at_best = runs[runs["threshold"] == best.place]
            chosen.append(at_best.assign(cost=cost, saving=1 / at_best["energy"]))
    return pd.concat(chosen)


def find_savings(data: pd.DataFrame, label: str, cost: float = COST) -> pd.Series[float]:
    """How many times less is spent than by plain learning at the best threshold; by seed, if it got there."""
    runs = data[(data["panel"] == "c") & (data["kind"] == "run") & (data["label"] == label)]
    near = runs[(runs["cost"].astype(float) / cost - 1).abs() < 1e-6]
    return near[near["converged"].astype(bool)].set_index("seed")["saving"].astype(float)


def find_optima(data: pd.DataFrame) -> pd.DataFrame:
    """The cheapest threshold of each curve of a (``find_cheapest``)."""
    runs = data[(data["panel"] == "a") & (data["kind"] == "run")]
    return find_cheapest(runs, ["label"], "threshold", "energy")


def compare_triggers(data: pd.DataFrame) -> Estimate:
    """Saving with the neuron's trigger / saving with the synapse's, with decay, seed by seed."""
    synapse, neuron = (find_savings(data, label) for label in list(WAYS)[:2])
    return estimate_median(neuron / synapse)


def tabulate(data: pd.DataFrame) -> pd.DataFrame:
    """The best threshold, the saving and the learning time of each way, at the cost of the paper."""
    trials = data[(data["panel"] == "b") & (data["kind"] == "median")]
    optima = find_optima(data)
    times = optima[["label", "threshold"]].merge(trials[["label", "threshold", "trials"]], how="left")
    return optima.drop(columns=["left", "right"]).assign(trials=times["trials"].to_numpy())


def describe(data: pd.DataFrame) -> dict[str, str]:
    """What is seen, in words."""
    triggers = compare_triggers(data)
    interval = "" if triggers.n < 2 else f" ({triggers.low:.2f} to {triggers.high:.2f})"
    return {
        "cost": f"{COST:g}",
        "triggers": f"{triggers.median:.2f}{interval}" if triggers.n else "(no pair of runs)",
        "optima": " ".join(
            f"{best['label']}: cheapest at {best['threshold']:g}, {best['saving']:.1f} times less than plain."
            if best["n"]
            else f"{best['label']}: no threshold reached the goal."
            for _, best in find_optima(data).iterrows()
        ),
    }


def headline(data: pd.DataFrame) -> str:
    """What caching saves at its best, and that the trigger hardly matters or does."""
    best, triggers = find_optima(data).dropna(subset=["saving"]), compare_triggers(data)
    if best.empty or not triggers.n:
        return ""
    least, most = best["saving"].min(), best["saving"].max()
    return (
        f"At its best threshold caching takes {say_factor(least)} to {say_factor(most)} times less energy "
        f"than plain learning; a neuron's trigger saves {triggers.median:.2f} times what a synapse's does"
    )


def plot(data: pd.DataFrame) -> Figure:
    """Energy and samples against the threshold, and the saving against the cost of maintenance."""
    rows = [panel(_plot, quantity=y, over=x, where={"panel": letter}) for letter, (y, x) in AXES.items()]
    looks = {label: LOOKS[label] for label in data["label"].unique()}
    return Panels([rows], height_mm=74, looks=looks)(data)


def _plot(data: pd.DataFrame, ax: Axes, looks: Looks, *, quantity: str, over: str) -> None:
    plot_sweep(data, ax, looks, quantity=quantity, over=over)
    ax.axhline(1, color=GRAY, linewidth=0.6, zorder=1)


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
