"""Which synapses may change matters more than how many: masks that are fixed, drawn anew, or chosen."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter

from bioplast.analysis.cells import count_reached, say_seeds, stack, with_medians
from bioplast.analysis.frame import make_run_frame
from bioplast.analysis.interval import name_columns
from bioplast.analysis.words import join_words
from bioplast.figures.panels import Looks, Panels, draw_line, panel
from bioplast.figures.sweep import plot_sweep
from bioplast.plasticity import Plasticity
from bioplast.studies.declaration import Study
from bioplast.studies.grid import Grid, Settings
from bioplast.training.record import Run

HIDDEN = 100
# The output layer has so few synapses that it is left whole wherever a rule lets it.
RULES = {
    "fixed": "fixed({f}, output=1.0)",
    "random": "random({f}, output=1.0)",
    "neurons": "neurons({f})",
    "subnet": "subnet({k})",
    "largest": "largest({f}, output=1.0)",
}
FRACTIONS = (0.03, 0.1, 0.3)
# Writing randomly drawn synapses is slow, and learning from so few is: five epochs would take minutes.
LEFT_OUT = {("random", 0.03)}

QUANTITIES = ("m0", "m1", "samples")
COLUMNS = name_columns(QUANTITIES)

CAPTION = """
Plasticity of a fraction f of the synapses, by what chooses them, to {goal} on {task}; hidden units: {hidden}.
Paper protocol: stops on the test set or after five epochs, input encoding '{encoding}'; {cell_seeds}.

fixed: one random set of synapses for ever, which form no paths. random: drawn anew at every sample. neurons:
all synapses onto hidden units that are drawn anew at every sample. subnet: all synapses of the first f N
hidden units. largest: those with the largest proposed change at every sample. The output layer is plastic as
a whole, but for subnet. f = 1 is plain learning.

a-c: writes M0, summed size of the changes M1, and samples seen until the goal. One marker a run, open where
it did not reach the goal and shows what it had spent; lines: medians (a run that did not get there counts as
dearer than any). d: the best accuracy on the test set at any time of a run; dashed: the goal.

Smallest f with which at least half of the runs got there, and largest with which fewer did: {edges}.
{missing}
"""


def list_rules(*fractions: float) -> list[str]:
    """Plain, and every kind of mask with these fractions."""
    masks = [(name, f) for name in RULES for f in fractions if (name, f) not in LEFT_OUT]
    return ["plain", *(RULES[name].format(f=f, k=round(f * HIDDEN)) for name, f in masks)]


COMMON: Settings = {"model": "ann", "hidden": HIDDEN, "protocol": "paper"}
GRID = Grid(rule=list_rules(*FRACTIONS), seeds=5, **COMMON)
QUICK = Grid(rule=list_rules(0.1, 0.3), goal=0.90, max_samples=12_000, **COMMON)


def analyze(runs: list[Run]) -> pd.DataFrame:
    """Exactly what is drawn: a row a run, and the median of each rule and fraction.

    Plain learning is every rule's end at a ``fraction`` of 1. ``best_accuracy`` is the best on the test set
    at any time of a run.
    """
    frame = make_run_frame(runs)
    frame["best_accuracy"] = [max(row["validation"] or 0.0 for row in run.trace) for run in runs]
    frame["label"] = [Plasticity.parse(rule).parts[0].name for rule in frame["rule"]]
    frame["fraction"] = [
        _read_fraction(rule, n) for rule, n in zip(frame["rule"], frame["hidden"], strict=True)
    ]
    is_plain = frame["label"] == "plain"
    shown = [name for name in RULES if name in set(frame["label"])]
    frame = pd.concat([frame[~is_plain], *(frame[is_plain].assign(label=name) for name in shown)])
    cells = ["label", "fraction"]
    data = with_medians(frame, cells, QUANTITIES)
    accuracies = frame.groupby(cells, sort=False)["best_accuracy"].median()
    data.loc[data["kind"] == "median", "best_accuracy"] = accuracies.to_numpy()
    counts = ["seed", "converged", "n", "reached", "goal"]
    return stack([data], ["kind", *cells, *counts, *COLUMNS, "best_accuracy"])


def edges(data: pd.DataFrame) -> pd.DataFrame:
    """Where learning fails, by rule.

    Returns
    -------
    edges : index the rule; ``learns``, the smallest fraction with which at least half of the runs reached
        the goal, and ``fails``, the largest with which fewer did; nan without one
    """
    cells = data[data["kind"] == "median"]
    is_learned = 2 * cells["reached"] >= cells["n"]
    learns = cells[is_learned].groupby("label")["fraction"].min()
    fails = cells[~is_learned].groupby("label")["fraction"].max()
    return pd.DataFrame({"learns": learns, "fails": fails}).reindex(list(dict.fromkeys(cells["label"])))


def best_accuracies(data: pd.DataFrame) -> pd.DataFrame:
    """The median of the best accuracy, a row a rule and a column a fraction."""
    cells = data[data["kind"] == "median"].astype({"best_accuracy": float})
    return cells.pivot(index="label", columns="fraction", values="best_accuracy")


def tabulate(data: pd.DataFrame) -> pd.DataFrame:
    """One row per rule and fraction: how many runs got there, and medians."""
    columns = ["rule", "fraction", "reached", "best_accuracy", *COLUMNS]
    return count_reached(data.rename(columns={"label": "rule"}), columns)


def describe(data: pd.DataFrame) -> dict[str, str]:
    """What is seen, for the caption."""
    texts = []
    for name, row in edges(data).iterrows():
        learns, fails = (
            f"{value:g}" if value == value else "none" for value in (row["learns"], row["fails"])
        )
        texts.append(f"{name} {learns}, {fails}")
    return {"cell_seeds": say_seeds(data[data["kind"] == "median"]), "edges": "; ".join(texts)}


def headline(data: pd.DataFrame) -> str:
    """The best accuracy with few plastic synapses, by what chooses them."""
    best = best_accuracies(data).reindex(["largest", "random", "fixed"])
    complete = best.dropna(axis="columns").drop(columns=1.0, errors="ignore")
    if complete.empty:
        return ""
    share = complete.columns.min()
    numbers = join_words(
        f"{100 * accuracy:.1f} % ({name})" for name, accuracy in complete[share].sort_values().items()
    )
    return f"With {100 * share:g} % of the synapses plastic, it matters which: the best accuracy is {numbers}"


def plot(data: pd.DataFrame) -> Figure:
    """Energies and samples, and the best accuracy, against the fraction."""
    panels = [panel(plot_sweep, quantity=quantity, over="fraction") for quantity in QUANTITIES]
    return Panels([panels[:2], [panels[2], panel(_plot_accuracy)]], height_mm=120)(data)


def _plot_accuracy(data: pd.DataFrame, ax: Axes, looks: Looks) -> None:
    plot_sweep(data, ax, looks, quantity="best_accuracy", over="fraction")
    ax.set(yscale="linear", ylabel="Best test accuracy (%)")
    ax.yaxis.set_major_formatter(PercentFormatter(1.0, decimals=0, symbol=None))
    draw_line(ax, data["goal"].dropna().iloc[0])


def _read_fraction(rule: str, n_hidden: int) -> float:
    """The f of a rule; a subnet's is its share of the hidden units, that of plain learning 1."""
    part = Plasticity.parse(rule).parts[0]
    return float(getattr(part, "fraction", getattr(part, "units", n_hidden) / n_hidden))


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
