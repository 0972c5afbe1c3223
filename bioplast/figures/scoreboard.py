"""Claims and what was measured of them, a line a number."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, NullLocator

from bioplast.analysis.verdict import VERDICTS
from bioplast.figures.style import BLUE, DOUBLE_COLUMN_MM, GRAY, ORANGE, VERMILLION, Look, make_figure

_LOOKS = (Look(BLUE, "o"), Look(ORANGE, "D"), Look(GRAY, "v"), Look(VERMILLION, "s"))
VERDICT_LOOKS = dict(zip(VERDICTS, _LOOKS, strict=True))
_LIMITS = (0.02, 50.0)  # of measured over claimed; what lies beyond is drawn at the edge


def plot_scoreboard(data: pd.DataFrame) -> Figure:
    """A line a number, measured over claimed, with its interval and the range that would agree.

    Beyond the edge a marker stands open at it; a claim of which nothing was measured has none.

    Parameters
    ----------
    data : rows of ``bioplast.analysis.claim.assess``
    """
    figure = make_figure(DOUBLE_COLUMN_MM, 16 + 3.9 * len(data))
    ax = figure.subplots()
    for place, row in enumerate(data.to_dict("records")):
        _plot_number(row, ax, place)
    ax.axvline(1, color=GRAY, linewidth=0.6, zorder=1)
    ax.set(xscale="log", xlim=_LIMITS, ylim=(len(data) - 0.4, -0.6), xlabel="Measured / claimed")
    ax.set_xticks((0.1, 1, 10))
    ax.xaxis.set_major_formatter(FuncFormatter(lambda x, _: f"{x:g}"))
    ax.xaxis.set_minor_locator(NullLocator())
    ax.set_yticks(range(len(data)), data["name"] + "  " + data["quantity"])
    ax.tick_params(axis="y", length=0, labelsize=6.5)
    return figure


def _plot_number(row: Mapping[str, Any], ax: Axes, place: int) -> None:
    look = VERDICT_LOOKS[row["verdict"]]
    beside: dict[str, Any] = {"xycoords": ax.get_yaxis_transform(), "textcoords": "offset points"}
    text = f"{row['said']}  {row['verdict']}"
    ax.annotate(text, (1, place), (4, 0), **beside, va="center", fontsize=6.5, color=look.color)
    if not pd.isna(row["agrees low"]):
        low, high = np.clip([row["agrees low"], row["agrees high"]], *_LIMITS)
        ax.barh(place, high - low, left=low, height=0.7, color=GRAY, alpha=0.22, linewidth=0, zorder=1)
    if pd.isna(row["shown"]):
        return
    ends = [row["shown low"], row["shown high"]]
    if not all(map(pd.isna, ends)):  # an end that is not known may be anywhere
        ends = [edge if pd.isna(end) else end for end, edge in zip(ends, _LIMITS, strict=True)]
        ax.plot(np.clip(ends, *_LIMITS), [place, place], color=look.color, linewidth=1.2, zorder=2)
    x = float(np.clip(row["shown"], *_LIMITS))
    face = look.color if x == row["shown"] else "white"
    ax.plot(x, place, look.marker, color=look.color, markerfacecolor=face, markersize=4, zorder=3)
