"""The course of runs: how accuracy rises, and what that costs, as samples are seen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, PercentFormatter

from bioplast.figures.labels import name_axis
from bioplast.figures.style import (
    COLORS,
    DOUBLE_COLUMN_MM,
    GRAY,
    STYLE,
    label_panel,
    make_figure,
    use_style,
)

Course = Sequence[Mapping[str, Any]]  # rows of a trace
_ROW_MM = 62.0
_LEGEND_MM = 4.5


def plot_courses(courses: Mapping[str, Course], *, goal: float | None = None) -> Figure:
    """Three panels: online and validation accuracy, M0 and M1 so far, against the samples seen.

    Parameters
    ----------
    courses : the trace of each run, by its name
    goal : accuracy to be reached, drawn as a line

    Returns
    -------
    figure : in the project's style
    """
    with use_style():
        height = _ROW_MM + _LEGEND_MM * len(courses)
        figure = make_figure(DOUBLE_COLUMN_MM, height)
        accuracy, writes, changes = figure.subplots(1, 3)
        for number, (name, rows) in enumerate(courses.items()):
            color = COLORS[number % len(COLORS)]
            _plot(accuracy, rows, "online", color=color, linewidth=0.7, alpha=0.6)
            _plot(accuracy, rows, "validation", color=color, marker="o", markersize=2.5, label=name)
            _plot(writes, rows, "m0", color=color)
            _plot(changes, rows, "m1", color=color)
        if goal is not None:
            accuracy.axhline(goal, color=GRAY, linewidth=0.6, linestyle=(0, (4, 3)), zorder=1)
        accuracy.yaxis.set_major_formatter(PercentFormatter(1.0, decimals=0))
        accuracy.set_ylabel("Accuracy\n(thin: online; dots: validation)")
        writes.set_ylabel(name_axis("m0"))
        changes.set_ylabel(name_axis("m1"))
        for ax, letter in zip((accuracy, writes, changes), "abc", strict=True):
            ax.set_xlim(left=0)
            ax.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value / 1000:g}"))
            ax.set_xlabel("Samples seen (thousands)")
            label_panel(ax, letter)
        for ax in (writes, changes):
            ax.set_ylim(bottom=0)
        figure.legend(loc="outside upper center", fontsize=STYLE["legend.fontsize"], frameon=False)
    return figure


def _plot(ax: Axes, rows: Course, quantity: str, *, color: str, **look: Any) -> None:
    seen = [row for row in rows if row.get(quantity) is not None]
    ax.plot([row["samples"] for row in seen], [row[quantity] for row in seen], color=color, **look)
