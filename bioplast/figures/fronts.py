"""Rules side by side: accuracy against trials, writes and size of changes, and savings at the goal."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

from bioplast.figures.labels import SYMBOLS, name_axis
from bioplast.figures.panels import draw_legend, draw_line
from bioplast.figures.places import name_places, plot_place
from bioplast.figures.style import DOUBLE_COLUMN_MM, Look, label_panel, make_figure, make_part
from bioplast.figures.ticks import label_log_axis

QUANTITIES = ("m0", "m1", "samples")
_WRONG = (0.5, 0.2, 0.1, 0.07, 0.05, 0.03, 0.02, 0.01)


def plot_fronts(data: pd.DataFrame, looks: Mapping[str, Look], *, goal: float) -> Figure:
    """Draw what ``bioplast.analysis.fronts.compare_rules`` gives.

    Parameters
    ----------
    data : with the panels ``course`` and ``saving``
    looks : how each label is drawn
    goal : accuracy that learning stops at
    """
    figure = make_figure(DOUBLE_COLUMN_MM, 75)
    whole = make_part(figure)
    axes = whole.subplots(1, 4)
    course = data[data["panel"] == "course"]
    for ax, quantity in zip(axes, ("samples", "m0", "m1"), strict=False):
        plot_accuracy(course, ax, looks, quantity=quantity, goal=goal)
    for ax in axes[1:3]:
        ax.set_ylabel("")
    plot_savings(data[data["panel"] == "saving"], axes[3], looks)
    for ax, letter in zip(axes, "abcd", strict=True):
        label_panel(ax, letter)
    draw_legend(whole, looks, columns=3)
    return figure


def plot_accuracy(
    data: pd.DataFrame, ax: Axes, looks: Mapping[str, Look], *, quantity: str, goal: float
) -> None:
    """Errors of a run on a logarithmic scale, named by accuracy; a marker, open if it gave up, ends its line.

    Parameters
    ----------
    data : columns ``label``, ``task``, ``seed``, ``converged``, ``online`` and ``quantity``; rows in order
    ax : axes to draw on
    looks : how each label is drawn
    quantity : column with what is spent
    goal : accuracy that learning stops at
    """
    draw_line(ax, 1 - goal)
    for label, look in looks.items():
        for _, run in data[data["label"] == label].groupby(["task", "seed"], sort=True):
            wrong = (1 - run["online"].astype(float)).clip(lower=0.005)
            ax.plot(run[quantity], wrong, color=look.color, linewidth=0.7, alpha=0.8)
            face = look.color if run["converged"].iloc[-1] else "white"
            ax.plot(
                run[quantity].iloc[-1],
                wrong.iloc[-1],
                color=look.color,
                marker=look.marker,
                markersize=3.2,
                markerfacecolor=face,
                linestyle="none",
                zorder=3,
            )
    ax.set(xscale="log", xlabel=name_axis(quantity), ylabel="Online accuracy (%)")
    name_errors(ax, 0.6, max(0.004, 0.25 * (1 - goal)))
    label_log_axis(ax.xaxis)


def name_errors(ax: Axes, most: float, least: float) -> None:
    """Name errors from ``most`` up to ``least``, on the logarithmic axis y, by accuracies in percent."""
    ax.set(ylim=(most, least), yscale="log")
    shown = [wrong for wrong in _WRONG if least <= wrong <= most]
    ax.set_yticks(shown, [f"{100 * (1 - wrong):g}" for wrong in shown])
    ax.yaxis.set_minor_formatter(NullFormatter())


def plot_savings(data: pd.DataFrame, ax: Axes, looks: Mapping[str, Look]) -> None:
    """How many times less than the baseline, a place a quantity.

    Parameters
    ----------
    data : columns ``label``, ``kind`` (run or median), ``quantity`` and ``saving``
    ax : axes to draw on
    """
    labels = [label for label in looks if (data["label"] == label).any()]
    step = 0.7 / max(len(labels), 1)
    for place, quantity in enumerate(QUANTITIES):
        for rank, label in enumerate(labels):
            cell = data[(data["label"] == label) & (data["quantity"] == quantity)]
            x = place + (rank - (len(labels) - 1) / 2) * step
            plot_place(cell, ax, "saving", looks[label], x, half_width=0.4 * step)
    draw_line(ax, 1)
    ax.set(yscale="log", xlim=(-0.6, len(QUANTITIES) - 0.4), ylabel="Times less than with all written")
    ax.yaxis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0)))
    ax.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    ax.yaxis.set_minor_formatter(NullFormatter())
    name_places(ax, [SYMBOLS[name] for name in QUANTITIES])
