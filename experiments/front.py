"""What fewer writes cost in samples and in accuracy, over the whole range of fractions and thresholds."""

from __future__ import annotations

from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from bioplast.analysis.cells import compute_medians, stack
from bioplast.analysis.frame import make_run_frame, make_trace_frame
from bioplast.analysis.ratios import tabulate_ratios
from bioplast.analysis.statistics import say_coverage
from bioplast.analysis.words import join_words, say_factor
from bioplast.figures.fronts import name_errors
from bioplast.figures.labels import name_axis
from bioplast.figures.panels import Looks, Panels, panel
from bioplast.figures.style import Look
from bioplast.plasticity import Plasticity
from bioplast.studies.declaration import Study
from bioplast.studies.grid import Grid
from bioplast.studies.tuned import read_tuned
from bioplast.training.record import Run

NETWORKS = ("ann", "rate", "spiking")
SIZES = (100, 200)
FRACTIONS = (0.001, 0.005, 0.02, 0.1)
THETAS = (1e-4, 1e-3, 3e-3, 6e-3)
RULES = {
    "plain": ["plain"],
    "largest": [f"largest({f:g}, output={min(1, 10 * f):g})" for f in FRACTIONS],
    "above": [f"above({theta:g})" for theta in THETAS],
}
LABELS = {"plain": "plain", "largest": "largest(f)", "above": "above(θ)"}
SYMBOLS = {"largest(f)": "f", "above(θ)": "θ"}
EARLY = 20_000  # samples after which accuracies are compared
SLIGHTLY = 1.5  # times the samples of plain learning
STYLES = dict(zip(SIZES, ("-", (0, (3, 2))), strict=True))
CELLS = ["network", "hidden", "label", "rule", "options"]
PAIRS = ("model", "hidden", "seed")

CAPTION = """
Fewer writes against more samples and lower accuracy: {task}, validation looked at every 2,000 samples; an
input for a white pixel is at rate 1, in the spiking network 200 Hz (input encoding '{encoding}');
{cell_seeds}. Lines: N = {solid}; broken: N = {broken}. A point is a fraction f, {fractions}, or a threshold
θ, {thetas}; learning rates are those tuned for each network and kind of rule. Large, with its value: the f or
θ that was tuned with them at N = {solid} on other seeds (bioplast run tuning). largest(f) writes 10 f of the
output layer.

a-c: samples seen until {goal} against the writes M0 until then, medians over seeds, a run that did not get
there counted as dearer than any; where at least half of them did not, there is no point. d-f: online accuracy
after {early} samples (over the last 2,000 images, each predicted before learning from it) against the writes
so far, medians; the vertical scale is logarithmic in the errors.

Intervals in the table are {interval}. {missing}
"""


def make_cells(sizes: tuple[int, ...], rules: dict[str, list[str]]) -> list[dict[str, Any]]:
    """Every network and size with all of ``rules``, at the learning rates that were tuned for their kind."""
    return [
        read_tuned(model, kind).cell | {"rule": rule, "hidden": hidden}
        for model in NETWORKS
        for hidden in sizes
        for kind, texts in rules.items()
        for rule in texts
    ]


def name_cells(frame: pd.DataFrame) -> pd.DataFrame:
    """``frame`` with the columns ``network``, ``label``, the kind of rule, and ``setting``, its f or θ."""
    selections = [Plasticity.parse(rule).selection for rule in frame["rule"]]
    settings = [getattr(one, "fraction", getattr(one, "theta", None)) for one in selections]
    labels = [LABELS[one.name] for one in selections]
    return frame.assign(network=frame["model"], label=labels, setting=settings)


def analyze(runs: list[Run]) -> pd.DataFrame:
    """Exactly what is drawn, by ``panel``, a row a cell: ``goal`` (a to c) and ``early`` (d to f).

    ``goal`` has medians of ``samples`` and ``m0`` to the goal, ``early`` of ``online`` accuracy and ``m0``
    after ``EARLY`` samples, or at its end for a run that was shorter; ``chosen`` is what was tuned.
    """
    frame = name_cells(make_run_frame(runs))
    cells = [*CELLS, "setting"]
    goal = compute_medians(frame.fillna({"setting": 0.0}), cells, ["samples", "m0"])
    course = make_trace_frame(runs).assign(run=[number for number, run in enumerate(runs) for _ in run.trace])
    ends = course[course["samples"] <= EARLY].groupby("run")[["online", "m0"]].last()
    early = frame.drop(columns=["online", "m0"]).join(ends).astype({"online": float, "m0": float})
    early = early.fillna({"setting": 0.0}).groupby(cells, sort=False)[["online", "m0"]].median().reset_index()
    parts = [goal.assign(panel="goal"), early.assign(panel="early")]
    tuned = {
        (model, str(Plasticity.parse(read_tuned(model, kind).rule))) for model in NETWORKS for kind in RULES
    }
    parts = [
        part.assign(chosen=[cell in tuned for cell in zip(part["network"], part["rule"], strict=True)])
        for part in parts
    ]
    names = ["panel", *CELLS, "setting", "chosen", "n", "reached", "samples", "online", "m0"]
    return stack(parts, names, whole=("hidden",))


def summarize(runs: list[Run]) -> pd.DataFrame:
    """One row per network, size and rule: medians, and ratios to plain learning on the same seed."""
    return tabulate_ratios(name_cells(make_run_frame(runs)), CELLS, PAIRS)


def find_bargains(data: pd.DataFrame) -> pd.DataFrame:
    """The rule with the fewest writes among those that take ``SLIGHTLY`` times plain's samples at most.

    Returns
    -------
    bargains : a row a network, of the smallest size: columns ``network``, ``label``, ``setting``, ``saving``,
        the median M0 of plain learning over the rule's, and ``longer``, the same of samples
    """
    rows = data[data["panel"] == "goal"].dropna(subset=["m0"]).astype({"m0": float, "samples": float})
    rows = rows[rows["hidden"] == rows["hidden"].min()]
    plain = rows[rows["label"] == LABELS["plain"]].set_index("network")
    plain = plain.reindex(rows["network"])
    rows = rows.assign(
        saving=plain["m0"].to_numpy() / rows["m0"], longer=rows["samples"] / plain["samples"].to_numpy()
    )
    rows = rows[rows["longer"] <= SLIGHTLY]
    best = rows.loc[rows.groupby("network", sort=False)["saving"].idxmax()]
    return best[["network", "label", "setting", "saving", "longer"]].reset_index(drop=True)


def headline(data: pd.DataFrame) -> str:
    """How many times fewer writes there are where learning is only slightly slower."""
    best = find_bargains(data)
    if best.empty:
        return ""
    numbers = join_words(
        f"{say_factor(row.saving)} ({row.network}, {row.label})" for row in best.itertuples()
    )
    return f"In at most {SLIGHTLY:g} times plain learning's samples, {numbers} times fewer writes are enough"


def describe(data: pd.DataFrame) -> dict[str, str]:
    """Sizes, settings and intervals, for the caption."""
    counts = data["n"].dropna()
    sizes = [f"{size}" for size in sorted(data["hidden"].unique())]
    values = {
        label: ", ".join(
            f"{value:g}" for value in sorted(data.loc[data["label"] == label, "setting"].unique())
        )
        for label in SYMBOLS
    }
    return {
        "cell_seeds": f"n = {counts.max()} a point",
        "solid": sizes[0],
        "broken": sizes[-1],
        "fractions": values["largest(f)"],
        "thetas": values["above(θ)"],
        "early": f"{EARLY:,}",
        "interval": say_coverage(int(counts.max())),
    }


def plot(data: pd.DataFrame) -> Figure:
    """Samples, then accuracy, against writes; a panel a network."""
    networks = list(dict.fromkeys(data["network"]))
    rows = [
        [
            panel(
                draw,
                where={"panel": name, "network": network},
                settings=({"title": network} if name == "goal" else {})
                | ({} if network == networks[0] else {"ylabel": ""}),
            )
            for network in networks
        ]
        for name, draw in (("goal", _plot_samples), ("early", _plot_accuracy))
    ]
    alike = {"sharex": True, "sharey": True}
    return Panels(rows, height_mm=125, share=[alike, alike])(data)


def _plot_samples(data: pd.DataFrame, ax: Axes, looks: Looks) -> None:
    _plot_fronts(data, ax, looks, "samples")
    ax.set(xscale="log", yscale="log", xlabel=f"{name_axis('m0')} to the goal", ylabel="Samples to the goal")


def _plot_accuracy(data: pd.DataFrame, ax: Axes, looks: Looks) -> None:
    _plot_fronts(data.assign(wrong=1 - data["online"].astype(float)), ax, looks, "wrong")
    ax.set(xscale="log", xlabel=f"{name_axis('m0')} so far")
    ax.set_ylabel(f"Accuracy after {EARLY:,} samples (%)")
    name_errors(ax, 0.3, 0.04)


def _plot_fronts(data: pd.DataFrame, ax: Axes, looks: Looks, quantity: str) -> None:
    """A line through the settings of each rule and size; the tuned setting large, with its value."""
    for hidden, style in STYLES.items():
        for label, look in looks.items():
            line = data[(data["hidden"] == hidden) & (data["label"] == label)].sort_values("setting")
            line = line.dropna(subset=[quantity, "m0"])
            drawn: dict[str, Any] = {"color": look.color, "marker": look.marker}
            ax.plot(line["m0"], line[quantity], linestyle=style, linewidth=0.8, markersize=2.5, **drawn)
            chosen = line[line["chosen"].astype(bool)]
            ax.plot(chosen["m0"], chosen[quantity], linestyle="none", markersize=6, **drawn)
            if hidden == SIZES[0]:
                _name_settings(chosen, ax, quantity, look)


def _name_settings(points: pd.DataFrame, ax: Axes, quantity: str, look: Look) -> None:
    for _, point in points[points["label"].isin(SYMBOLS)].iterrows():
        ax.annotate(
            f"{SYMBOLS[point['label']]} = {point['setting']:g}",
            (point["m0"], point[quantity]),
            (0, 6),
            textcoords="offset points",
            ha="center",
            fontsize=7,
            color=look.color,
        )


GRID = Grid(cells=make_cells(SIZES, RULES), max_samples=200_000, seeds=10)
QUICK = Grid(
    cells=make_cells(SIZES[:1], {kind: rules[1:3] or rules for kind, rules in RULES.items()}),
    goal=0.85,
    max_samples=10_000,
)
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
