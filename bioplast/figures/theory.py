"""What theory expects, drawn beside what was measured."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
from matplotlib.axes import Axes

from bioplast.figures.style import Look

DASHES = (0, (4, 2))


def plot_theory(data: pd.DataFrame, ax: Axes, quantity: str, looks: Mapping[str, Look], *, over: str) -> Axes:
    """Draw a broken line a label, and a tick at the bottom where theory puts the best setting.

    Parameters
    ----------
    data : columns ``label``, ``kind`` (theory for the line, best for the tick), ``over``, ``quantity``
    ax : axes to draw on
    quantity : column with the cost
    looks : how each label is drawn
    over : column with the setting

    Returns
    -------
    ax : the axes given
    """
    for label, look in looks.items():
        rows = data[data["label"] == label]
        line = rows[rows["kind"] == "theory"].sort_values(over)
        ax.plot(line[over], line[quantity], color=look.colour, linewidth=0.8, linestyle=DASHES, zorder=1)
        for best in rows.loc[rows["kind"] == "best", over]:
            ax.axvline(best, ymax=0.06, color=look.colour, linewidth=1.5)
    return ax
