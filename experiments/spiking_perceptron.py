"""Synaptic caching in a spiking perceptron that learns by STDP: energy against the threshold."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from bioplast.analysis.cheapest import find_cheapest
from bioplast.analysis.interval import say
from bioplast.figures.panels import Looks, Panels, draw_line, panel
from bioplast.figures.style import BLUE, ORANGE, Look
from bioplast.loading import load_module
from bioplast.studies.declaration import Study
from bioplast.studies.grid import Grid

DECAY, COST = 0.001, 0.001  # of a transient change, for each trial
LEARNED = 0.9  # share of the patterns that has to be right in the end for a saving to count
CLAIMED = 0.8  # of the energy is saved

CAPTION = """
A leaky integrate-and-fire cell learns by STDP to fire for half of {n_patterns} random spike patterns and to
be silent for the others (docs/examples/perceptron.py, which has the equations), {n_epochs} rounds;
{cell_seeds}. Changes are transient at first, a thousandth of them is lost in each trial, keeping them costs
{cost} of their size, and they are written for good beyond a threshold (mV; a single correction is at most
0.05 mV).

a: M1 plus maintenance relative to learning without caching on the same seed; dashed: the claimed saving of
80 % (Li & van Rossum 2020, fig. 2 supplement 1, whose model is not the same). One marker a run, open where
less than {learned} of the patterns were right in the last round, with caching or without; line: medians of
the others. b: patterns right in the last round; line at {learned}. {best}
"""

# A point a seed, with all thresholds (mV).
POINTS = Grid(seeds=5, n_patterns=60, n_epochs=25, thresholds="0.05 0.1 0.2 0.5")
QUICK = Grid(n_patterns=20, n_epochs=5, thresholds="0.1 0.5")


def measure(point: dict[str, Any], project: Path) -> list[dict[str, Any]]:
    """Let the perceptron of the example learn without caching, then with each threshold."""
    from brian2 import prefs

    prefs.codegen.target = "numpy"  # one cell: compiling takes longer than it saves
    example = load_module("example", "perceptron", project)
    size = point["n_patterns"], point["n_epochs"], point["seed"]
    plain, plain_share = example.run("plain", *size)
    rows = []
    for threshold in map(float, point["thresholds"].split()):
        energy, share = example.run(f"cache({threshold}, {DECAY}, cost={COST})", *size)
        spent = energy.m1 + energy.maintenance
        row = {"threshold": threshold, "energy": spent / plain.m1, "share_right": share}
        rows.append(
            row | {"plain_share_right": plain_share, "m1": energy.m1, "maintenance": energy.maintenance}
        )
    return rows


def analyze(rows: pd.DataFrame) -> pd.DataFrame:
    """Exactly what is drawn: ``kind`` run, and the medians over seeds of those that learned."""
    rows = rows[["seed", *(name for name in rows if name not in ("seed", "thresholds"))]].assign(
        label="cache", kind="run", converged=rows[["share_right", "plain_share_right"]].min(axis=1) >= LEARNED
    )
    learned = rows[rows["converged"]].groupby("threshold")["energy"].median()
    shares = rows.groupby("threshold")["share_right"].median()
    medians = pd.DataFrame({"energy": learned, "share_right": shares}).reset_index()
    return pd.concat([rows, medians.assign(label="cache", kind="median")], ignore_index=True)


def find_optimum(data: pd.DataFrame) -> pd.DataFrame:
    """The cheapest threshold (``find_cheapest``); one row."""
    return find_cheapest(data[data["kind"] == "run"], ["label"], "threshold", "energy")


def tabulate(data: pd.DataFrame) -> pd.DataFrame:
    """One row a threshold: medians over seeds."""
    names = ["energy", "m1", "maintenance", "share_right"]
    return data[data["kind"] == "run"].groupby("threshold")[names].median().reset_index()


def describe(data: pd.DataFrame) -> dict[str, str]:
    """What was done, and what is seen."""
    runs = data[data["kind"] == "run"]
    best = find_optimum(data).iloc[0]
    n_seeds = int(runs["seed"].nunique())
    saved = 100 * (1 - 1 / best[["saving", "saving low", "saving high"]].astype(float))
    saved.index = pd.Index(["value", "low", "high"])
    return {
        "n_patterns": f"{runs['n_patterns'].iloc[0]:.0f}",
        "n_epochs": f"{runs['n_epochs'].iloc[0]:.0f}",
        "cell_seeds": f"n = {n_seeds} seed{'s' * (n_seeds > 1)}",
        "cost": f"{COST:g}",
        "learned": f"{100 * LEARNED:.0f} %",
        "best": f"Saved at {best['threshold']:g} mV, the best threshold: {say(saved, '.0f')} %."
        if best["n"]
        else "With no threshold enough patterns were learned.",
    }


def headline(data: pd.DataFrame) -> str:
    """What is saved at the best threshold."""
    best = find_optimum(data).iloc[0]
    if not best["n"]:
        return ""
    return (
        f"In a spiking cell that learns by STDP caching saves {100 * (1 - 1 / best['saving']):.0f} % of the "
        f"energy at its best threshold, {best['threshold']:g} mV"
    )


def plot(data: pd.DataFrame) -> Figure:
    """Energy, and how well the patterns are learned, against the threshold."""
    energy = panel(
        _plot,
        quantity="energy",
        line=1 - CLAIMED,
        looks={"cache": Look(BLUE, "o")},
        settings={"ylim": (0, None), "ylabel": "$M_1$ and maintenance\n(without caching: 1)"},
    )
    right = panel(
        _plot,
        quantity="share_right",
        line=100 * LEARNED,
        looks={"cache": Look(ORANGE, "s")},
        settings={"ylabel": "Patterns right in the\nlast round (%)"},
    )
    shown = data.assign(share_right=100 * data["share_right"])
    return Panels([[energy, right]], height_mm=60, legend=None)(shown)


def _plot(data: pd.DataFrame, ax: Axes, looks: Looks, *, quantity: str, line: float) -> None:
    """One marker a run, open where too little was learned, and a line through the medians."""
    look = looks["cache"]
    medians = data[data["kind"] == "median"].sort_values("threshold")
    ax.plot(medians["threshold"], medians[quantity], color=look.color)
    runs = data[data["kind"] == "run"]
    for is_learned, face in ((True, look.color), (False, "white")):
        part = runs[runs["converged"].astype(bool) == is_learned]
        ax.plot(part["threshold"], part[quantity], look.marker, color=look.color, markerfacecolor=face)
    draw_line(ax, line)
    ax.set(xscale="log", xlabel="Threshold (mV)")


STUDY = Study(
    points=POINTS,
    quick_points=QUICK,
    measure=measure,
    analyze=analyze,
    tabulate=tabulate,
    describe=describe,
    headline=headline,
    plot=plot,
    caption=CAPTION,
)
