"""What is spent in the course of learning."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter

from bioplast.figures.style import Look
from bioplast.figures.sweep import SWEEP_LABELS


def plot_course(data: pd.DataFrame, ax: Axes, quantity: str, looks: Mapping[str, Look]) -> Axes:
    """Draw one line a run against the samples seen, ended by a marker.

    Parameters
    ----------
    data : columns ``label``, ``seed``, ``samples`` and ``quantity``; a run's rows in order
    ax : axes to draw on
    quantity : column with what is spent
    looks : how each label is drawn

    Returns
    -------
    ax : the axes given
    """
    for label, look in looks.items():
        for _, run in data[data["label"] == label].groupby("seed", sort=True):
            ax.plot(run["samples"], run[quantity], color=look.colour, linewidth=0.7)
            ax.plot(
                run["samples"].iloc[-1],
                run[quantity].iloc[-1],
                color=look.colour,
                marker=look.marker,
                linestyle="none",
                zorder=3,
            )
    ax.set_xlim(left=0)
    ax.set_ylim(bottom=0)
    for axis in (ax.xaxis, ax.yaxis):
        axis.set_major_formatter(FuncFormatter(_format_thousands))
    ax.set_xlabel("Samples seen (thousands)")
    ax.set_ylabel(SWEEP_LABELS[quantity].replace("unit", "thousand units"))
    return ax


def _format_thousands(value: float, _: object) -> str:
    return f"{value / 1000:g}"
