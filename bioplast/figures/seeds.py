"""One marker a seed and a bar at the median, at a label's place on a categorical axis."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes

from bioplast.figures.style import Look

_SPREAD = 0.5  # part of a label's place that its seeds fill


def plot_seeds(rows: pd.DataFrame, ax: Axes, quantity: str, look: Look, *, place: float) -> Axes:
    """Draw the runs of one label side by side, and their median.

    Parameters
    ----------
    rows : columns ``kind`` (run or median) and ``quantity``
    ax : axes to draw on
    quantity : column with the value
    look : how the label is drawn
    place : of the label

    Returns
    -------
    ax : the axes given
    """
    runs = rows.loc[rows["kind"] == "run", quantity]
    step = _SPREAD / max(len(runs), 1)
    for index, value in enumerate(runs):
        x = place + (index - (len(runs) - 1) / 2) * step
        ax.plot(x, value, color=look.colour, marker=look.marker, linestyle="none", zorder=3)
    for value in rows.loc[rows["kind"] == "median", quantity]:
        ax.plot([place - 0.35, place + 0.35], [value, value], color=look.colour, linewidth=1.4, zorder=2)
    return ax
