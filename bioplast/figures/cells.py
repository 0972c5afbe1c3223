"""What each cell of a grid of runs has spent, one cell below the other: room for any number of them."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from bioplast.figures.labels import name_axis
from bioplast.figures.places import plot_place
from bioplast.figures.style import BLUE, DOUBLE_COLUMN_MM, Look, label_panel, make_figure
from bioplast.figures.ticks import label_log_axis

_LOOK = Look(BLUE, "o")
_ROW_MM, _MARGIN_MM, _TALLEST_MM = 6.0, 22.0, 1500.0


def plot_cells(data: pd.DataFrame, quantities: tuple[str, ...] = ("m0", "m1", "samples")) -> Figure:
    """A panel a quantity, a row a cell: a marker a run, open where it gave up, and a bar at the median.

    Parameters
    ----------
    data : columns ``label``, ``kind`` (run or median), ``converged`` and ``quantities``
    quantities : columns with costs, drawn on logarithmic axes

    Returns
    -------
    figure : as high as its cells need
    """
    labels = list(dict.fromkeys(data["label"]))
    height = min(_MARGIN_MM + _ROW_MM * len(labels), _TALLEST_MM)
    figure = make_figure(DOUBLE_COLUMN_MM, height)
    axes = figure.subplots(1, len(quantities), sharey=True, squeeze=False)[0]
    for ax, quantity, letter in zip(axes, quantities, "abcdefgh", strict=False):
        _plot_quantity(data, ax, quantity, labels)
        label_panel(ax, letter)
    return figure


def _plot_quantity(data: pd.DataFrame, ax: Axes, quantity: str, labels: list[str]) -> None:
    for place, label in enumerate(labels):
        rows = data[data["label"] == label]
        plot_place(rows, ax, quantity, _LOOK, place, half_width=0.3, size=3.5, lying=True)
    ax.set(xscale="log", xlabel=name_axis(quantity), ylim=(len(labels) - 0.4, -0.6))
    ax.set_yticks(range(len(labels)), labels)
    ax.tick_params(axis="y", length=0)
    ax.grid(axis="y", color="#eeeeee", linewidth=0.6)
    ax.set_axisbelow(True)
    if min(ax.get_xlim()) <= 0:  # nothing is drawn
        ax.set_xlim(1, 10)
    label_log_axis(ax.xaxis, most_decades=3)
