"""Accuracy against the energy spent to get there."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import NullLocator, PercentFormatter
from numpy.typing import NDArray

from bioplast.figures.energy import ENERGY_LABELS
from bioplast.figures.style import GREY, Look

_TICKS = (0.0, 0.5, 0.8, 0.9, 0.95, 0.98)
_LOWEST, _HIGHEST = 0.0, 0.985


def plot_accuracy_against_energy(
    data: pd.DataFrame, ax: Axes, quantity: str, looks: Mapping[str, Look], *, goal: float
) -> Axes:
    """Draw one line a run, from its first evaluation to its last, which a marker ends.

    Accuracy is drawn on a logarithmic scale of the errors, so 80 to 90 % is as long as 90 to 95 %.
    A filled marker ends a run that reached the goal, an open one a run that gave up.

    Parameters
    ----------
    data : columns ``label``, ``seed``, ``converged``, ``online`` and ``quantity``; a run's rows in order
    ax : axes to draw on
    quantity : ``"m0"`` or ``"m1"``
    looks : how each label is drawn
    goal : accuracy that learning stops at

    Returns
    -------
    ax : the axes given
    """
    ax.axhline(goal, color=GREY, linewidth=0.6, linestyle=(0, (4, 3)), zorder=1)
    for label, look in looks.items():
        for _, run in data[data["label"] == label].groupby("seed", sort=True):
            ax.plot(run[quantity], run["online"], color=look.colour, linewidth=0.7, alpha=0.8, zorder=2)
            ax.plot(
                run[quantity].iloc[-1],
                run["online"].iloc[-1],
                marker=look.marker,
                markersize=3.2,
                color=look.colour,
                markerfacecolor=look.colour if run["converged"].iloc[-1] else "white",
                markeredgewidth=0.7,
                linestyle="none",
                zorder=3,
            )
    ax.set_xscale("log")
    ax.set_yscale("function", functions=(_errors_log, _errors_exp))
    ax.set_ylim(_LOWEST, _HIGHEST)
    ax.set_yticks(_TICKS)
    ax.yaxis.set_minor_locator(NullLocator())
    ax.yaxis.set_major_formatter(PercentFormatter(1.0, decimals=0, symbol=None))
    ax.set_ylabel("Online accuracy (%)")
    ax.set_xlabel(ENERGY_LABELS[quantity])
    return ax


def _errors_log(accuracy: NDArray[np.float64]) -> NDArray[np.float64]:
    # An accuracy of exactly 1 must stay on the page: one error in 10,000 is the least that is told apart.
    return -np.log10(np.maximum(1.0 - np.asarray(accuracy, np.float64), 1e-4))


def _errors_exp(position: NDArray[np.float64]) -> NDArray[np.float64]:
    return 1.0 - 10.0 ** -np.asarray(position, np.float64)
