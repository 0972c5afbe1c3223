"""What a setting (a size, a fraction) does to what learning costs."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes

from bioplast.figures.labels import name_axis
from bioplast.figures.panels import Looks


def plot_sweep(data: pd.DataFrame, ax: Axes, looks: Looks, *, quantity: str, over: str) -> Axes:
    """Draw a small marker a run and a line through the medians, both axes logarithmic.

    Filled markers reached the goal; open ones gave up and show what they had spent by then. A median
    that is missing, because too many runs gave up, leaves a gap in its line.

    Parameters
    ----------
    data : columns ``label``, ``kind`` (run or median), ``converged``, ``over`` and ``quantity``
    ax : axes to draw on
    looks : how each label is drawn
    quantity : column with the cost
    over : column with the setting

    Returns
    -------
    ax : the axes given
    """
    for label, look in looks.items():
        rows = data[data["label"] == label]
        runs, medians = rows[rows["kind"] == "run"], rows[rows["kind"] == "median"].sort_values(over)
        ax.plot(medians[over], medians[quantity], color=look.color, zorder=2)
        ax.plot([], [], color=look.color, marker=look.marker, markersize=3.0, label=label)
        for is_reached, face in ((True, look.color), (False, "white")):
            part = runs[runs["converged"].astype(bool) == is_reached]
            ax.plot(
                part[over],
                part[quantity],
                color=look.color,
                marker=look.marker,
                markersize=3.0,
                markerfacecolor=face,
                markeredgewidth=0.6,
                linestyle="none",
                zorder=3,
            )
    ax.set(xscale="log", yscale="log", xlabel=name_axis(over), ylabel=name_axis(quantity))
    return ax
