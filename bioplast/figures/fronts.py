"""Rules side by side: accuracy against trials, writes and size of changes, and savings at the goal."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from bioplast.figures.accuracy import plot_accuracy_against_energy
from bioplast.figures.ratios import RATIO_LABELS, plot_ratios
from bioplast.figures.style import DOUBLE_COLUMN_MM, Look, label_panel, make_figure
from bioplast.figures.ticks import label_log_axis


def plot_fronts(data: pd.DataFrame, looks: Mapping[str, Look], *, goal: float) -> Figure:
    """Draw what ``bioplast.studies.fronts.compare_rules`` gives.

    Parameters
    ----------
    data : with the panels ``course`` and ``saving``
    looks : how each label is drawn
    goal : accuracy that learning stops at
    """
    figure = make_figure(DOUBLE_COLUMN_MM, 75)
    axes = figure.subplots(1, 4)
    course = data[data["panel"] == "course"]
    for ax, quantity in zip(axes, ("samples", "m0", "m1"), strict=False):
        plot_accuracy_against_energy(course, ax, quantity, looks, goal=goal)
        label_log_axis(ax.xaxis)
    for ax in axes[1:3]:
        ax.set_ylabel("")
    plot_ratios(data[data["panel"] == "saving"], axes[3], looks, tuple(RATIO_LABELS), claimed={})
    for ax, letter in zip(axes, "abcd", strict=True):
        label_panel(ax, letter)
    handles = [
        Line2D([], [], color=look.colour, marker=look.marker, label=label) for label, look in looks.items()
    ]
    figure.legend(handles=handles, loc="outside upper center", ncols=3)
    return figure
