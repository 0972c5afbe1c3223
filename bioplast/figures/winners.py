"""Which synapses are written, and how evenly."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pandas as pd
from matplotlib.axes import Axes

from bioplast.figures.seeds import plot_seeds
from bioplast.figures.style import GREY, Look
from bioplast.figures.ticks import label_log_axis

_DASHES = (0, (4, 3))


def plot_overlap(data: pd.DataFrame, ax: Axes, looks: Mapping[str, Look]) -> Axes:
    """Draw the share of a trial's writes that recurs, against the lag; dashed: chance.

    Parameters
    ----------
    data : columns ``panel`` (overlap or chance), ``kind`` (run or median), ``label``, ``x`` and ``y``
    ax : axes to draw on
    looks : how each label is drawn

    Returns
    -------
    ax : the axes given
    """
    _draw_curves(data[data["panel"] == "overlap"], ax, looks)
    for look, rows in _split(data[(data["panel"] == "chance") & (data["kind"] == "median")], looks):
        ax.axhline(rows["y"].iloc[0], color=look.colour, linewidth=0.6, linestyle=_DASHES, zorder=1)
    ax.set_xscale("log")
    ax.set_yscale("log")
    label_log_axis(ax.xaxis)
    label_log_axis(ax.yaxis)
    ax.set_xlabel("Lag (trials)")
    ax.set_ylabel("Share written again")
    return ax


def plot_concentration(data: pd.DataFrame, ax: Axes, looks: Mapping[str, Look]) -> Axes:
    """Draw the share of writes that fell on the most written synapses; columns as in ``plot_overlap``."""
    ax.plot([0, 1], [0, 1], color=GREY, linewidth=0.6, linestyle=_DASHES, zorder=1)
    _draw_curves(data[data["panel"] == "concentration"], ax, looks, with_markers=False)
    ax.set_xlim(0, 1)
    ax.set_ylim(0, 1.02)
    ax.set_xlabel("Share of synapses, most written first")
    ax.set_ylabel("Share of all writes")
    return ax


def plot_winners(data: pd.DataFrame, ax: Axes, looks: Mapping[str, Look]) -> Axes:
    """Draw how often a synapse is written by its pixel's brightness; columns as in ``plot_overlap``."""
    _draw_curves(data[data["panel"] == "winners"], ax, looks)
    ax.set_yscale("log")
    label_log_axis(ax.yaxis)
    ax.set_xlabel("Input pixels, dark to bright (tenth)")
    ax.set_ylabel("Writes a trial and synapse")
    return ax


def plot_indices(
    data: pd.DataFrame, ax: Axes, looks: Mapping[str, Look], *, claimed: Mapping[str, float]
) -> Axes:
    """Draw the index of each rule, a marker a seed and a bar a median; crosses are what was ``claimed``."""
    rows_of_panel = data[data["panel"] == "index"]
    for place, (label, look) in enumerate(looks.items()):
        rows = rows_of_panel[rows_of_panel["label"] == label]
        plot_seeds(rows, ax, "y", look, place=place)
        if label in claimed:
            ax.plot(place + 0.42, claimed[label], color=GREY, marker="x", linestyle="none", zorder=4)
    ax.set_xticks(range(len(looks)), list(looks), rotation=20, ha="right", rotation_mode="anchor")
    ax.tick_params(axis="x", length=0)
    ax.set_yscale("log")
    label_log_axis(ax.yaxis)
    ax.set_ylabel("Simpson index $D$")
    return ax


def _draw_curves(
    data: pd.DataFrame, ax: Axes, looks: Mapping[str, Look], *, with_markers: bool = True
) -> None:
    for look, rows in _split(data, looks):
        for _, run in rows[rows["kind"] == "run"].groupby("seed"):
            ax.plot(run["x"], run["y"], color=look.colour, linewidth=0.4, alpha=0.6, zorder=2)
        medians = rows[rows["kind"] == "median"]
        marker = look.marker if with_markers else "none"
        ax.plot(medians["x"], medians["y"], color=look.colour, marker=marker, markersize=3.0, zorder=3)


def _split(data: pd.DataFrame, looks: Mapping[str, Look]) -> Iterator[tuple[Look, pd.DataFrame]]:
    for label, look in looks.items():
        rows = data[data["label"] == label].sort_values("x")
        if len(rows):
            yield look, rows
