"""How many times less than plain learning a rule takes, quantity by quantity."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

from bioplast.figures.style import GREY, Look

RATIO_LABELS = {"m0": "$M_0$", "m1": "$M_1$", "samples": "samples"}
_SPREAD = 0.7  # part of a quantity's place that its rules fill


def plot_ratios(
    data: pd.DataFrame,
    ax: Axes,
    looks: Mapping[str, Look],
    quantities: Sequence[str],
    *,
    claimed: Mapping[str, float],
) -> Axes:
    """Draw one marker a run and one bar a median, a place a quantity; crosses are what was ``claimed``.

    Parameters
    ----------
    data : columns ``label``, ``kind`` (run or median), ``quantity`` and ``saving``
    ax : axes to draw on
    looks : how each label is drawn
    quantities : in the order of their places
    claimed : savings by quantity

    Returns
    -------
    ax : the axes given
    """
    labels = [label for label in looks if (data["label"] == label).any()]
    step = _SPREAD / max(len(labels), 1)
    for place, quantity in enumerate(quantities):
        for rank, label in enumerate(labels):
            x = place + (rank - (len(labels) - 1) / 2) * step
            cell = data[(data["label"] == label) & (data["quantity"] == quantity)]
            _draw_cell(cell, ax, x, looks[label], 0.4 * step)
        if quantity in claimed:
            ax.plot(place + 0.46, claimed[quantity], color=GREY, marker="x", linestyle="none", zorder=4)
    ax.axhline(1, color=GREY, linewidth=0.6, linestyle=(0, (4, 3)), zorder=1)
    ax.set_yscale("log")
    ax.yaxis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0)))
    ax.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    ax.yaxis.set_minor_formatter(NullFormatter())
    ax.set_xlim(-0.6, len(quantities) - 0.4)
    ax.set_xticks(range(len(quantities)), [RATIO_LABELS[name] for name in quantities])
    ax.tick_params(axis="x", length=0)
    ax.set_ylabel("Times less than plain")
    return ax


def _draw_cell(cell: pd.DataFrame, ax: Axes, x: float, look: Look, half_width: float) -> None:
    runs = cell.loc[cell["kind"] == "run", "saving"]
    spread = half_width / max(len(runs), 1)
    for index, value in enumerate(runs):
        place = x + (index - (len(runs) - 1) / 2) * spread
        ax.plot(place, value, color=look.colour, marker=look.marker, linestyle="none", zorder=3)
    for value in cell.loc[cell["kind"] == "median", "saving"]:
        ax.plot([x - half_width, x + half_width], [value, value], color=look.colour, linewidth=1.4, zorder=2)
