"""Signalling and plasticity together, by the price of a write."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import LogLocator

from bioplast.figures.panels import Looks
from bioplast.figures.ticks import label_log_axis


def plot_relative_totals(data: pd.DataFrame, ax: Axes, looks: Looks, *, label: str) -> Axes:
    """Draw signalling and plasticity together, relative to plain learning, against the price of a write.

    Parameters
    ----------
    data : columns ``label``, ``kind`` (run or median), ``seed``, ``price`` and ``total``
    ax : axes to draw on
    looks : the color of each rule
    label : of the price, with its unit

    Returns
    -------
    ax : the axes given
    """
    for name, look in looks.items():
        rows = data[data["label"] == name].sort_values("price")
        for _, run in rows[rows["kind"] == "run"].groupby("seed"):
            ax.plot(run["price"], run["total"], color=look.color, linewidth=0.4, alpha=0.6, zorder=2)
        medians = rows[rows["kind"] == "median"]
        ax.plot(
            medians["price"], medians["total"], color=look.color, marker=look.marker, markevery=10, zorder=3
        )
    ax.set(xscale="log", yscale="log", xlabel=label, ylabel="Total / total of plain")
    label_log_axis(ax.yaxis)
    ax.yaxis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0)))
    return ax
