"""What learning costs in three networks of one size, with plain and with restricted plasticity.

One task, three networks, four restrictions beside plain learning, one set of books. Each network and rule has
the setting that was tuned for it on other seeds (``experiments/tuning.py``), and learns until its validation
accuracy is at the goal; what its synapses have spent by then is compared.
"""

from __future__ import annotations

from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogLocator, NullLocator

from bioplast.analysis.cells import stack
from bioplast.analysis.frame import make_run_frame, make_trace_frame
from bioplast.analysis.interval import name_columns, spread_estimate
from bioplast.analysis.ratios import QUANTITIES, compare_runs, tabulate_ratios
from bioplast.analysis.statistics import estimate_between, say_coverage
from bioplast.analysis.words import join_words, say_factor
from bioplast.figures.fronts import plot_accuracy
from bioplast.figures.panels import Looks, Panels, draw_line, panel
from bioplast.figures.places import name_places, plot_place
from bioplast.figures.style import GRAY
from bioplast.plasticity import Plasticity
from bioplast.studies.declaration import Study
from bioplast.studies.grid import Grid
from bioplast.studies.tuned import read_tuned
from bioplast.training.record import Run

HIDDEN = 100
NETWORKS = ("ann", "rate", "spiking")
LABELS = {  # by the kind that was tuned
    "plain": "plain",
    "largest": "largest(f)",
    "subnet": "subnet(k)",
    "subnet + largest": "subnet(k) + largest(f)",
    "above": "above(θ)",
}
WORDS = {
    "largest(f)": "Writing only the largest changes",
    "subnet(k)": "Plasticity on paths through k units",
    "subnet(k) + largest(f)": "Writing the largest changes on paths",
    "above(θ)": "Writing only changes above a threshold",
}
PAIRS = ("model", "seed")
TITLES = {"m0": "Writes", "samples": "Samples", "m1": "Size of changes, $M_1$"}
AXES = {name: f"Times {'more' if name == 'samples' else 'less'} than plain" for name in QUANTITIES}
TICKS = (1.0, 2.0, 5.0)

TUNED = {(model, label): read_tuned(model, kind) for model in NETWORKS for kind, label in LABELS.items()}
GRID = Grid(cells=[tuned.cell for tuned in TUNED.values()], hidden=HIDDEN, seeds=5)
QUICK = Grid(cells=[tuned.cell for tuned in TUNED.values()], hidden=HIDDEN, goal=0.85, max_samples=10_000)

CAPTION = """
Learning {task} to {goal} (validation, looked at every 2,000 samples; an input for a white pixel is at rate 1,
in the spiking network 200 Hz; input encoding '{encoding}'); hidden units: {hidden}; {seeds} per network and
rule. Fractions, thresholds, numbers of units and learning rates were chosen on other seeds, from twelve
settings of each network and rule (bioplast run tuning).

a-c: against plain learning on the same seed, how many times fewer weight writes, how many times more samples,
and how many times less summed size of the changes, M1, were spent until the goal. One marker a run; bars and
numbers: medians. Their intervals, in the table, are {interval}. Open: a run that did not reach the goal, and
so a bound: it would have spent more.

d-f: online accuracy (over the last 2,000 images, each predicted before learning from it) against writes so
far; one line a run, ended by its marker; dashed: the goal. The vertical scale is logarithmic in the errors.

Rules: {rules}. {missing}
"""


def name_cells(frame: pd.DataFrame) -> pd.DataFrame:
    """``frame`` with the columns ``network`` and ``label``, the kind of rule."""
    labels = {(model, str(Plasticity.parse(tuned.rule))): label for (model, label), tuned in TUNED.items()}
    cells = zip(frame["model"], frame["rule"], strict=True)
    return frame.assign(network=frame["model"], label=[labels[cell] for cell in cells])


def analyze(runs: list[Run]) -> pd.DataFrame:
    """Exactly what is drawn, by ``panel``: ``ratio`` (a to c) or ``course`` (d to f).

    ``ratio`` has a row per run and ``quantity``, with the ``least`` and the ``most`` that the ratio to plain
    learning can be, and one per cell (``kind`` median); ``course`` has a row per run and evaluation.
    """
    frame = name_cells(make_run_frame(runs))
    ends = frame[["network", "rule", "seed", "converged", "goal", "task"]]
    ratios = pd.concat([compare_runs(frame, quantity, PAIRS) for quantity in QUANTITIES])
    ratios["converged"] = ratios["is_known"]
    medians = [
        {"network": network, "label": label, "rule": rule, "quantity": quantity}
        | spread_estimate("ratio", estimate_between(cell["least"], cell["most"]))
        | {"n": len(cell)}
        for (network, label, rule, quantity), cell in ratios.groupby(
            ["network", "label", "rule", "quantity"], sort=False
        )
    ]
    course = name_cells(make_trace_frame(runs)).merge(ends)
    parts = [
        ratios.assign(panel="ratio", kind="run"),
        pd.DataFrame(medians).assign(panel="ratio", kind="median"),
        course.assign(panel="course", kind="run"),
    ]
    names = ["panel", "kind", "network", "label", "rule", "task", "seed", "converged", "goal", "n"]
    return stack(
        parts, [*names, "quantity", "least", "most", *name_columns(["ratio"]), "samples", "online", "m0"]
    )


def summarize(runs: list[Run]) -> pd.DataFrame:
    """One row per network and rule: medians, and ratios to plain learning on the same seed.

    A run that did not reach the goal counts as dearer than any. Intervals are order statistics of the seeds;
    ``coverage`` says how often such an interval holds the median.
    """
    frame = name_cells(make_run_frame(runs))
    return tabulate_ratios(frame, ["network", "label", "rule", "options"], PAIRS)


def describe(data: pd.DataFrame) -> dict[str, str]:
    """What the intervals are, for the caption."""
    medians = data[(data["panel"] == "ratio") & (data["kind"] == "median")]
    return {"interval": say_coverage(int(medians["n"].max()))}


def headline(data: pd.DataFrame) -> str:
    """By how much the rule that saves most writes does so in each network, at what price, and how surely."""
    rows = data[(data["kind"] == "median") & (data["label"] != "plain")].astype({"ratio": float})
    cells = rows.pivot(index=["network", "label"], columns="quantity", values="ratio").dropna().reset_index()
    if cells.empty:
        return ""
    best = cells.loc[cells.groupby("network")["m0"].idxmax()]
    goal = 100 * data["goal"].dropna().iloc[0]
    is_one = best["label"].nunique() == 1
    rule = WORDS[best["label"].iloc[0]] if is_one else "The best rule"
    named = best["network"] if is_one else best["network"] + ": " + best["label"]
    numbers = [f"{say_factor(ratio)} ({name})" for ratio, name in zip(best["m0"], named, strict=True)]
    low, high = say_factor(best["samples"].min()), say_factor(best["samples"].max())
    price = low if low == high else f"{low} to {high}"
    runs = data[(data["kind"] == "run") & (data["quantity"] == "m0")]
    runs = runs.merge(best[["network", "label"]])
    missed = int((~runs["converged"].astype(bool)).sum())
    but = f"; {missed} of {len(runs)} runs did not get there" if missed else ""
    return (
        f"{rule} takes {join_words(numbers)} times fewer weight writes than plain learning to {goal:g} %, "
        f"in {price} times the samples{but}"
    )


def plot(data: pd.DataFrame) -> Figure:
    """Ratios to plain learning, then accuracy against writes, a panel a network."""
    networks = list(dict.fromkeys(data["network"]))
    goal = data["goal"].dropna().iloc[0]
    ratios = [
        panel(
            _plot_ratio,
            quantity=name,
            networks=networks,
            where={"panel": "ratio", "quantity": name},
            settings={"title": TITLES[name], "ylabel": AXES[name]},
        )
        for name in QUANTITIES
    ]
    courses = [
        panel(
            plot_accuracy,
            where={"panel": "course", "network": network},
            settings={"title": network} | ({} if network == networks[0] else {"ylabel": ""}),
            quantity="m0",
            goal=goal,
        )
        for network in networks
    ]
    share: list[dict[str, Any]] = [{"width_ratios": [1.7, 1, 1]}, {"sharex": True, "sharey": True}]
    return Panels([ratios, courses], height_mm=125, share=share)(data)


def _plot_ratio(data: pd.DataFrame, ax: Axes, looks: Looks, *, quantity: str, networks: list[str]) -> None:
    """The rules side by side within each network; of writes medians in numbers, too."""
    shown = {label: look for label, look in looks.items() if label != "plain"}
    step = 0.84 / max(len(shown), 1)
    for place, network in enumerate(networks):
        for rank, (label, look) in enumerate(shown.items()):
            cell = data[(data["network"] == network) & (data["label"] == label)]
            x = place + (rank - (len(shown) - 1) / 2) * step
            plot_place(cell, ax, "ratio", look, x, half_width=0.42 * step, size=3.0)
            if quantity == "m0":
                _write_median(cell, ax, x)
    for border in range(1, len(networks)):
        ax.axvline(border - 0.5, color=GRAY, linewidth=0.4, alpha=0.5)
    draw_line(ax, 1.0)
    name_places(ax, networks)
    ax.set(yscale="log", xlim=(-0.5, len(networks) - 0.5))
    ax.yaxis.set_major_locator(LogLocator(subs=TICKS))
    ax.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    ax.yaxis.set_minor_locator(NullLocator())


def _write_median(cell: pd.DataFrame, ax: Axes, x: float) -> None:
    medians = cell.loc[cell["kind"] == "median", "ratio"].dropna().astype(float)
    for value in medians:
        top = cell["ratio"].astype(float).max()
        ax.annotate(say_factor(value), (x, top), (0, 4), textcoords="offset points", ha="center", fontsize=7)


STUDY = Study(
    grid=GRID,
    quick=QUICK,
    analyze=analyze,
    summarize=summarize,
    describe=describe,
    headline=headline,
    plot=plot,
    caption=CAPTION,
)
