"""Claims beside measurements: one line each, in the unit of what was claimed."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, NullLocator

from bioplast.figures.style import BLUE, GREY, ORANGE, VERMILLION, Look

VERDICT_LOOKS = {
    "reproduced": Look(BLUE, "o"),
    "cannot be decided": Look(ORANGE, "D"),
    "refuted": Look(VERMILLION, "s"),
}
_LIMITS = (0.02, 50.0)  # of measured over claimed; what lies beyond is drawn at the edge
_TICKS = (0.1, 1, 10)


def plot_scoreboard(data: pd.DataFrame, ax: Axes) -> Axes:
    """Draw each measurement over the claimed number, its interval, and the range that would agree.

    A marker at the edge with an open face stands for a number beyond it; a line without a marker for a
    claim of which nothing was measured.

    Parameters
    ----------
    data : columns ``name``, ``quantity``, ``shown``, ``shown low``, ``shown high`` (measured over claimed),
        ``agrees low``, ``agrees high`` and ``verdict``; the first row is drawn at the top
    ax : axes to draw on

    Returns
    -------
    ax : the axes given
    """
    least, most = _LIMITS
    for place, row in enumerate(data.to_dict("records")):
        look = VERDICT_LOOKS[row["verdict"]]
        if not pd.isna(row["agrees low"]):
            low, high = (min(max(row[f"agrees {end}"], least), most) for end in ("low", "high"))
            ax.barh(place, high - low, left=low, height=0.7, color=GREY, alpha=0.22, linewidth=0, zorder=1)
        if pd.isna(row["shown"]):
            continue
        ends = [row["shown low"], row["shown high"]]
        if not all(map(pd.isna, ends)):  # an end that is not known may be anywhere
            low, high = (edge if pd.isna(end) else end for end, edge in zip(ends, _LIMITS, strict=True))
            ends = [min(max(end, least), most) for end in (low, high)]
            ax.plot(ends, [place, place], color=look.colour, linewidth=1.2, zorder=2)
        x = min(max(row["shown"], least), most)
        face = look.colour if x == row["shown"] else "white"
        ax.plot(x, place, look.marker, color=look.colour, markerfacecolor=face, markersize=4, zorder=3)
    ax.axvline(1, color=GREY, linewidth=0.6, zorder=1)
    ax.set_xscale("log")
    ax.set_xlim(*_LIMITS)
    ax.set_xticks(_TICKS)
    ax.xaxis.set_major_formatter(FuncFormatter(lambda x, _: f"{x:g}"))
    ax.xaxis.set_minor_locator(NullLocator())
    ax.set_ylim(len(data) - 0.4, -0.6)
    ax.set_yticks(range(len(data)), data["name"] + "  " + data["quantity"])
    ax.tick_params(axis="y", length=0)
    ax.set_xlabel("Measured / claimed")
    for place, row in enumerate(data.to_dict("records")):
        ax.annotate(
            f"{row['said']}  {row['verdict']}",
            (1, place),
            xycoords=ax.get_yaxis_transform(),
            xytext=(4, 0),
            textcoords="offset points",
            va="center",
            fontsize=7,
            color=VERDICT_LOOKS[row["verdict"]].colour,
        )
    return ax
