"""Whether a reserve that writes empty and time refills learns more for the same energy than other rules."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from bioplast.analysis.cells import stack
from bioplast.analysis.estimates import estimate_by
from bioplast.analysis.frame import make_trace_frame
from bioplast.analysis.interval import name_columns, spread
from bioplast.figures.labels import name_axis
from bioplast.figures.panels import Looks, Panels, draw_line, panel
from bioplast.figures.style import BLUE, GRAY, ORANGE, Look
from bioplast.plasticity import Plasticity
from bioplast.studies.declaration import Study
from bioplast.studies.grid import Grid
from bioplast.training.record import Run

UNGATED = ("plain", "largest(0.005, output=0.2)", "above(0.0003)", "cache(0.02)")
GATED = (
    "reserve(0.02)",
    "reserve(0.1)",
    "reserve(0.0, surprise=0.2, output=0.5)",
    "reserve(0.02, surprise=0.2, output=0.5)",
    "reserve(0.02, surprise=0.5, output=0.5)",
)
GROUPS = {"ungated": UNGATED, "reserve": GATED}
N_LEVELS = 13  # of M1, between the first evaluation that spent least and the last that spent most
NO_GOAL, N_SAMPLES = 1.0, 60_000
GRID = Grid(
    model="spiking", rule=[*UNGATED, *GATED], hidden=100, goal=NO_GOAL, max_samples=N_SAMPLES, seeds=5
)
QUICK = Grid(
    model="spiking",
    rule=[UNGATED[0], UNGATED[1], GATED[0], GATED[3]],
    hidden=100,
    goal=NO_GOAL,
    max_samples=6000,
)
LINES = ("-", "--", ":", "-.", (0, (1, 3)))

CAPTION = """
Accuracy against the summed size of the changes, M1, spiking network with {hidden} cells on {task}; input
encoding '{encoding}'; {n}, {long} images. Ungated: {ungated}. With a reserve: {gated}. A cell with a reserve
writes while writes have not emptied it, or where its error is at least the surprise; time refills it.

a: the highest online accuracy (over 2,000 images, each predicted before learning from it) that had been
reached when M1 was spent; medians over seeds, errors on a logarithmic scale. Blue: ungated; orange: reserve.
b: what the best rule with a reserve reached less what the best ungated one did, each chosen at that M1 by its
median; paired by seed, a marker a seed; line: medians. {verdict}
"""


def analyze(runs: list[Run]) -> pd.DataFrame:
    """Exactly what is drawn, by ``panel``.

    ``course`` (a): ``accuracy`` of a rule when ``m1`` was spent, medians over seeds that spent as much;
    ``gain`` (b): ``points`` by which the best rule with a reserve is ahead of the best ungated one.
    """
    groups = {str(Plasticity.parse(rule)): group for group, rules in GROUPS.items() for rule in rules}
    course = make_trace_frame(runs)
    levels = np.geomspace(course["m1"].min(), course["m1"].max(), N_LEVELS)
    rows = [
        {"rule": rule, "seed": seed, "m1": level, "accuracy": accuracy}
        for (rule, seed), run in course.groupby(["rule", "seed"], sort=False)
        for level, accuracy in zip(levels, find_accuracies(run, levels), strict=True)
    ]
    reached = pd.DataFrame(rows).dropna(subset=["accuracy"])
    reached["label"] = reached["rule"].map(groups)
    # A rule is judged where all of its runs have spent as much.
    counts = reached.groupby(["rule", "m1"])["accuracy"].transform("size")
    reached = reached[counts == reached.groupby("rule")["seed"].transform("nunique")]
    cells = ["label", "rule", "m1"]
    medians = reached.groupby(cells, sort=False)["accuracy"].median().reset_index()
    parts = [
        medians.assign(panel="course", kind="median"),
        _compare(reached, medians).assign(panel="gain"),
    ]
    columns = ["panel", "kind", *cells, "accuracy", "seed", "n", *name_columns(["points"])]
    return stack(parts, columns)


def find_accuracies(run: pd.DataFrame, levels: NDArray[np.float64]) -> NDArray[np.float64]:
    """The highest online accuracy of a run until it had spent each of ``levels``; nan where it did not."""
    spent, best = run["m1"].to_numpy(float), run["online"].astype(float).cummax().to_numpy()
    return np.interp(levels, spent, best, left=np.nan, right=np.nan)


def _compare(reached: pd.DataFrame, medians: pd.DataFrame) -> pd.DataFrame:
    """At each M1 the best rule of each group by its median, and their difference by seed."""
    rows = []
    for level, cell in medians.groupby("m1"):
        best = cell.loc[cell.groupby("label")["accuracy"].idxmax()].set_index("label")["rule"]
        if set(best.index) != set(GROUPS):
            continue
        found = reached[(reached["m1"] == level) & reached["rule"].isin(best)]
        table = found.pivot(index="seed", columns="label", values="accuracy").dropna()
        points = 100 * (table["reserve"] - table["ungated"])
        names = {"m1": level, "rule": best["reserve"], "label": "reserve"}
        rows += [{**names, "kind": "run", "seed": seed, "points": value} for seed, value in points.items()]
        estimate = estimate_by(points.rename("points").reset_index().assign(all="all"), "points", "all")
        value, low, high, n = estimate.iloc[0]
        rows.append({**names, "kind": "median", "n": int(n)} | spread("points", value, low, high))
    return pd.DataFrame(rows, columns=["kind", "label", "rule", "m1", "seed", "n", *name_columns(["points"])])


def find_gains(data: pd.DataFrame) -> pd.DataFrame:
    """By M1, the ``rule`` with a reserve that is best, and by how many ``points`` it is ahead."""
    rows = data[(data["panel"] == "gain") & (data["kind"] == "median")].set_index("m1")
    return rows[["rule", "n", *name_columns(["points"])]]


def tabulate(data: pd.DataFrame) -> pd.DataFrame:
    """One row an M1: the best accuracies of both groups, the rules, and the difference."""
    medians = data[data["panel"] == "course"]
    rows = []
    for level, gain in find_gains(data).iterrows():
        row: dict[str, object] = {"m1": level}
        for group in GROUPS:
            cell = medians[(medians["label"] == group) & (medians["m1"] == level)]
            best = cell.loc[cell["accuracy"].astype(float).idxmax()]
            row |= {group: best["rule"], f"{group} accuracy": float(best["accuracy"])}
        rows.append(row | gain[name_columns(["points"])].astype(float).to_dict())
    return pd.DataFrame(rows, columns=["m1"] if not rows else None)


def describe(data: pd.DataFrame) -> dict[str, str]:
    """What is seen, for the caption."""
    gains, medians = find_gains(data), data[data["panel"] == "course"]
    ahead = gains[gains["points low"].astype(float) > 0]
    behind = gains[gains["points high"].astype(float) < 0]
    runs = data[(data["panel"] == "gain") & (data["kind"] == "run")]
    n = max(int(runs["seed"].nunique()), 1)
    return {
        "n": f"n = {n} seed{'s' * (n > 1)}",
        "long": f"{N_SAMPLES:,} at most",
        **{
            name: "; ".join(medians.loc[medians["label"] == label, "rule"].unique())
            for name, label in (("ungated", "ungated"), ("gated", "reserve"))
        },
        "verdict": f"With a reserve all seeds are ahead at {len(ahead)} of {len(gains)} values of M1, "
        f"and behind at {len(behind)}.",
    }


def headline(data: pd.DataFrame) -> str:
    """At how much energy rules with a reserve are ahead of all others."""
    gains = find_gains(data)
    if gains.empty:
        return ""
    points = gains["points"].astype(float)
    ahead = (gains["points low"].astype(float) > 0).sum()
    return (
        f"A reserve is ahead of every rule without one at {ahead} of {len(gains)} amounts of energy (M1), "
        f"by {points.max():.1f} points at best and {points.min():.1f} at worst"
    )


def plot(data: pd.DataFrame) -> Figure:
    """Accuracy against M1 by rule, and the gain of the best reserve."""
    looks = {"ungated": Look(BLUE, "o"), "reserve": Look(ORANGE, "s")}
    rows = [
        [
            panel(plot_course, where={"panel": "course"}),
            panel(plot_gain, where={"panel": "gain"}),
        ]
    ]
    return Panels(rows, height_mm=85, looks=looks)(data)


def plot_course(data: pd.DataFrame, ax: Axes, looks: Looks) -> None:
    """Errors against M1, a line a rule in the color of its group.

    Parameters
    ----------
    data : columns ``label``, ``rule``, ``m1`` and ``accuracy``
    ax : axes to draw on
    looks : how each group is drawn
    """
    for label, look in looks.items():
        rules = data[data["label"] == label].groupby("rule", sort=False)
        for (rule, rows), style in zip(rules, LINES, strict=False):
            wrong = 100 * (1 - rows["accuracy"].astype(float))
            ax.plot(rows["m1"], wrong, linestyle=style, color=look.color, label=rule)
    ax.set(xscale="log", yscale="log", xlabel=name_axis("m1"), ylabel="Errors (%), online")
    ax.invert_yaxis()
    ax.legend(fontsize=6, loc="lower right")


def plot_gain(data: pd.DataFrame, ax: Axes, looks: Looks) -> None:
    """The difference in points, a marker a seed, a line through medians.

    Parameters
    ----------
    data : columns ``kind``, ``m1`` and ``points``
    ax : axes to draw on
    looks : how each group is drawn
    """
    look, runs = looks["reserve"], data[data["kind"] == "run"]
    medians = data[data["kind"] == "median"].sort_values("m1")
    ax.plot(runs["m1"], runs["points"], look.marker, color=look.color, markersize=2.5)
    ax.plot(medians["m1"], medians["points"], color=look.color)
    draw_line(ax, 0, color=GRAY)
    ax.set(
        xscale="log", xlabel=name_axis("m1"), ylabel="Accuracy with a reserve\nless the best without (points)"
    )


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
