"""What a setting (a size, a fraction) does to what learning costs."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
from matplotlib.axes import Axes

from bioplast.figures.energy import ENERGY_LABELS
from bioplast.figures.style import Look

SWEEP_LABELS = ENERGY_LABELS | {
    "samples": "Samples seen",
    "inefficiency_m0": "$M_0$ / minimum",
    "inefficiency_m1": "$M_1$ / minimum",
    "test": "Test accuracy",
    "best_accuracy": "Best test accuracy",
    "hidden": "Hidden units $N$",
    "units": "Plastic hidden units $k$",
    "fraction": "Fraction $f$",
    "rate": "Learning rate $\\eta$",
    "load": "Patterns per input",
    "threshold": "Threshold $\\theta$",
    "cost": "Cost of maintenance $c$",
    "energy": "$M_1$ and maintenance\n(plain learning: 1)",
    "trials": "Samples seen\n(plain learning: 1)",
    "saving": "Saving (plain learning: 1)",
}


def plot_sweep(data: pd.DataFrame, ax: Axes, quantity: str, looks: Mapping[str, Look], *, over: str) -> Axes:
    """Draw a small marker a run and a line through the medians, both axes logarithmic.

    Filled markers reached the goal; open ones gave up and show what they had spent by then. A median
    that is missing, because too many runs gave up, leaves a gap in its line.

    Parameters
    ----------
    data : columns ``label``, ``kind`` (run or median), ``converged``, ``over`` and ``quantity``
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
        runs, medians = rows[rows["kind"] == "run"], rows[rows["kind"] == "median"].sort_values(over)
        ax.plot(medians[over], medians[quantity], color=look.colour, zorder=2)
        ax.plot([], [], color=look.colour, marker=look.marker, markersize=3.0, label=label)
        for is_reached, face in ((True, look.colour), (False, "white")):
            part = runs[runs["converged"].astype(bool) == is_reached]
            ax.plot(
                part[over],
                part[quantity],
                color=look.colour,
                marker=look.marker,
                markersize=3.0,
                markerfacecolor=face,
                markeredgewidth=0.6,
                linestyle="none",
                zorder=3,
            )
    ax.set_xscale("log")
    ax.set_yscale("log")
    ax.set_xlabel(SWEEP_LABELS[over])
    ax.set_ylabel(SWEEP_LABELS[quantity])
    return ax
