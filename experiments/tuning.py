"""The settings with which networks and rules are compared, chosen on seeds that are never reported.

For each network and kind of rule twelve settings are tried, the same for all networks. Of those with which
all tuning seeds reach the goal, the one with the fewest writes is chosen (median M0).

    bioplast run tuning
    cp results/tuning/figure.csv experiments/tuning.csv

The file beside this one holds every setting that was tried and which were chosen; other experiments read it
(``bioplast.studies.tuned.read_tuned``), so that no setting of a reported figure is typed in.
"""

from __future__ import annotations

import re
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from bioplast.analysis.cells import compute_medians, count_reached
from bioplast.analysis.frame import make_run_frame
from bioplast.analysis.words import join_words
from bioplast.figures.labels import name_axis
from bioplast.figures.panels import Looks, Panels, panel
from bioplast.figures.style import make_looks
from bioplast.plasticity import Plasticity
from bioplast.studies.declaration import Study
from bioplast.studies.grid import Grid
from bioplast.training.record import Run

HIDDEN = 100
SEEDS = [101, 102, 103, 104, 105]
QUANTITIES = ["m0", "m1", "samples"]
CELLS = ["model", "label", "rule", "options"]

# Learning rates of the networks, onto hidden units and onto the output; both are multiplied alike.
RATES = {"ann": (0.01, 0.01), "rate": (0.01, 0.01), "spiking": (0.05, 0.01)}
FACTORS = (0.5, 1.0, 2.0)
FRACTIONS = (0.005, 0.01, 0.02, 0.05)
THETAS = (1e-4, 3e-4, 1e-3, 3e-3)

# Twelve settings of each kind: rules, and the factors that each is tried with.
KINDS: dict[str, tuple[list[str], tuple[float, ...]]] = {
    "plain": (["plain"], (0.25, 0.35, 0.5, 0.7, 1.0, 1.4, 2.0, 2.8, 4.0, 5.6, 8.0, 11.0)),
    "largest": ([f"largest({f:g}, output={10 * f:g})" for f in FRACTIONS], FACTORS),
    "above": ([f"above({theta:g})" for theta in THETAS], FACTORS),
    "above per synapse": (
        [f"above(0.001, target={f:g}, output={10 * f:g}, per=synapse)" for f in FRACTIONS],
        FACTORS,
    ),
    "subnet": ([f"subnet({k})" for k in (30, 50, 70, 90)], FACTORS),
    "subnet + largest": (
        [f"subnet({k}) + largest({f:g}, output={10 * f:g})" for k in (50, 80) for f in (0.01, 0.03)],
        FACTORS,
    ),
}

CAPTION = """
Settings tried for the comparison of networks and rules: median writes M0 against median samples until {goal}
on {task}, N = {hidden}, over the seeds 101 to 105, which are used for nothing else. For each network and kind
of rule twelve settings are tried: rules with the fractions or thresholds in figure.csv, each with learning
rates multiplied by {factors} (plain: twelve factors from {least} to {most}). Open: settings with which not
all seeds got there. Large: the one that is chosen, which of those with which all did has the lowest M0.

Chosen at an end of what was tried, so that settings beyond may be better: {edges}. {missing}
"""


def make_cells(kinds: dict[str, tuple[list[str], tuple[float, ...]]]) -> list[dict[str, Any]]:
    """Every network with every setting of ``kinds``."""
    return [
        {"model": model, "rule": rule, "options": scale_rates(model, factor)}
        for model in RATES
        for rules, factors in kinds.values()
        for rule in rules
        for factor in factors
    ]


def scale_rates(model: str, factor: float) -> dict[str, float]:
    """The options that multiply a network's learning rates."""
    hidden, output = RATES[model]
    return {"learning_rate": round(factor * hidden, 6), "learning_rate_output": round(factor * output, 6)}


def name_kind(rule: str) -> str:
    """The kind of a rule, a key of ``KINDS``."""
    parts = Plasticity.parse(rule).parts
    is_local = any(getattr(part, "per", "layer") == "synapse" for part in parts)
    return " + ".join(part.name for part in parts) + " per synapse" * is_local


def analyze(runs: list[Run]) -> pd.DataFrame:
    """A row a setting: medians over the seeds, and whether it is ``chosen``."""
    frame = make_run_frame(runs)
    frame["label"] = frame["rule"].map(name_kind)
    medians = compute_medians(frame, CELLS, QUANTITIES)
    return medians.assign(chosen=choose(medians))


def choose(medians: pd.DataFrame) -> pd.Series[bool]:
    """Whether a setting is the one with the fewest writes among those with which all seeds got there."""
    complete = medians[medians["reached"] == medians["n"]]
    best = complete.groupby(["model", "label"], sort=False)["m0"].idxmin()
    return pd.Series(medians.index.isin(best), medians.index)


def find_edges(data: pd.DataFrame) -> pd.DataFrame:
    """Where the chosen value is the smallest or the largest that was tried.

    Returns
    -------
    edges : a row a network, kind of rule and setting: ``model``, ``label``, ``setting``, ``value``
    """
    settings = pd.DataFrame([_list_values(row) for _, row in data.iterrows()], index=data.index)
    rows = []
    for (model, label), cells in data.groupby(["model", "label"], sort=False):
        tried = settings.loc[cells.index].dropna(axis="columns")
        for number in cells.index[cells["chosen"].astype(bool)]:
            for name, value in tried.loc[number].items():
                low, high = tried[name].min(), tried[name].max()
                if low < high and value in (low, high):
                    rows.append({"model": model, "label": label, "setting": name, "value": value})
    return pd.DataFrame(rows, columns=["model", "label", "setting", "value"])


def _list_values(row: pd.Series[Any]) -> dict[str, float]:
    """What is varied of a setting: numbers of its rule, and the factor of its learning rates."""
    parts = Plasticity.parse(row["rule"]).parts
    numbers = {name: value for part in parts for name, value in vars(part).items() if name != "output"}
    own, (rate, *_) = RATES[row["model"]][0], re.findall(r"learning_rate=([^,]+)", row["options"])
    values = {name: value for name, value in numbers.items() if isinstance(value, int | float)}
    return values | {"factor": round(float(rate) / own, 6)}


def tabulate(data: pd.DataFrame) -> pd.DataFrame:
    """The settings that are chosen."""
    chosen = data[data["chosen"]].assign(kind="median")
    return count_reached(chosen, [*CELLS, "reached", *QUANTITIES])


def plot(data: pd.DataFrame) -> Figure:
    """Writes against samples, a panel a network."""
    models = [model for model in RATES if model in set(data["model"])]
    looks = make_looks(label for label in KINDS if label in set(data["label"]))
    row = [panel(_plot_settings, where={"model": model}, settings={"title": model}) for model in models]
    return Panels([row], height_mm=80, looks=looks, share={"sharex": True, "sharey": True})(data)


def _plot_settings(data: pd.DataFrame, ax: Axes, looks: Looks) -> None:
    for label, look in looks.items():
        for _, row in data[data["label"] == label].dropna(subset=["m0"]).iterrows():
            is_complete = row["reached"] == row["n"]
            ax.plot(
                row["samples"],
                row["m0"],
                marker=look.marker,
                markersize=7 if row["chosen"] else 3.5,
                color=look.color,
                markerfacecolor=look.color if is_complete else "white",
                linestyle="none",
            )
    ax.set(xscale="log", yscale="log", xlabel=name_axis("samples"), ylabel=name_axis("m0"))


def describe(data: pd.DataFrame) -> dict[str, str]:
    """Factors of learning rates, for the caption."""
    plain, edges = KINDS["plain"][1], find_edges(data)
    ends = [
        f"{model} {label} ({', '.join(f'{row.setting} {row.value:g}' for row in rows.itertuples())})"
        for (model, label), rows in edges.groupby(["model", "label"], sort=False)
    ]
    return {
        "edges": "; ".join(ends) or "none",
        "factors": ", ".join(f"{factor:g}" for factor in FACTORS),
        "least": f"{min(plain):g}",
        "most": f"{max(plain):g}",
    }


def headline(data: pd.DataFrame) -> str:
    """The fewest writes with which each network learns, and with which kind of rule."""
    chosen = data[data["chosen"].astype(bool)].astype({"m0": float})
    if chosen.empty:
        return ""
    best = chosen.loc[chosen.groupby("model", sort=False)["m0"].idxmin()]
    plain = chosen[chosen["label"] == "plain"].set_index("model")["m0"].reindex(best["model"])
    numbers = join_words(
        f"{row.m0 / beside:.2f} ({row.model}, {row.label})"
        for row, beside in zip(best.itertuples(), plain, strict=True)
        if beside == beside
    )
    return f"Tuned alike, the cheapest rules take {numbers} of plain learning's writes"


STUDY = Study(
    grid=Grid(cells=make_cells(KINDS), hidden=HIDDEN, seed=SEEDS, max_samples=300_000, seeds=None),
    quick=Grid(
        cells=make_cells(
            {"plain": (["plain"], (1.0,)), "largest": (["largest(0.02, output=0.2)"], (1.0, 2.0))}
        ),
        hidden=HIDDEN,
        seed=SEEDS[:1],
        goal=0.85,
        max_samples=20_000,
        seeds=None,
    ),
    analyze=analyze,
    tabulate=tabulate,
    plot=plot,
    describe=describe,
    headline=headline,
    caption=CAPTION,
)
