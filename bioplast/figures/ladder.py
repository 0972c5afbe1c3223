"""A ladder of networks, one below the other, and what each of them takes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from bioplast.figures.style import GREY, Look

_SPREAD = 0.24  # part of a rung's height over which the seeds of one series are spread


def plot_rungs(
    data: pd.DataFrame, ax: Axes, column: str, look: Look, rungs: Sequence[str], *, offset: float = 0.0
) -> Axes:
    """Draw one series: a small marker a run and an upright bar a median, on a logarithmic axis.

    Filled markers reached the goal; open ones gave up and show what they had spent by then.

    Parameters
    ----------
    data : columns ``rung``, ``kind`` (run or median), ``converged`` and ``column``
    ax : axes to draw on
    column : what is drawn along the axis; rows without it are left out
    look : how the series is drawn
    rungs : from top to bottom
    offset : of the series from the middle of its rung, in rungs; above 0 is further down

    Returns
    -------
    ax : the axes given
    """
    rows = data.dropna(subset=[column])
    for place, rung in enumerate(rungs):
        here = rows[rows["rung"] == rung]
        runs = here[here["kind"] == "run"]
        steps = (np.arange(len(runs)) - (len(runs) - 1) / 2) * _SPREAD / max(len(runs), 1)
        for value, is_reached, step in zip(runs[column], runs["converged"].astype(bool), steps, strict=True):
            ax.plot(
                value,
                place + offset + step,
                color=look.colour,
                marker=look.marker,
                markersize=3.0,
                markerfacecolor=look.colour if is_reached else "white",
                markeredgewidth=0.6,
                linestyle="none",
                zorder=3,
            )
        for value in here.loc[here["kind"] == "median", column]:
            ends = [place + offset - 0.19, place + offset + 0.19]
            ax.plot([value, value], ends, color=look.colour, linewidth=1.4, zorder=2)
    return ax


def frame_rungs(ax: Axes, rungs: Sequence[str], *, named: bool) -> Axes:
    """Set up the axes of a ladder: its rungs from top to bottom, with their names if ``named``."""
    ax.set_xscale("log")
    ax.set_ylim(len(rungs) - 0.5, -0.5)
    ax.set_yticks(range(len(rungs)), list(rungs) if named else [""] * len(rungs))
    ax.tick_params(axis="y", length=0)
    for border in range(1, len(rungs)):
        ax.axhline(border - 0.5, color=GREY, linewidth=0.4, alpha=0.4)
    return ax
