"""Runs side by side at places of a categorical axis, with a bar at their median."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd
from matplotlib.axes import Axes

from bioplast.figures.labels import name_axis
from bioplast.figures.panels import Looks
from bioplast.figures.style import Look

_SPREAD = 1.2  # how far runs are spread, in half widths of the bar


def plot_places(data: pd.DataFrame, ax: Axes, looks: Looks, *, quantity: str) -> Axes:
    """Draw each label at a place of its own, in their order.

    Parameters
    ----------
    data : columns ``label``, ``kind`` (run or median), ``quantity`` and, perhaps, ``converged``
    ax : axes to draw on
    looks : how each label is drawn
    quantity : column with the value

    Returns
    -------
    ax : the axes given
    """
    for place, (label, look) in enumerate(looks.items()):
        plot_place(data[data["label"] == label], ax, quantity, look, place)
    name_places(ax, list(looks), slanted=True)
    ax.set_ylabel(name_axis(quantity))
    return ax


def plot_place(
    rows: pd.DataFrame,
    ax: Axes,
    quantity: str,
    look: Look,
    place: float,
    *,
    half_width: float = 0.35,
    size: float = 4.0,
    lying: bool = False,
) -> None:
    """Draw a marker a run around ``place``, open where a run gave up, and a bar at the median.

    Parameters
    ----------
    rows : columns ``kind`` (run or median), ``quantity`` and, perhaps, ``converged``; nan are passed over
    ax : axes to draw on
    quantity : column with the value
    look : how the rows are drawn
    place : on the categorical axis
    half_width : of the bar, in places
    size : of a marker
    lying : whether values are along x, and places along y
    """
    rows = rows.dropna(subset=[quantity])
    runs = rows[rows["kind"] == "run"]
    reached = runs["converged"].astype(bool) if "converged" in runs else [True] * len(runs)
    step = _SPREAD * half_width / max(len(runs), 1)
    for number, (value, is_reached) in enumerate(zip(runs[quantity], reached, strict=True)):
        at = place + (number - (len(runs) - 1) / 2) * step
        ax.plot(
            *((value, at) if lying else (at, value)),
            color=look.color,
            marker=look.marker,
            markersize=size,
            markerfacecolor=look.color if is_reached else "white",
            markeredgewidth=0.7,
            linestyle="none",
            zorder=3,
        )
    ends = [place - half_width, place + half_width]
    for value in rows.loc[rows["kind"] == "median", quantity]:
        bar = ([value, value], ends) if lying else (ends, [value, value])
        ax.plot(*bar, color=look.color, linewidth=1.4, zorder=2)


def name_places(ax: Axes, names: Sequence[str], *, slanted: bool = False) -> None:
    """Name the places 0, 1, ... of the axis x."""
    slant: dict[str, Any] = {"rotation": 25, "ha": "right", "rotation_mode": "anchor"} if slanted else {}
    ax.set_xticks(range(len(names)), list(names), **slant)
    ax.tick_params(axis="x", length=0)
