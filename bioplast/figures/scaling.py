"""Fitted power laws, and how sure they are."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
from matplotlib.axes import Axes

from bioplast.figures.style import GREY, Look
from bioplast.figures.sweep import SWEEP_LABELS

QUANTITY_SYMBOLS = {"m0": "$M_0$", "m1": "$M_1$", "samples": "samples"}


def plot_lines(data: pd.DataFrame, ax: Axes, quantity: str, looks: Mapping[str, Look], *, over: str) -> Axes:
    """Draw a dashed line a label, with its interval as a band where it is known.

    Parameters
    ----------
    data : columns ``label``, ``over``, ``quantity``, ``<quantity> low`` and ``<quantity> high``
    ax : axes to draw on, with their scales
    quantity : column with the line
    looks : how each label is drawn
    over : column with the setting

    Returns
    -------
    ax : the axes given
    """
    for label, look in looks.items():
        line = data[data["label"] == label].sort_values(over)
        ax.plot(line[over], line[quantity], color=look.colour, linewidth=0.7, linestyle=(0, (4, 3)), zorder=1)
        low, high = (line[f"{quantity} {end}"].astype(float) for end in ("low", "high"))
        ax.fill_between(line[over], low, high, color=look.colour, alpha=0.15, linewidth=0, zorder=0)
    return ax


def plot_exponents(data: pd.DataFrame, ax: Axes, looks: Mapping[str, Look], *, over: str, label: str) -> Axes:
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
            color=look.colour,
            marker=look.marker,
            elinewidth=0.7,
            label=QUANTITY_SYMBOLS[name],
        )
    ax.axhline(0, color=GREY, linewidth=0.6, zorder=0)
    ax.set_xscale("log")
    ax.set_xlabel(SWEEP_LABELS[over])
    ax.set_ylabel(label)
    ax.legend(loc="best")
    return ax
