"""Which synapses may change matters more than how many: masks that are fixed, drawn anew, or chosen."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter

from bioplast.analysis.cells import say_seeds, with_medians
from bioplast.analysis.frame import make_run_frame
from bioplast.analysis.interval import name_columns
from bioplast.figures.style import DOUBLE_COLUMN_MM, GREY, Look, label_panel, make_figure, make_looks
from bioplast.figures.sweep import plot_sweep
from bioplast.figures.ticks import label_log_axis
from bioplast.plasticity import Plasticity
from bioplast.studies.grid import make_seeds
from bioplast.training.config import RunConfig
from bioplast.training.record import Run

HIDDEN, SEEDS = 100, 5
FRACTIONS = (0.03, 0.1, 0.3)
QUICK_FRACTIONS, QUICK_SEEDS = (0.1, 0.3), 1
GOAL, QUICK_GOAL, QUICK_MAX_SAMPLES = 0.95, 0.90, 12_000
# The output layer has so few synapses that it is left whole wherever a rule lets it.
RULES = {
    "fixed": "fixed({f}, output=1.0)",
    "random": "random({f}, output=1.0)",
    "neurons": "neurons({f})",
    "subnet": "subnet({k})",
    "largest": "largest({f}, output=1.0)",
}
# Writing randomly drawn synapses is slow, and learning from so few is: five epochs would take minutes.
LEFT_OUT = {("random", 0.03)}
# Samples a second, test included: `random` draws every synapse that it writes.
SPEED = {"random": 5000}
USUAL_SPEED = 30_000

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


def make_grid(quick: bool, seeds: int | None) -> list[RunConfig]:
    """Plain, and every kind of mask x fractions, x seeds."""
    fractions, default = (QUICK_FRACTIONS, QUICK_SEEDS) if quick else (FRACTIONS, SEEDS)
    masks = [(name, f) for name in RULES for f in fractions if (name, f) not in LEFT_OUT]
    rules = ["plain", *(_fill(name, f) for name, f in masks)]
    return [
        RunConfig(
            "ann",
            rule=rule,
            hidden=HIDDEN,
            seed=seed,
            protocol="paper",
            goal=QUICK_GOAL if quick else GOAL,
            max_samples=QUICK_MAX_SAMPLES if quick else None,
        )
        for rule in rules
        for seed in make_seeds(default if seeds is None else seeds)
    ]


def expected_seconds(config: RunConfig) -> float:
    """As long as a run that does not get there takes."""
    name = config.plasticity.parts[0].name
    return (config.max_samples or 300_000) / SPEED.get(name, USUAL_SPEED)


def analyse(runs: Sequence[Run]) -> pd.DataFrame:
    """Exactly what is drawn: a row a run, and the median of each rule and fraction.

    Plain learning is every rule's end at a ``fraction`` of 1. ``best_accuracy`` is the best on the test set
    at any time of a run.
    """
    frame = make_run_frame(runs)
    frame["best_accuracy"] = [max(row["validation"] or 0.0 for row in run.trace) for run in runs]
    names = [Plasticity.parse(rule).parts[0].name for rule in frame["rule"]]
    frame["fraction"] = [
        _read_fraction(rule, n) for rule, n in zip(frame["rule"], frame["hidden"], strict=True)
    ]
    frame["label"] = names
    plain = frame[frame["label"] == "plain"]
    shown = [name for name in RULES if name in names]
    frame = pd.concat([frame[frame["label"] != "plain"], *(plain.assign(label=name) for name in shown)])
    data = with_medians(frame, ["label", "fraction"], QUANTITIES)
    data.loc[data["kind"] == "median", "best_accuracy"] = _compute_accuracies(frame).to_numpy()
    columns = [
        "kind",
        "label",
        "fraction",
        "seed",
        "converged",
        "n",
        "reached",
        "goal",
        *COLUMNS,
        "best_accuracy",
    ]
    data = data[columns].infer_objects().reset_index(drop=True)
    return data.astype(dict.fromkeys(("seed", "n", "reached"), "Int64"))


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


def tabulate(runs: Sequence[Run]) -> pd.DataFrame:
    """One row per rule and fraction: how many runs got there, and medians."""
    cells = analyse(runs).query("kind == 'median'").rename(columns={"label": "rule"})
    cells["reached"] = cells["reached"].astype(str) + "/" + cells["n"].astype(str)
    return cells[["rule", "fraction", "reached", "best_accuracy", *COLUMNS]].reset_index(drop=True)


def describe(data: pd.DataFrame) -> dict[str, str]:
    """What is seen, for the caption."""
    texts = []
    for name, row in edges(data).iterrows():
        learns, fails = (
            f"{value:g}" if value == value else "none" for value in (row["learns"], row["fails"])
        )
        texts.append(f"{name} {learns}, {fails}")
    return {"cell_seeds": say_seeds(data[data["kind"] == "median"]), "edges": "; ".join(texts)}


def plot(data: pd.DataFrame) -> Figure:
    """Energies and samples, and the best accuracy, against the fraction."""
    figure = make_figure(DOUBLE_COLUMN_MM, 120)
    axes = figure.subplots(2, 2)
    looks = make_looks(data["label"])
    for ax, quantity in zip(axes.flat, QUANTITIES, strict=False):
        plot_sweep(data, ax, quantity, looks, over="fraction")
        label_log_axis(ax.yaxis)
    _plot_accuracy(data, axes[1, 1], looks)
    for ax, letter in zip(axes.flat, "abcd", strict=True):
        label_log_axis(ax.xaxis)
        label_panel(ax, letter)
    figure.legend(*axes[0, 0].get_legend_handles_labels(), loc="outside upper center", ncols=len(looks))
    return figure


def _plot_accuracy(data: pd.DataFrame, ax: Axes, looks: dict[str, Look]) -> None:
    plot_sweep(data, ax, "best_accuracy", looks, over="fraction")
    ax.set_yscale("linear")
    ax.yaxis.set_major_formatter(PercentFormatter(1.0, decimals=0, symbol=None))
    ax.axhline(data["goal"].dropna().iloc[0], color=GREY, linewidth=0.6, linestyle=(0, (4, 3)), zorder=0)
    ax.set_ylabel("Best test accuracy (%)")


def _fill(name: str, fraction: float) -> str:
    return RULES[name].format(f=fraction, k=round(fraction * HIDDEN))


def _read_fraction(rule: str, n_hidden: int) -> float:
    """The f of a rule; a subnet's is its share of the hidden units, that of plain learning 1."""
    part = Plasticity.parse(rule).parts[0]
    return float(getattr(part, "fraction", getattr(part, "units", n_hidden) / n_hidden))


def _compute_accuracies(frame: pd.DataFrame) -> pd.Series[float]:
    return frame.groupby(["label", "fraction"], sort=False)["best_accuracy"].median()
