"""What two settings together do to a cost, as a map."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import LogNorm

from bioplast.figures.sweep import SWEEP_LABELS

_MAP = "cividis_r"  # the dearer the darker, also without colours


def plot_heat(data: pd.DataFrame, ax: Axes, quantity: str, *, over: tuple[str, str], unit: float) -> Axes:
    """Draw a square a cell, its colour on a logarithmic scale, with the number in it.

    A cell without a value, because too many of its runs gave up, is white and has a dash.

    Parameters
    ----------
    data : one row a cell with the columns ``over`` and ``quantity``
    ax : axes to draw on
    quantity : column with the cost
    over : columns with the settings along the two axes, x first
    unit : what the numbers are in

    Returns
    -------
    ax : the axes given
    """
    table = data.pivot(index=over[1], columns=over[0], values=quantity).astype(float)
    values = table.to_numpy() / unit
    known = values[np.isfinite(values)]
    norm = LogNorm(known.min(), known.max()) if known.size else LogNorm(1, 10)
    ax.imshow(values, origin="lower", aspect="auto", cmap=_MAP, norm=norm)
    middle = np.sqrt(known.min() * known.max()) if known.size else 1.0
    for (row, column), value in np.ndenumerate(values):
        is_known = np.isfinite(value)
        ax.text(
            column,
            row,
            f"{value:.3g}" if is_known else "-",
            ha="center",
            va="center",
            fontsize=7,
            color="white" if is_known and value > middle else "black",
        )
    ax.set_xticks(range(table.shape[1]), [f"{value:g}" for value in table.columns])
    ax.set_yticks(range(table.shape[0]), [f"{value:,g}" for value in table.index])
    ax.tick_params(length=0)
    ax.spines[:].set_visible(False)
    ax.set_xlabel(SWEEP_LABELS[over[0]])
    ax.set_ylabel(SWEEP_LABELS[over[1]])
    return ax
