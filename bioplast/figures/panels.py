"""Figures as rows of panels, each of which says what it shows and how."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from string import ascii_lowercase
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure, SubFigure
from matplotlib.lines import Line2D
from matplotlib.ticker import LogFormatter

from bioplast.figures.style import (
    DOUBLE_COLUMN_MM,
    GRAY,
    Look,
    label_panel,
    make_figure,
    make_looks,
    make_part,
)
from bioplast.figures.ticks import label_log_axis

Looks = Mapping[str, Look]


@dataclass(frozen=True)
class Panel:
    """One panel of a figure; ``panel`` makes it of a plot function and its arguments.

    Attributes
    ----------
    draw : draws ``(rows, ax, looks)``
    where : values that the rows it shows have, by column; a list or tuple holds those that are allowed
    looks : how each label is drawn; None for the figure's
    settings : of the axes at the end, as ``Axes.set`` takes them: ``title``, ``xlabel``, ``ylim`` ...
    """

    draw: Callable[[pd.DataFrame, Axes, Looks], object]
    where: Mapping[str, Any] = field(default_factory=dict)
    looks: Looks | None = None
    settings: Mapping[str, Any] = field(default_factory=dict)

    def show(self, data: pd.DataFrame, ax: Axes, looks: Looks) -> None:
        """Draw what of ``data`` is this panel's."""
        rows = data
        for column, value in self.where.items():
            rows = rows[rows[column].isin(value if isinstance(value, list | tuple) else [value])]
        self.draw(rows, ax, looks if self.looks is None else self.looks)
        ax.set(**self.settings)


def panel(
    plot: Callable[..., object],
    *,
    where: Mapping[str, Any] | None = None,
    looks: Looks | None = None,
    settings: Mapping[str, Any] | None = None,
    **arguments: Any,
) -> Panel:
    """A panel that ``plot(rows, ax, looks, **arguments)`` draws; for the rest see ``Panel``."""
    return Panel(partial(plot, **arguments), where or {}, looks, settings or {})


@dataclass(frozen=True)
class Panels:
    """A figure, drawn by a call with its data: rows of panels that are lettered in their order.

    Attributes
    ----------
    rows : the panels
    height_mm, width_mm : of the figure
    looks : how each label is drawn; None for the looks of ``make_looks`` in the order of the data's labels
    legend : number of the row above which the labels are explained; None for no legend
    legend_columns : of that legend; None for as many as there are labels
    height_ratios : of the rows
    share : which axes are shared, as ``Figure.subplots`` takes ``sharex`` and ``sharey``; or such settings
        for each row, whose panels share nothing with other rows then
    """

    rows: Sequence[Sequence[Panel]]
    height_mm: float
    width_mm: float = DOUBLE_COLUMN_MM
    looks: Looks | None = None
    legend: int | None = 0
    legend_columns: int | None = None
    height_ratios: Sequence[float] | None = None
    share: Mapping[str, Any] | Sequence[Mapping[str, Any]] = field(default_factory=dict)

    def __call__(self, data: pd.DataFrame) -> Figure:
        looks = self._choose_looks(data)
        figure = make_figure(self.width_mm, self.height_mm)
        parts, axes = self._divide(figure)
        shown = list(itertools.chain.from_iterable(self.rows))
        for one, ax, letter in zip(shown, axes, ascii_lowercase, strict=False):
            one.show(data, ax, looks)
            label_panel(ax, letter)
        for ax in axes:
            _label_ticks(ax)
        if self.legend is not None:
            draw_legend(parts[self.legend], looks, columns=self.legend_columns)
        return figure

    def _choose_looks(self, data: pd.DataFrame) -> Looks:
        if self.legend is None and all(one.looks is not None for row in self.rows for one in row):
            return {}
        if self.looks is not None:
            return self.looks
        return make_looks(data["label"].dropna()) if "label" in data else {}

    def _divide(self, figure: Figure) -> tuple[Sequence[SubFigure], list[Axes]]:
        """The parts of the figure that a legend can stand above, and the axes of all panels."""
        lengths = [len(row) for row in self.rows]
        if len(set(lengths)) == 1 and not self.legend and isinstance(self.share, Mapping):
            options = {"height_ratios": self.height_ratios, **self.share}
            whole = make_part(figure)
            return [whole], list(whole.subplots(len(lengths), lengths[0], squeeze=False, **options).flat)
        shares = [self.share] * len(lengths) if isinstance(self.share, Mapping) else self.share
        grid = figure.add_gridspec(len(lengths), 1, height_ratios=self.height_ratios)
        parts = [figure.add_subfigure(grid[place]) for place in range(len(lengths))]
        rows = zip(parts, lengths, shares, strict=True)
        return parts, [
            ax for part, n, share in rows for ax in part.subplots(1, n, squeeze=False, **share).flat
        ]


def draw_legend(figure: SubFigure, looks: Looks, *, columns: int | None = None) -> None:
    """Explain the labels above ``figure``, a part of one: above it there is place for a headline.

    ``columns`` are those of the legend; as many as there are labels if None.
    """
    handles = [
        Line2D([], [], color=look.color, marker=look.marker, label=label) for label, look in looks.items()
    ]
    figure.legend(handles=handles, loc="outside upper center", ncols=columns or max(len(handles), 1))


def _label_ticks(ax: Axes) -> None:
    """Label logarithmic axes that have not been labeled, by the plot or with axes they are shared with."""
    for axis, set_limits in ((ax.xaxis, ax.set_xlim), (ax.yaxis, ax.set_ylim)):
        if axis.get_scale() == "log" and min(axis.get_view_interval()) <= 0:  # nothing is drawn
            set_limits(1, 10)
        if isinstance(axis.get_major_formatter(), LogFormatter):
            label_log_axis(axis)


def draw_line(ax: Axes, at: float, *, color: str = GRAY) -> None:
    """A thin dashed line across, at the height ``at``."""
    ax.axhline(at, color=color, linewidth=0.6, linestyle=(0, (4, 3)), zorder=1)
