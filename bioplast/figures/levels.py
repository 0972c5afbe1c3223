"""What learning costs by the accuracy asked for, and the best accuracy there is."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import MultipleLocator, PercentFormatter

from bioplast.figures.seeds import plot_seeds
from bioplast.figures.style import Look
from bioplast.figures.sweep import SWEEP_LABELS


def plot_asked(data: pd.DataFrame, ax: Axes, quantity: str, looks: Mapping[str, Look]) -> Axes:
    """Draw a thin line a run and a thick one through the medians, against the accuracy asked for.

    Parameters
    ----------
    data : columns ``label``, ``kind`` (run or median), ``seed``, ``asked`` and ``quantity``; nan where an
        accuracy was not reached
    ax : axes to draw on
    quantity : column with the cost, drawn on a logarithmic scale
    looks : how each label is drawn

    Returns
    -------
    ax : the axes given
    """
    for label, look in looks.items():
        rows = data[data["label"] == label].dropna(subset=[quantity]).sort_values("asked")
        for _, run in rows[rows["kind"] == "run"].groupby("seed"):
            ax.plot(run["asked"], run[quantity], color=look.colour, linewidth=0.4, alpha=0.6, zorder=2)
        medians = rows[rows["kind"] == "median"]
        ax.plot(
            medians["asked"],
            medians[quantity],
            color=look.colour,
            marker=look.marker,
            markersize=3.0,
            label=label,
            zorder=3,
        )
    ax.set_yscale("log")
    # Whole percents only: the label of 92.5 would say 92.
    ax.xaxis.set_major_locator(MultipleLocator(0.02))
    ax.xaxis.set_major_formatter(PercentFormatter(1.0, decimals=0, symbol=None))
    ax.set_xlabel("Accuracy asked for (%)")
    ax.set_ylabel(SWEEP_LABELS[quantity])
    return ax


def plot_best(data: pd.DataFrame, ax: Axes, looks: Mapping[str, Look]) -> Axes:
    """Draw one marker a run and one bar a median, side by side, a place a label.

    Parameters
    ----------
    data : columns ``label``, ``kind`` (run or median) and ``test``
    ax : axes to draw on
    looks : how each label is drawn, in the order of their places

    Returns
    -------
    ax : the axes given
    """
    for place, (label, look) in enumerate(looks.items()):
        rows = data[data["label"] == label]
        plot_seeds(rows, ax, "test", look, place=place)
    ax.set_xticks(range(len(looks)), list(looks), rotation=30, ha="right", rotation_mode="anchor")
    ax.tick_params(axis="x", length=0)
    ax.yaxis.set_major_formatter(PercentFormatter(1.0, decimals=1, symbol=None))
    ax.set_ylabel("Best test accuracy (%)")
    return ax
