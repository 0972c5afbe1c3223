"""Writing only large changes: energy and learning time against the share of synapses that are written."""

from __future__ import annotations

import pandas as pd
from matplotlib.figure import Figure

from bioplast.analysis.cells import compare_with_plain, count_reached, stack, with_medians
from bioplast.analysis.frame import make_run_frame
from bioplast.analysis.interval import name_columns, say, unfold
from bioplast.analysis.words import join_words, say_factor
from bioplast.figures.panels import Panels, panel
from bioplast.figures.style import make_looks
from bioplast.figures.sweep import plot_sweep
from bioplast.plasticity import Plasticity
from bioplast.studies.declaration import Study
from bioplast.studies.grid import Grid, Settings
from bioplast.training.record import Run

# The hidden layer has this many times the synapses of the output layer.
RATIO = 78.4
# These learn next to nothing: they need not try for five epochs.
SMALLEST_SAMPLES = 20_000
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


def write_largest(fraction: float, per: str = "layer") -> str:
    """The rule whose output layer writes as many synapses as its hidden layer, or all it has."""
    more = ', per="neuron"' if per == "neuron" else ""
    return f"largest({fraction}, output={min(1, round(RATIO * fraction, 6))}{more})"


COMMON: Settings = {"model": "ann", "protocol": "paper"}
SMALL: Settings = {"hidden": 100, "seeds": 5, "capped": True, **COMMON}
LARGE = SMALL | {"hidden": 1000}
GRID = [
    Grid(
        rule=[
            "plain",
            *(write_largest(f) for f in (0.3, 0.1, 0.03, 0.01)),
            *(write_largest(f, "neuron") for f in (0.3, 0.1, 0.05)),
            *(f"above({theta})" for theta in (1e-5, 3e-5, 1e-4, 3e-4)),
        ],
        **SMALL,
    ),
    Grid(rule=["smallest(0.99)", "smallest(0.9)"], max_samples=SMALLEST_SAMPLES, **SMALL),
    Grid(rule=["plain", write_largest(0.01), "above(0.0003)"], **LARGE),
]
QUICK = Grid(
    rule=["plain", write_largest(0.3), write_largest(0.1), "above(0.0001)", "smallest(0.9)"],
    hidden=100,
    goal=0.90,
    max_samples=12_000,
    **COMMON,
)


def analyze(runs: list[Run]) -> pd.DataFrame:
    """Exactly what is drawn, a row a run (``kind`` run) and a cell (``kind`` median), and the savings.

    ``fraction`` is the share of synapses written in a trial: writes a sample over those of plain learning
    on the same seed. Rows of ``kind`` saving hold how many times less than plain a cell took.
    """
    frame = make_run_frame(runs)
    frame["label"] = frame["rule"].map(_name_kind)
    frame["fraction"] = _compute_shares(frame)
    cells = ["hidden", "label", "rule"]
    saved = compare_with_plain(frame, cells, QUANTITIES, ("hidden", "seed"))
    shown = [*QUANTITIES, "fraction"]
    columns = ["kind", *cells, "seed", "converged", "n", "reached", *name_columns(shown)]
    return stack([with_medians(frame, cells, shown), saved.assign(kind="saving")], columns)


def best_savings(data: pd.DataFrame) -> pd.DataFrame:
    """For each size and kind of rule the cell that saves most writes.

    Parameters
    ----------
    data : what ``analyze`` returned

    Returns
    -------
    best : columns ``hidden``, ``label``, ``rule``, ``n``, and for ``m0``, ``m1`` and ``samples`` how many
        times less than plain learning, with the ends of the interval. A cell in which more than half of
        the seeds did not reach the goal is passed over.
    """
    saved = data[data["kind"] == "saving"].astype({"m0": float})
    cells = data[data["kind"] == "median"].dropna(subset=["m0"])
    saved = saved[saved["rule"].isin(cells["rule"])].dropna(subset=["m0"])
    best = saved.loc[saved.groupby(["hidden", "label"], sort=False)["m0"].idxmax()]
    return best[["hidden", "label", "rule", "n", *name_columns(QUANTITIES)]].reset_index(drop=True)


def tabulate(data: pd.DataFrame) -> pd.DataFrame:
    """One row per size and rule: how many runs got there, medians, and savings."""
    names = {quantity: f"{quantity} saving" for quantity in QUANTITIES}
    saved = data[data["kind"] == "saving"][["hidden", "rule", *QUANTITIES]].rename(columns=names)
    cells = count_reached(data, ["hidden", "rule", "reached", "fraction", *QUANTITIES])
    return cells.merge(saved, how="left", on=["hidden", "rule"])


def describe(data: pd.DataFrame) -> dict[str, str]:
    """What is seen, for the caption."""
    counts = data[data["kind"] == "median"].groupby("hidden")["n"].max()
    return {
        "cell_seeds": ", ".join(f"n = {n} at N = {hidden:,}" for hidden, n in counts.items()),
        "smallest_samples": f"{SMALLEST_SAMPLES:,}",
        "ratio": f"{RATIO:g}",
        "savings": "; ".join(_say_saving(row) for _, row in best_savings(data).iterrows()) or "none",
    }


def headline(data: pd.DataFrame) -> str:
    """What writing only the largest changes saves in each size, and how much longer learning takes."""
    best = best_savings(data)
    best = best[best["label"] == LABELS["largest"]].astype({"m0": float, "samples": float})
    if best.empty:
        return ""
    saved = join_words(f"{say_factor(row.m0)} (N = {row.hidden:,.0f})" for row in best.itertuples())
    longer = join_words(say_factor(1 / samples) for samples in best["samples"])
    return f"Writing only the largest changes takes {saved} times fewer writes, in {longer} times the samples"


def plot(data: pd.DataFrame) -> Figure:
    """A row a size; writes, size of the changes and samples against the share written."""
    sizes = list(dict.fromkeys(data["hidden"]))
    rows = [
        [
            panel(
                plot_sweep,
                quantity=quantity,
                over="fraction",
                where={"hidden": hidden, "kind": ("run", "median")},
                settings={"xlabel": "Share of synapses written" if hidden == sizes[-1] else ""}
                | ({"title": f"N = {hidden:,}"} if quantity == "m1" else {}),
            )
            for quantity in QUANTITIES
        ]
        for hidden in sizes
    ]
    looks = make_looks(label for label in LABELS.values() if label in set(data["label"]))
    return Panels(rows, height_mm=20 + 55 * len(sizes), looks=looks, share={"sharex": True})(data)


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
    longer = 1 / table.loc["samples", ["value", "high", "low"]].astype(float)
    time = say(longer.set_axis(["value", "low", "high"]), ".2g")
    saved = f"M0 {say(table.loc['m0'], '.3g')}, M1 {say(table.loc['m1'], '.2g')}"
    return f"N = {row['hidden']}, {row['rule']}: {saved}, with {time} times the samples (n = {row['n']})"


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
