"""Writing only large changes: energy and learning time against the share of synapses that are written."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from bioplast.analysis.cells import compare_with_plain, with_medians
from bioplast.analysis.frame import make_run_frame
from bioplast.analysis.interval import name_columns, say, unfold
from bioplast.figures.style import DOUBLE_COLUMN_MM, label_panel, make_figure, make_looks
from bioplast.figures.sweep import plot_sweep
from bioplast.figures.ticks import label_log_axis
from bioplast.plasticity import Plasticity
from bioplast.sizes import list_sizes
from bioplast.studies.grid import make_product, make_seeds
from bioplast.training.config import RunConfig
from bioplast.training.record import Run

# The hidden layer has this many times the synapses of the output layer.
RATIO = 78.4
FRACTIONS = {100: (0.3, 0.1, 0.03, 0.01), 1000: (0.01,)}
NEURON_FRACTIONS = {100: (0.3, 0.1, 0.05), 1000: ()}
THRESHOLDS = {100: (1e-5, 3e-5, 1e-4, 3e-4), 1000: (3e-4,)}
SMALLEST = {100: (0.99, 0.9), 1000: ()}
# These learn next to nothing: they need not try for five epochs.
SMALLEST_SAMPLES = 20_000
SEEDS = dict.fromkeys((100, 1000), 5)
GOAL, QUICK_GOAL, QUICK_SEEDS, QUICK_MAX_SAMPLES = 0.95, 0.90, 1, 12_000
QUICK = ("plain", "largest(0.3, output=1)", "largest(0.1, output=1)", "above(0.0001)", "smallest(0.9)")

QUANTITIES = ("m0", "m1", "samples")
LABELS = {
    "plain": "plain",
    "largest": "largest(f)",
    "neuron": "largest(f), per neuron",
    "above": "above(θ)",
    "smallest": "smallest(f)",
}

CAPTION = """
Writing only some of the proposed changes, ann, to {goal} on {task}. Paper protocol: stops on the test set,
input encoding '{encoding}', where almost every input is on in every trial, so that plain learning writes
every synapse; {cell_seeds}.

Writes M0, summed size of the changes M1, and samples seen until the goal, against the share of synapses
written in a trial: writes a sample over those of plain learning. A row a number N of hidden units.
largest(f): the fraction f with the largest changes of the layer; per neuron: of each neuron; above(θ):
all changes of at least θ; smallest(f): the smallest, a control that gives up after {smallest_samples}
samples. The output layer's fraction is min(1, {ratio} f), as many writes as in the hidden layer. One marker
a run, open where it did not reach the goal and shows what it had spent; lines: medians (a run that did not
get there counts as dearer than any).

Times less than plain learning on the same seed, where most M0 is saved: {savings}. {missing}
"""


def make_grid(quick: bool, seeds: int | None) -> list[RunConfig]:
    """Rules x seeds, at two sizes; the quick form has one."""
    if quick:
        return _make_cells(QUICK, 100, QUICK_SEEDS if seeds is None else seeds, QUICK_GOAL, QUICK_MAX_SAMPLES)
    configs = []
    for hidden, default in SEEDS.items():
        n_seeds = default if seeds is None else min(seeds, default)
        large = [f"largest({f}, output={_match(f)})" for f in FRACTIONS[hidden]]
        local = [f'largest({f}, output={_match(f)}, per="neuron")' for f in NEURON_FRACTIONS[hidden]]
        above = [f"above({theta})" for theta in THRESHOLDS[hidden]]
        configs += _make_cells(["plain", *large, *local, *above], hidden, n_seeds, GOAL, None)
        small = [f"smallest({f})" for f in SMALLEST[hidden]]
        configs += _make_cells(small, hidden, n_seeds, GOAL, SMALLEST_SAMPLES)
    return configs


def expected_seconds(config: RunConfig) -> float:
    """Most of it is what learning and testing take in a network of this size."""
    return 6 + 0.008 * sum(list_sizes(config.hidden or 100))


def analyse(runs: Sequence[Run]) -> pd.DataFrame:
    """Exactly what is drawn, a row a run (``kind`` run) and a cell (``kind`` median), and the savings.

    ``fraction`` is the share of synapses written in a trial: writes a sample over those of plain learning
    on the same seed. Rows of ``kind`` saving hold how many times less than plain a cell took.
    """
    frame = make_run_frame(runs)
    frame["label"] = frame["rule"].map(_name_kind)
    frame["fraction"] = _compute_shares(frame)
    cells = ["hidden", "label", "rule"]
    saved = compare_with_plain(frame, cells, QUANTITIES, ("hidden", "seed"))
    parts = [with_medians(frame, cells, [*QUANTITIES, "fraction"]), saved.assign(kind="saving")]
    shown = name_columns([*QUANTITIES, "fraction"])
    names = ["kind", *cells, "seed", "converged", "n", "reached", *shown]
    data = pd.concat([part.reindex(columns=names).astype(object) for part in parts], ignore_index=True)
    return data.infer_objects().astype({"seed": "Int64", "n": "Int64", "reached": "Int64"})


def best_savings(data: pd.DataFrame) -> pd.DataFrame:
    """For each size and kind of rule the cell that saves most writes.

    Parameters
    ----------
    data : what ``analyse`` returned

    Returns
    -------
    best : columns ``hidden``, ``label``, ``rule``, ``n``, and for ``m0``, ``m1`` and ``samples`` how many
        times less than plain learning, with the ends of the 95 % interval. A cell in which more than half of
        the seeds did not reach the goal is passed over.
    """
    saved = data[data["kind"] == "saving"].astype({"m0": float})
    cells = data[data["kind"] == "median"].dropna(subset=["m0"])
    saved = saved[saved["rule"].isin(cells["rule"])].dropna(subset=["m0"])
    best = saved.loc[saved.groupby(["hidden", "label"], sort=False)["m0"].idxmax()]
    return best[["hidden", "label", "rule", "n", *name_columns(QUANTITIES)]].reset_index(drop=True)


def tabulate(runs: Sequence[Run]) -> pd.DataFrame:
    """One row per size and rule: how many runs got there, medians, and savings."""
    data = analyse(runs)
    cells = data[data["kind"] == "median"]
    saved = data[data["kind"] == "saving"]
    names = {quantity: f"{quantity} saving" for quantity in QUANTITIES}
    table = cells.merge(
        saved[["hidden", "rule", *QUANTITIES]].rename(columns=names), how="left", on=["hidden", "rule"]
    )
    table["reached"] = table["reached"].astype(str) + "/" + table["n"].astype(str)
    return table[["hidden", "rule", "reached", "fraction", *QUANTITIES, *names.values()]]


def describe(data: pd.DataFrame) -> dict[str, str]:
    """What is seen, for the caption."""
    counts = data[data["kind"] == "median"].groupby("hidden")["n"].max()
    return {
        "cell_seeds": ", ".join(f"n = {n} at N = {hidden:,}" for hidden, n in counts.items()),
        "smallest_samples": f"{SMALLEST_SAMPLES:,}",
        "ratio": f"{RATIO:g}",
        "savings": "; ".join(_say_saving(row) for _, row in best_savings(data).iterrows()) or "none",
    }


def plot(data: pd.DataFrame) -> Figure:
    """A row a size; writes, size of the changes and samples against the share written."""
    sizes = list(dict.fromkeys(data["hidden"]))
    figure = make_figure(DOUBLE_COLUMN_MM, 20 + 55 * len(sizes))
    axes = figure.subplots(len(sizes), len(QUANTITIES), sharex=True, squeeze=False)
    drawn = data[data["kind"] != "saving"]
    looks = make_looks(label for label in LABELS.values() if label in set(drawn["label"]))
    for row, hidden in zip(axes, sizes, strict=True):
        for ax, quantity in zip(row, QUANTITIES, strict=True):
            plot_sweep(drawn[drawn["hidden"] == hidden], ax, quantity, looks, over="fraction")
            label_log_axis(ax.xaxis)
            label_log_axis(ax.yaxis)
            ax.set_xlabel("Share of synapses written" if hidden == sizes[-1] else "")
        row[1].set_title(f"N = {hidden:,}")
    handles = [
        Line2D([], [], color=look.colour, marker=look.marker, label=name) for name, look in looks.items()
    ]
    figure.legend(handles=handles, loc="outside upper center", ncols=len(handles))
    for ax, letter in zip(axes.flat, "abcdef", strict=False):
        label_panel(ax, letter)
    return figure


def _make_cells(
    rules: Sequence[str], hidden: int, n_seeds: int, goal: float, max_samples: int | None
) -> list[RunConfig]:
    return make_product(
        model="ann",
        rule=list(rules),
        hidden=hidden,
        seed=make_seeds(n_seeds),
        protocol="paper",
        goal=goal,
        max_samples=max_samples,
    )


def _match(fraction: float) -> float:
    """The output layer's fraction that writes as many synapses as ``fraction`` of the hidden layer."""
    return min(1, round(RATIO * fraction, 6))


def _name_kind(rule: str) -> str:
    selection = Plasticity.parse(rule).selection
    is_local = getattr(selection, "per", "layer") == "neuron"
    return LABELS["neuron" if is_local else selection.name if selection else "plain"]


def _compute_shares(frame: pd.DataFrame) -> pd.Series[float]:
    """Writes a sample over those of the plain run with the same size and seed; nan without one."""
    rate = frame["m0"].astype(float) / frame["samples"]
    keys = pd.MultiIndex.from_frame(frame[["hidden", "seed"]])
    is_plain = (frame["rule"] == "plain").to_numpy()
    plain = pd.Series(rate[is_plain].to_numpy(), index=keys[is_plain])
    return pd.Series(rate.to_numpy() / plain.reindex(keys).to_numpy(), index=frame.index)


def _say_saving(row: pd.Series[object]) -> str:
    table = unfold(row, QUANTITIES)
    longer = 1 / np.asarray(table.loc["samples", ["value", "high", "low"]], np.float64)
    time = say(pd.Series(dict(zip(("value", "low", "high"), longer, strict=True))), ".2g")
    saved = f"M0 {say(table.loc['m0'], '.3g')}, M1 {say(table.loc['m1'], '.2g')}"
    return f"N = {row['hidden']}, {row['rule']}: {saved}, with {time} times the samples (n = {row['n']})"
