"""The network of Li & van Rossum (2020), so that what was claimed of it can be judged on it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter

from bioplast.analysis.cells import stack, with_medians
from bioplast.analysis.cheapest import find_cheapest
from bioplast.analysis.estimates import estimate_by
from bioplast.analysis.frame import make_run_frame
from bioplast.analysis.interval import say
from bioplast.analysis.statistics import Estimate, estimate_median, say_coverage
from bioplast.figures.panels import Looks, Panels, draw_line, panel
from bioplast.figures.style import BLACK, BLUE, ORANGE, Look
from bioplast.figures.sweep import plot_sweep
from bioplast.plasticity import Plasticity
from bioplast.plasticity.cache import Cache
from bioplast.studies.declaration import Study
from bioplast.studies.grid import Grid, Settings
from bioplast.training.record import Run

HIDDEN, RATE, GOAL = 100, 0.1, 0.93
GOALS, SIZES, RATES = [0.8, 0.85, 0.9, GOAL, 0.95, 0.96], [10, 20, 50, 200, 500, 1000], [0.03, 0.3, 1.0]
LOW, HIGH = (0.85, 0.9), (GOAL, 0.96)  # where the growth of energy with accuracy is compared
THRESHOLDS = (0.005, 0.01, 0.02, 0.04, 0.08)
DECAY, COST = 0.001, 0.001  # of a transient change, for each trial
WAYS = ("synapse", "neuron")  # what a crossing makes permanent
CLAIMED = 20  # times the minimum, at any accuracy
QUANTITIES = ["m0", "m1", "inefficiency_m1"]
LOOKS = {
    "plain": Look(BLACK, "o"),
    "synapse": Look(BLUE, "^"),
    "neuron": Look(ORANGE, "s"),
}

CAPTION = """
A network as in Li & van Rossum (2020): 784-N-10, logistic units in both layers, squared error, learning rate
{rate}, first weights N(0, 1/inputs) (loss and first weights are ours: they were not found stated); {task},
standard protocol, input encoding '{encoding}'; N = {size} where nothing else is said. Markers: runs, open
where the goal was not reached; lines and bars: medians; n = {n}, intervals are {coverage}.

a: M1 to an accuracy on validation. Exponential growth would be a straight line: {growth} b: M1 over the
least it could have been; dashed: the {claimed} times of the claim. {least} c: M1 to {asked} against hidden
units. d: against the learning rate. {rates}

e: synaptic caching to {asked}: M1 plus maintenance relative to plain learning with the same seed; a change is
lost with a time constant of 1,000 trials, costs {cost} of its size for each trial that it is kept, and is
written for good beyond the threshold; neuron: one synapse beyond it writes all synapses onto its neuron.
{optima} {missing}
"""


def make_options(hidden: int = HIDDEN, rate: float = RATE) -> dict[str, Any]:
    """The network's settings, with first weights of variance 1 / inputs."""
    return {
        "activation": "logistic",
        "loss": "squared-logistic",
        "learning_rate": rate,
        "learning_rate_output": rate,
        "sd_hidden": round(784**-0.5, 4),
        "sd_output": round(hidden**-0.5, 4),
    }


def list_caches(thresholds: tuple[float, ...]) -> list[str]:
    """Caching with either trigger."""
    caches = [Cache(theta, DECAY, per, COST) for per in WAYS for theta in thresholds]
    return [str(Plasticity(consolidation=cache)) for cache in caches]


def make_grids(
    goals: list[float],
    sizes: list[int],
    rates: list[float],
    thresholds: tuple[float, ...],
    *,
    goal: float,
    limit: int,
    seeds: int = 1,
) -> list[Grid]:
    """Plain learning to several goals, of several sizes, with several rates; caching with thresholds."""
    common: Settings = {"model": "ann", "max_samples": limit, "interval": 1000, "seeds": seeds}
    cells = [{"hidden": size, "options": make_options(size)} for size in sizes]
    cells += [{"hidden": HIDDEN, "options": make_options(rate=rate)} for rate in rates]
    own: Settings = {"hidden": HIDDEN, "options": make_options()}
    return [
        Grid(goal=goals, **own, **common),
        Grid(cells=cells, goal=goal, **common),
        Grid(rule=list_caches(thresholds), goal=goal, **own, **common),
    ]


GRID = make_grids(GOALS, SIZES, RATES, THRESHOLDS, goal=GOAL, limit=400_000, seeds=10)
QUICK = make_grids([0.6, 0.8], [20], [0.3], (0.01, 0.04), goal=0.8, limit=20_000)


def analyze(runs: list[Run]) -> pd.DataFrame:
    """Exactly what is drawn, by ``panel``, with ``kind`` run or median.

    ``asked`` (a, b): energies by the accuracy ``asked``; ``size`` (c) and ``rate`` (d): by hidden units and
    learning rate; ``cache`` (e): ``energy`` relative to plain learning by ``threshold``, ``label`` the
    trigger.
    """
    frame = make_run_frame(runs).rename(columns={"goal": "asked"})
    frame["rate"] = [run.record["config"]["options"]["learning_rate"] for run in runs]
    is_plain, is_own = frame["rule"] == "plain", (frame["hidden"] == HIDDEN) & (frame["rate"] == RATE)
    goal = frame.loc[~is_plain, "asked"].max()
    plain = frame[is_plain].assign(label="plain")
    there = plain[plain["asked"] == goal]
    cached = _compare(frame[~is_plain], there[is_own.loc[there.index]])
    parts = [
        with_medians(plain[is_own.loc[plain.index]], ["label", "asked"], QUANTITIES).assign(panel="asked"),
        with_medians(there[there["rate"] == RATE], ["label", "hidden"], ["m1"]).assign(panel="size"),
        with_medians(there[there["hidden"] == HIDDEN], ["label", "rate"], ["m1"]).assign(panel="rate"),
        with_medians(cached, ["label", "threshold"], ["energy"]).assign(panel="cache"),
    ]
    names = ["panel", "kind", "label", "asked", "hidden", "rate", "threshold", "seed", "converged", "n"]
    ends = [f"{name}{end}" for name in ("m1", "inefficiency_m1", "energy") for end in (" low", " high")]
    data = stack(parts, [*names, "reached", *QUANTITIES, *ends, "energy"], whole=["hidden"])
    return data.assign(goal=goal)


def _compare(cached: pd.DataFrame, plain: pd.DataFrame) -> pd.DataFrame:
    """The runs with caching: ``energy`` relative to that of plain learning on the same seed."""
    beside, rows = plain.set_index("seed"), []
    for _, run in cached.iterrows():
        cache, other = Plasticity.parse(run["rule"]).consolidation, beside.loc[run["seed"]]
        assert isinstance(cache, Cache)
        energy = (run["m1"] + run["maintenance"]) / other["m1"]
        row = {"label": cache.per, "threshold": cache.theta, "seed": run["seed"], "energy": energy}
        rows.append(row | {"converged": bool(run["converged"] and other["converged"])})
    return pd.DataFrame(rows)


def inefficiencies(data: pd.DataFrame) -> pd.DataFrame:
    """M1 over its minimum by the accuracy asked for: ``value``, ``low``, ``high``, ``n``."""
    runs = _take(data, "asked")
    return estimate_by(runs[runs["converged"].eq(True)], "inefficiency_m1", "asked").sort_index()


def compare_growth(data: pd.DataFrame) -> Estimate:
    """Slope of ln(M1) against accuracy where accuracy is high over that where it is low, seed by seed."""
    runs = _take(data, "asked")
    reached = runs[runs["converged"].eq(True)]
    spent = np.log(reached.pivot(index="seed", columns="asked", values="m1").astype(float))
    if not set(LOW + HIGH) <= set(spent):
        return estimate_median([])
    low, high = ((spent[b] - spent[a]) / (b - a) for a, b in (LOW, HIGH))
    return estimate_median(high / low)


def sizes(data: pd.DataFrame) -> pd.DataFrame:
    """The rows of c: M1 by hidden units."""
    return data[data["panel"] == "size"]


def rates(data: pd.DataFrame) -> pd.DataFrame:
    """M1 with other learning rates over that with the network's own, seed by seed, a row a rate."""
    runs = _take(data, "rate")
    reached = runs[runs["converged"].eq(True)].astype({"m1": float})
    own = reached[reached["rate"] == RATE].set_index("seed")["m1"]
    others = reached[reached["rate"] != RATE]
    return estimate_by(others.assign(ratio=others["m1"] / others["seed"].map(own)), "ratio", "rate")


def find_optima(data: pd.DataFrame) -> pd.DataFrame:
    """The cheapest threshold with each trigger (``find_cheapest``)."""
    return find_cheapest(_take(data, "cache"), ["label"], "threshold", "energy")


def compare_triggers(data: pd.DataFrame) -> Estimate:
    """Saving with the neuron's trigger over that with the synapse's, each at its best, seed by seed."""
    runs, spent = _take(data, "cache"), {}
    for _, best in find_optima(data).iterrows():
        there = runs[(runs["label"] == best["label"]) & (runs["threshold"] == best["threshold"])]
        spent[best["label"]] = there[there["converged"].eq(True)].set_index("seed")["energy"].astype(float)
    return estimate_median(spent["synapse"] / spent["neuron"])


def tabulate(data: pd.DataFrame) -> pd.DataFrame:
    """Medians of every cell of plain learning, and the best thresholds."""
    medians = data[(data["kind"] == "median") & data["panel"].isin(["asked", "size", "rate"])]
    names = ["panel", "asked", "hidden", "rate", "reached", "n", "m1", "m1 low", "m1 high", "inefficiency_m1"]
    optima = find_optima(data).assign(panel="cache")
    kept = ["panel", "label", "threshold", "saving", "saving low", "saving high", "n"]
    return pd.concat([medians[names], optima[kept]], ignore_index=True)


def describe(data: pd.DataFrame) -> dict[str, str]:
    """What is seen, for the caption."""
    ratios, n = inefficiencies(data), int(_take(data, "asked")["seed"].nunique())
    growth, optima = compare_growth(data), find_optima(data)
    return {
        "rate": f"{RATE:g}",
        "size": str(HIDDEN),
        "n": f"{n} seed{'s' * (n > 1)}",
        "coverage": say_coverage(n),
        "claimed": str(CLAIMED),
        "asked": f"{100 * data['goal'].iloc[0]:g} %",
        "growth": f"it is {growth.median:.2f} times as steep at {_span(HIGH)} as at {_span(LOW)}."
        if growth.n
        else "too few accuracies were reached to say.",
        "least": "Seen: "
        + ", ".join(f"{row['value']:.0f} at {100 * asked:g} %" for asked, row in ratios.iterrows())
        + ".",
        "rates": "; ".join(f"{rate:g}: {say(row, '.2f')} times M1" for rate, row in rates(data).iterrows())
        + f" (against {RATE:g}).",
        "cost": f"{COST:g}",
        "optima": " ".join(
            f"{best['label']}: cheapest at {best['threshold']:g}, {best['saving']:.1f} times less than plain."
            if best["n"]
            else f"{best['label']}: no threshold reached the goal."
            for _, best in optima.iterrows()
        ),
    }


def headline(data: pd.DataFrame) -> str:
    """What caching saves, and how far above the minimum plain learning is."""
    ratios, optima = inefficiencies(data), find_optima(data).dropna(subset=["saving"])
    if ratios.empty or optima.empty:
        return ""
    saved = " and ".join(f"{best['saving']:.1f} ({best['label']})" for _, best in optima.iterrows())
    return (
        f"Logistic units: plain learning takes {ratios['value'].min():.0f} to {ratios['value'].max():.0f} "
        f"times the least M1, and caching at its best {saved} times less than plain"
    )


def _span(ends: tuple[float, float]) -> str:
    return f"{100 * ends[0]:g} to {100 * ends[1]:g} %"


def _take(data: pd.DataFrame, panel: str) -> pd.DataFrame:
    return data[(data["panel"] == panel) & (data["kind"] == "run")]


def plot(data: pd.DataFrame) -> Figure:
    """Energy by accuracy, size and rate; then caching, and generalization."""
    plain = {"plain": LOOKS["plain"]}
    ways = {label: LOOKS[label] for label in WAYS}
    upper = [
        panel(_plot_asked, quantity="m1", where={"panel": "asked"}, looks=plain),
        panel(_plot_asked, quantity="inefficiency_m1", line=CLAIMED, where={"panel": "asked"}, looks=plain),
        panel(plot_sweep, quantity="m1", over="hidden", where={"panel": "size"}, looks=plain),
    ]
    lower = [
        panel(plot_sweep, quantity="m1", over="rate", where={"panel": "rate"}, looks=plain),
        panel(_plot_caching, where={"panel": "cache"}, looks=ways),
    ]
    return Panels([upper, lower], height_mm=120, legend=None)(data)


def _plot_asked(
    data: pd.DataFrame, ax: Axes, looks: Looks, *, quantity: str, line: float | None = None
) -> None:
    plot_sweep(data, ax, looks, quantity=quantity, over="asked")
    ax.set(xscale="linear", xlabel="Accuracy asked for (%)")
    ax.xaxis.set_major_formatter(PercentFormatter(1.0, decimals=0, symbol=None))
    if line is not None:
        draw_line(ax, line)


def _plot_caching(data: pd.DataFrame, ax: Axes, looks: Looks) -> None:
    plot_sweep(data, ax, looks, quantity="energy", over="threshold")
    draw_line(ax, 1)
    ax.legend()


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
