"""What single cells and synapses do in a trial."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
from matplotlib.axes import Axes

from bioplast.figures.style import BLACK, BLUE, GREY

THRESHOLD = 1.0


def plot_raster(data: pd.DataFrame, ax: Axes, *, label: str) -> Axes:
    """Draw one dot a spike: ``time_ms`` against ``unit``, whose axis is named ``label``."""
    ax.plot(data["time_ms"], data["unit"], ".", color=BLACK, markersize=1.8, markeredgewidth=0)
    ax.set_ylabel(label)
    return ax


def plot_courses(data: pd.DataFrame, ax: Axes, *, label: str, looks: Mapping[str, str]) -> Axes:
    """Draw one line a unit over time, in the colour of its label; potentials beside their threshold.

    Parameters
    ----------
    data : columns ``panel``, ``label``, ``unit``, ``time_ms`` and ``value``
    ax : axes to draw on
    label : of the values
    looks : colour by label, the last one on top

    Returns
    -------
    ax : the axes given
    """
    if (data["panel"] == "potential").any():
        ax.axhline(THRESHOLD, color=GREY, linewidth=0.6, linestyle=(0, (4, 3)))
    for name, colour in looks.items():
        for number, (_, course) in enumerate(data[data["label"] == name].groupby("unit", sort=True)):
            ax.plot(
                course["time_ms"],
                course["value"],
                color=colour,
                linewidth=0.8,
                label=None if number else name,
            )
    ax.set_ylabel(label)
    return ax


def plot_changes(data: pd.DataFrame, ax: Axes) -> Axes:
    """Draw what each synapse ``unit`` proposed (open) and, where it did, wrote (filled)."""
    ax.axhline(0, color=GREY, linewidth=0.6)
    ax.vlines(data["unit"], 0, data["proposed"], color=GREY, linewidth=0.6)
    ax.plot(
        data["unit"],
        data["proposed"],
        "o",
        color=BLUE,
        markersize=3,
        markerfacecolor="white",
        label="proposed",
    )
    written = data[data["written"] != 0]
    ax.plot(written["unit"], written["written"], "o", color=BLUE, markersize=3, label="written")
    ax.set_xlabel("Synapse (rank)")
    ax.set_ylabel("Change $\\Delta w$")
    return ax


def plot_rates(data: pd.DataFrame, ax: Axes, theory: pd.DataFrame) -> Axes:
    """Draw rates against drive, with quartiles where there are some, and the theory's as a line.

    Parameters
    ----------
    data : columns ``drive``, ``value``, ``low`` and ``high``
    ax : axes to draw on
    theory : columns ``drive`` and ``theory``

    Returns
    -------
    ax : the axes given
    """
    ax.plot(theory["drive"], theory["theory"], color=BLACK, linewidth=0.8)
    has_spread = data["low"].notna()
    ax.vlines(
        data["drive"][has_spread],
        data["low"][has_spread],
        data["high"][has_spread],
        color=BLUE,
        linewidth=1.0,
    )
    ax.plot(data["drive"], data["value"], "o", color=BLUE, markersize=3)
    ax.set_xlabel("Drive (thresholds)")
    ax.set_ylabel("Rate (Hz)")
    return ax
