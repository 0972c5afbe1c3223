"""Networks from top to bottom, each with its runs under several rules."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from bioplast.figures.panels import Looks
from bioplast.figures.places import plot_place
from bioplast.figures.style import BLACK, GRAY


def plot_rungs(
    data: pd.DataFrame, ax: Axes, looks: Looks, *, quantity: str, rungs: Sequence[str], named: bool = False
) -> None:
    """Draw a marker a run and a bar at the median, a row a rung, its labels below each other.

    Parameters
    ----------
    data : columns ``rung``, ``label``, ``kind`` (run or median), ``quantity``, ``converged`` and ``known``,
        whether a saving is; a marker is open where that is false
    ax : axes to draw on
    looks : how each label is drawn
    quantity : column with the value; a line at 1 is drawn where it is a saving
    rungs : names, from top to bottom
    named : whether to write them
    """
    ax.set(xscale="log", ylim=(len(rungs) - 0.5, -0.5))
    ax.set_yticks(range(len(rungs)), list(rungs) if named else [""] * len(rungs))
    ax.tick_params(axis="y", length=0)
    for border in range(1, len(rungs)):
        ax.axhline(border - 0.5, color=GRAY, linewidth=0.4, alpha=0.4)
    if quantity.endswith("saving"):
        ax.axvline(1, color=BLACK, linewidth=0.6, linestyle=":")
        data = data.assign(converged=data["known"])
    offsets = (np.arange(len(looks)) - (len(looks) - 1) / 2) * 0.88 / len(looks)
    for offset, (label, look) in zip(offsets, looks.items(), strict=True):
        for place, rung in enumerate(rungs):
            rows = data[(data["rung"] == rung) & (data["label"] == label)]
            plot_place(rows, ax, quantity, look, place + float(offset), half_width=0.1, size=2.5, lying=True)
