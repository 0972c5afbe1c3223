"""How a cost grows with the size of the network."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
from matplotlib.axes import Axes

from bioplast.figures.style import GREY, Look


def plot_growth(
    data: pd.DataFrame, ax: Axes, quantity: str, looks: Mapping[str, Look], *, label: str
) -> Axes:
    """Draw one line a label against the number of hidden units, both axes logarithmic.

    A dashed line through the first label's last point is what growth in proportion to the size would be.

    Parameters
    ----------
    data : columns ``label``, ``hidden`` and ``quantity``
    ax : axes to draw on
    quantity : column with the cost
    looks : how each label is drawn
    label : of the cost, with its unit

    Returns
    -------
    ax : the axes given
    """
    first = data[data["label"] == next(iter(looks))].sort_values("hidden")
    size, cost = first["hidden"].iloc[-1], first[quantity].iloc[-1]
    # From where it leaves the other lines behind, so that they and not it settle the axis.
    smallest = max(first["hidden"].iloc[0], size * data[quantity].min() / cost)
    ax.plot(
        [smallest, size],
        [cost * smallest / size, cost],
        color=GREY,
        linewidth=0.6,
        linestyle=(0, (4, 3)),
        zorder=1,
        label="proportional to $N$",
    )
    for name, look in looks.items():
        line = data[data["label"] == name].sort_values("hidden")
        ax.plot(line["hidden"], line[quantity], color=look.colour, marker=look.marker, label=name, zorder=2)
    ax.set_xscale("log")
    ax.set_yscale("log")
    ax.set_xlabel("Hidden units $N$")
    ax.set_ylabel(label)
    return ax
