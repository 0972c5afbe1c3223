"""Exponents of power laws, and how sure they are."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes

from bioplast.figures.labels import SYMBOLS, name_axis
from bioplast.figures.panels import Looks
from bioplast.figures.style import GRAY


def plot_exponents(data: pd.DataFrame, ax: Axes, looks: Looks, *, over: str, label: str) -> Axes:
    """Draw exponents with their intervals as bars, a line a quantity.

    Parameters
    ----------
    data : columns ``quantity``, ``over``, ``value``, ``low`` and ``high``
    ax : axes to draw on
    looks : how each quantity is drawn
    over : column with the setting
    label : what the exponents are of

    Returns
    -------
    ax : the axes given
    """
    for name, look in looks.items():
        rows = data[data["quantity"] == name].sort_values(over)
        value, low, high = (rows[column].astype(float) for column in ("value", "low", "high"))
        ax.errorbar(
            rows[over].astype(float),
            value,
            [(value - low).fillna(0), (high - value).fillna(0)],
            color=look.color,
            marker=look.marker,
            elinewidth=0.7,
            label=SYMBOLS[name],
        )
    ax.axhline(0, color=GRAY, linewidth=0.6, zorder=0)
    ax.set_xscale("log")
    ax.set_xlabel(name_axis(over))
    ax.set_ylabel(label)
    ax.legend(loc="best")
    return ax
