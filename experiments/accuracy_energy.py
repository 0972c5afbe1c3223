"""Energy against the accuracy asked for, the best accuracy each rule reaches, and the learning rate."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MultipleLocator, PercentFormatter

from bioplast.analysis.cells import stack, with_medians
from bioplast.analysis.crossing import tabulate_crossings
from bioplast.analysis.estimates import estimate_by
from bioplast.analysis.frame import make_run_frame, make_trace_frame
from bioplast.analysis.interval import say
from bioplast.figures.labels import name_axis
from bioplast.figures.panels import Looks, Panels, draw_line, panel
from bioplast.figures.places import plot_places
from bioplast.figures.style import make_looks
from bioplast.figures.sweep import plot_sweep
from bioplast.studies.declaration import Study
from bioplast.studies.grid import Grid, Settings
from bioplast.training.record import Run

RULES = {
    "plain": "plain",
    "largest(0.1)": "largest(0.1, output=1)",
    "largest(0.01)": "largest(0.01, output=1)",
    "above(0.0001)": "above(0.0001)",
    "fixed(0.1)": "fixed(0.1, output=1)",
    "subnet(50)": "subnet(50)",
}
OWN_RATE = 0.01  # the network's own, which needs no option
FRUITLESS = {0.1: 60_000}  # samples after which to give up, where five epochs are not enough either
LEVELS = (0.86, 0.88, 0.9, 0.91, 0.92, 0.93, 0.94, 0.95, 0.96, 0.965, 0.97, 0.975)
LOW, HIGH = (0.88, 0.92), (0.94, 0.97)  # where the growth of energy with accuracy is compared
NO_GOAL = 1.0
CLAIMED = 20  # times the minimum, at any accuracy
ENERGIES = ("m0", "m1")

CAPTION = """
Energy against accuracy on {task}; hidden units: {hidden}. Paper protocol: accuracy is that on the test set
after every 2,000 samples, input encoding '{encoding}'; {cell_seeds}. Under largest and fixed the output layer
is plastic as a whole.

a, b: what had been spent when an accuracy was first reached, read along runs of {long} samples. Thin lines:
runs; thick: medians over seeds, as far as most of them got. Exponential growth would be a straight line.
{growth}

c: M1 over the least it could have been, plain learning stopped at each accuracy; dashed: the {claimed}
times of the claim. {ratio}

d: the best accuracy within {long} samples; bars: medians. {best}

e, f: energy to {asked} against the learning rate, the same in both layers; open: gave up. {rates}
"""


def make_grids(
    goals: list[float],
    rates: list[float],
    *,
    goal: float,
    long: int,
    limit: int | None = None,
    seeds: int = 1,
) -> list[Grid]:
    """Long runs of every rule, plain to several goals, and plain with several learning rates."""
    common: Settings = {"model": "ann", "hidden": 100, "protocol": "paper", "seeds": seeds}
    by_rate = [
        {
            "max_samples": limit or FRUITLESS.get(rate),
            "options": {"learning_rate": rate, "learning_rate_output": rate} if rate != OWN_RATE else {},
        }
        for rate in rates
    ]
    return [
        Grid(rule=list(RULES.values()), goal=NO_GOAL, max_samples=long, **common),
        Grid(goal=goals, max_samples=limit, **common),
        Grid(cells=by_rate, goal=goal, **common),
    ]


GOALS, RATES = [0.9, 0.93, 0.95, 0.96, 0.97], [0.001, 0.003, 0.01, 0.03, 0.1]
GRID = make_grids(GOALS, RATES, goal=0.95, long=600_000, limit=None, seeds=5)
QUICK = make_grids([0.86, 0.9], [0.003, 0.03], goal=0.9, long=16_000, limit=16_000)


def analyze(runs: list[Run]) -> pd.DataFrame:
    """Exactly what is drawn, by ``panel``, with ``kind`` run or median.

    ``asked`` (a, b): energies at the accuracy ``asked``; ``goal`` (c): ``inefficiency_m1`` of plain runs that
    stopped at the accuracy ``asked``; ``best`` (d): the highest ``test`` of a run within its ``samples``;
    ``rate`` (e, f): energies to the goal by learning rate. Rows of panel ``growth`` hold
    d ln(energy) / d accuracy a percent of accuracy, of plain runs in the range ``label``.
    """
    frame = make_run_frame(runs)
    frame["label"] = _name_rules(frame)
    frame["asked"] = frame["goal"].astype(float)
    frame["rate"] = [run.record["config"]["settings"]["learning_rate"] for run in runs]
    course = make_trace_frame(run for run in runs if run.record["goal"] == NO_GOAL)
    course["label"] = _name_rules(course)
    crossings = tabulate_crossings(course, ["label", "seed"], ENERGIES, LEVELS)
    best = course.groupby(["label", "seed"], sort=False)[["validation", "samples"]].max().reset_index()
    best = best.rename(columns={"validation": "test"}).assign(converged=True)
    stopped = frame[frame["asked"] < NO_GOAL]
    is_own = stopped["rate"] == OWN_RATE
    rates = stopped[stopped["asked"] == stopped.loc[~is_own, "asked"].max()]
    cells = ["label", "asked"]
    parts = [
        with_medians(crossings, cells, ENERGIES).assign(panel="asked"),
        with_medians(stopped[is_own], cells, ["inefficiency_m1"]).assign(panel="goal"),
        with_medians(best, ["label"], ["test", "samples"]).assign(panel="best"),
        with_medians(rates, [*cells, "rate"], ENERGIES).assign(panel="rate"),
        _compute_growth(crossings).assign(panel="growth", kind="run"),
    ]
    names = ["panel", "kind", "label", "asked", "rate", "seed", "converged", "n", "reached"]
    return stack(parts, [*names, "samples", *ENERGIES, "inefficiency_m1", "test"])


def best_accuracies(data: pd.DataFrame) -> pd.DataFrame:
    """The best accuracy of each rule less that of plain learning, in percent, paired by seed.

    Returns
    -------
    best : a row a label: ``test``, the median accuracy, and ``value``, ``low``, ``high`` and ``n`` of the
        difference, with its interval
    """
    runs = data[(data["panel"] == "best") & (data["kind"] == "run")]
    by_seed = runs.pivot(index="seed", columns="label", values="test").astype(float)
    less = 100 * by_seed.sub(by_seed["plain"], axis="index")[list(dict.fromkeys(runs["label"]))]
    return estimate_by(less.melt(), "value", "label").assign(test=by_seed.median())


def inefficiencies(data: pd.DataFrame) -> pd.DataFrame:
    """M1 over its minimum by the accuracy asked for, plain learning: ``value``, ``low``, ``high``, ``n``."""
    runs = data[(data["panel"] == "goal") & (data["kind"] == "run") & data["converged"].eq(True)]
    return estimate_by(runs, "inefficiency_m1", "asked").sort_index()


def growth(data: pd.DataFrame) -> pd.DataFrame:
    """How many times more a percent of accuracy takes, plain learning, at low and at high accuracy.

    Returns
    -------
    growth : a row a quantity and range, ``m0 88-92 %`` and so on: ``value``, ``low``, ``high``, ``n``. Were
        growth exponential, the two ranges would not differ.
    """
    rows = data[data["panel"] == "growth"].set_index("label")[list(ENERGIES)].astype(float)
    long = np.exp(rows).reset_index().melt("label")
    return estimate_by(long.assign(name=long["variable"] + " " + long["label"]), "value", "name")


def tabulate(data: pd.DataFrame) -> pd.DataFrame:
    """Medians of every cell: by accuracy and rule, then by goal, rule and learning rate."""
    table = data[data["kind"] == "median"]
    names = ["label", "asked", "rate", "reached", "n", *ENERGIES, "inefficiency_m1", "test"]
    return table[names].dropna(axis="columns", how="all").reset_index(drop=True)


def describe(data: pd.DataFrame) -> dict[str, str]:
    """What is seen, for the caption."""
    medians = data[data["kind"] == "median"]
    best, ratios, slopes = best_accuracies(data), inefficiencies(data), growth(data).dropna(subset="value")
    rates = medians[medians["panel"] == "rate"].astype({"m1": float}).sort_values("rate")
    return {
        "cell_seeds": f"n = {medians['n'].max()} a cell",
        "claimed": str(CLAIMED),
        "asked": f"{100 * rates['asked'].iloc[0]:g} %",
        "long": f"{medians.loc[medians['panel'] == 'best', 'samples'].max():,.0f}",
        "growth": "One percent more takes, plain learning: "
        + "; ".join(f"{str(name).upper()}, {say(row, '.2f')} times" for name, row in slopes.iterrows())
        + ".",
        "ratio": "Seen: "
        + ", ".join(f"{row['value']:.0f} at {100 * asked:g} %" for asked, row in ratios.iterrows())
        + ".",
        "best": "Against plain on the same seed: "
        + ", ".join(
            f"{label} {say(row, '+.2f')} points" for label, row in best.iterrows() if label != "plain"
        )
        + ".",
        "rates": "Medians of M1: "
        + ", ".join(
            f"{m1:,.0f} at {rate:g}" if m1 > 0 else f"none got there at {rate:g}"
            for rate, m1 in zip(rates["rate"], rates["m1"], strict=True)
        )
        + ".",
    }


def headline(data: pd.DataFrame) -> str:
    """How much a percent of accuracy costs, at low and at high accuracy."""
    found = growth(data)["value"]
    ranges = [f"{100 * low:g}-{100 * high:g} %" for low, high in (LOW, HIGH)]
    values = found.reindex([f"m0 {name}" for name in ranges])
    if values.isna().any():
        return ""
    low, high = (f"{value:.2f} times ({name})" for value, name in zip(values, ranges, strict=True))
    growing = ": faster than exponential" if values.iloc[1] > values.iloc[0] else ""
    return f"One more percent of accuracy takes plain learning {low} to {high} the writes{growing}"


def plot(data: pd.DataFrame) -> Figure:
    """Energy by accuracy and rule; below, the best accuracy, and energy by learning rate."""
    looks = make_looks(label for label in RULES if label in set(data["label"]))
    plain = {"plain": looks["plain"]}
    upper = [panel(_plot_asked, quantity=name, where={"panel": "asked"}) for name in ENERGIES]
    upper += [panel(_plot_inefficiency, where={"panel": "goal"}, looks=plain)]
    lower = [panel(_plot_best, where={"panel": "best"})]
    rate: dict[str, Any] = {"over": "rate", "where": {"panel": "rate"}, "looks": plain}
    lower += [panel(plot_sweep, quantity=name, **rate) for name in ENERGIES]
    return Panels([upper, lower], height_mm=125, looks=looks)(data)


def _plot_asked(data: pd.DataFrame, ax: Axes, looks: Looks, *, quantity: str) -> None:
    """A thin line a run and a thick one through the medians, against the accuracy asked for."""
    for label, look in looks.items():
        rows = data[data["label"] == label].dropna(subset=[quantity]).sort_values("asked")
        for _, run in rows[rows["kind"] == "run"].groupby("seed"):
            ax.plot(run["asked"], run[quantity], color=look.color, linewidth=0.4, alpha=0.6, zorder=2)
        line = rows[rows["kind"] == "median"]
        ax.plot(line["asked"], line[quantity], color=look.color, marker=look.marker, markersize=3.0, zorder=3)
    # Whole percents only: the label of 92.5 would say 92.
    ax.xaxis.set_major_locator(MultipleLocator(0.02))
    ax.xaxis.set_major_formatter(PercentFormatter(1.0, decimals=0, symbol=None))
    ax.set(yscale="log", xlabel="Accuracy asked for (%)", ylabel=name_axis(quantity))


def _plot_inefficiency(data: pd.DataFrame, ax: Axes, looks: Looks) -> None:
    _plot_asked(data, ax, looks, quantity="inefficiency_m1")
    draw_line(ax, CLAIMED)


def _plot_best(data: pd.DataFrame, ax: Axes, looks: Looks) -> None:
    plot_places(data, ax, looks, quantity="test")
    ax.yaxis.set_major_formatter(PercentFormatter(1.0, decimals=1, symbol=None))
    ax.set_ylabel("Best test accuracy (%)")


def _name_rules(frame: pd.DataFrame) -> pd.Series[str]:
    return frame["rule"].map({rule: label for label, rule in RULES.items()})


def _compute_growth(crossings: pd.DataFrame) -> pd.DataFrame:
    rows = []
    for seed, run in crossings[crossings["label"] == "plain"].groupby("seed"):
        spent = run.set_index("asked")
        for low, high in (LOW, HIGH):
            row: dict[str, Any] = {"seed": seed, "label": f"{100 * low:g}-{100 * high:g} %"}
            for name in ENERGIES:
                row[name] = np.log(spent.loc[high, name] / spent.loc[low, name]) / (100 * (high - low))
            rows.append(row)
    return pd.DataFrame(rows)


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
