"""Energy spent until a goal was reached, network by network and rule by rule."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
from matplotlib.axes import Axes

from bioplast.figures.style import GREY, Look

ENERGY_LABELS = {
    "m0": "$M_0$ (weight writes)",
    "m1": "$M_1$ (summed size of changes,\nunit of the weights)",
}
_SPREAD = 0.78  # part of a network's place that its rules fill


def plot_energy_to_goal(data: pd.DataFrame, ax: Axes, quantity: str, looks: Mapping[str, Look]) -> Axes:
    """Draw one marker a run and one bar a median, side by side within each network.

    Filled markers reached the goal; open ones gave up and show what they had spent by then.

    Parameters
    ----------
    data : columns ``network``, ``label``, ``converged``, ``quantity`` and ``kind`` (run or median)
    ax : axes to draw on
    quantity : ``"m0"`` or ``"m1"``
    looks : how each label is drawn, in the order of their places

    Returns
    -------
    ax : the axes given
    """
    networks = list(dict.fromkeys(data["network"]))
    step = _SPREAD / len(looks)
    for place, network in enumerate(networks):
        for rank, (label, look) in enumerate(looks.items()):
            x = place + (rank - (len(looks) - 1) / 2) * step
            cell = data[(data["network"] == network) & (data["label"] == label)]
            _draw_cell(cell, ax, x, quantity, look, half_width=0.42 * step)
    for border in range(1, len(networks)):
        ax.axvline(border - 0.5, color=GREY, linewidth=0.4, alpha=0.5)
    ax.set_yscale("log")
    ax.set_xlim(-0.5, len(networks) - 0.5)
    ax.set_xticks(range(len(networks)), networks)
    ax.tick_params(axis="x", length=0, labelsize=8)
    ax.set_ylabel(ENERGY_LABELS[quantity])
    return ax


def _draw_cell(
    cell: pd.DataFrame, ax: Axes, x: float, quantity: str, look: Look, *, half_width: float
) -> None:
    runs = cell[cell["kind"] == "run"]
    spread = half_width / max(len(runs), 1)
    for index, (value, converged) in enumerate(zip(runs[quantity], runs["converged"], strict=True)):
        ax.plot(
            x + (index - (len(runs) - 1) / 2) * spread,
            value,
            marker=look.marker,
            color=look.colour,
            markerfacecolor=look.colour if converged else "none",
            markeredgewidth=0.7,
            linestyle="none",
            zorder=3,
        )
    for value in cell.loc[cell["kind"] == "median", quantity].dropna():
        ax.plot([x - half_width, x + half_width], [value, value], color=look.colour, linewidth=1.4, zorder=2)
