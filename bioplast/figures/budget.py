"""Signalling and plasticity at named prices."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.ticker import LogLocator
from numpy.typing import ArrayLike

from bioplast.figures.style import GREY, Look
from bioplast.figures.ticks import label_log_axis

_DASHES = (0, (4, 3))
_SPREAD = 0.7  # part of a place that is filled
_PRESET_MARKERS = ("o", "s", "^", "D")


def plot_bills(data: pd.DataFrame, ax: Axes, looks: Mapping[str, Look], *, filled: str, open_: str) -> Axes:
    """Draw what each component costs under each preset; the joules are on the right.

    Parameters
    ----------
    data : columns ``preset``, ``component``, ``label``, ``energy_atp`` and ``energy_joule``
    ax : axes to draw on
    looks : how each component is drawn
    filled, open_ : labels drawn as filled and as open markers; others are not

    Returns
    -------
    ax : the axes given
    """
    presets = list(dict.fromkeys(data["preset"]))
    for rank, (component, look) in enumerate(looks.items()):
        shift = (rank - (len(looks) - 1) / 2) * _SPREAD / len(looks)
        for label, face, size in ((filled, look.colour, 4.0), (open_, "none", 5.5)):
            rows = data[(data["component"] == component) & (data["label"] == label)]
            ax.plot(
                [presets.index(name) + shift for name in rows["preset"]],
                rows["energy_atp"],
                color=look.colour,
                marker=look.marker,
                markersize=size,
                markerfacecolor=face,
                markeredgewidth=0.7,
                linestyle="none",
                label=component if label == filled else None,
            )
    ax.set_yscale("log")
    ax.set_xticks(range(len(presets)), presets, rotation=25, ha="right", rotation_mode="anchor")
    ax.tick_params(axis="x", length=0)
    ax.set_ylabel("Cost of learning (ATP)")
    _add_joules(data, ax)
    label_log_axis(ax.yaxis)
    ax.legend(loc="upper left")
    return ax


def plot_break_even(data: pd.DataFrame, ax: Axes, looks: Mapping[str, Look]) -> Axes:
    """Draw break-even prices of a write by rule, a shape a preset, and dashed what presets ask for one.

    Parameters
    ----------
    data : columns ``panel`` (break_even or price), ``kind``, ``component``, ``label``, ``preset``,
        ``energy_atp`` and ``energy_joule``
    ax : axes to draw on
    looks : the colour of each rule

    Returns
    -------
    ax : the axes given
    """
    runs = data[(data["panel"] == "break_even") & (data["kind"] == "run") & (data["component"] == "write")]
    presets = list(dict.fromkeys(runs["preset"]))
    for place, (label, look) in enumerate(looks.items()):
        for rank, (preset, marker) in enumerate(zip(presets, _PRESET_MARKERS, strict=False)):
            rows = runs[(runs["label"] == label) & (runs["preset"] == preset)]
            x = place + (rank - (len(presets) - 1) / 2) * _SPREAD / len(presets)
            ax.plot([x] * len(rows), rows["energy_atp"], color=look.colour, marker=marker, linestyle="none")
    asked = data[(data["panel"] == "price") & (data["kind"] == "median")].sort_values("energy_atp")
    for price in asked["energy_atp"]:
        ax.axhline(price, color=GREY, linewidth=0.6, linestyle=_DASHES, zorder=1)
    # Names beside their lines, those of neighbours on two sides.
    for rank, (name, price) in enumerate(zip(asked["preset"], asked["energy_atp"], strict=True)):
        side = "top" if rank == 0 else "bottom"
        offset = (2, -2 if rank == 0 else 1)
        ax.annotate(name, (-0.5, price), offset, textcoords="offset points", va=side, fontsize=7)
    ax.set_yscale("log")
    ax.margins(y=0.1)
    ax.set_xlim(-0.5, len(looks) - 0.5)
    ax.set_xticks(range(len(looks)), list(looks), rotation=25, ha="right", rotation_mode="anchor")
    ax.tick_params(axis="x", length=0)
    ax.set_ylabel("Price of a write (ATP)")
    _add_joules(data, ax)
    label_log_axis(ax.yaxis)
    handles = [
        Line2D([], [], color=GREY, marker=marker, linestyle="none", label=f"break-even, {preset}")
        for preset, marker in zip(presets, _PRESET_MARKERS, strict=False)
    ]
    ax.legend(handles=handles, loc="center", bbox_to_anchor=(0.5, 0.68))
    return ax


def plot_relative_totals(data: pd.DataFrame, ax: Axes, looks: Mapping[str, Look], *, label: str) -> Axes:
    """Draw signalling and plasticity together, relative to plain learning, against the price of a write.

    Parameters
    ----------
    data : columns ``label``, ``kind`` (run or median), ``seed``, ``price`` and ``total``
    ax : axes to draw on
    looks : the colour of each rule
    label : of the price, with its unit

    Returns
    -------
    ax : the axes given
    """
    for name, look in looks.items():
        rows = data[data["label"] == name].sort_values("price")
        for _, run in rows[rows["kind"] == "run"].groupby("seed"):
            ax.plot(run["price"], run["total"], color=look.colour, linewidth=0.4, alpha=0.6, zorder=2)
        medians = rows[rows["kind"] == "median"]
        ax.plot(
            medians["price"], medians["total"], color=look.colour, marker=look.marker, markevery=10, zorder=3
        )
    ax.set_xscale("log")
    ax.set_yscale("log")
    label_log_axis(ax.xaxis)
    label_log_axis(ax.yaxis)
    ax.yaxis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0)))
    ax.set_xlabel(label)
    ax.set_ylabel("Total / total of plain")
    return ax


def _add_joules(data: pd.DataFrame, ax: Axes) -> None:
    """The same axis in joules, on the right."""
    if not len(data):
        return
    joule_per_atp = float(data["energy_joule"].iloc[0]) / float(data["energy_atp"].iloc[0])

    def to_joule(atp: ArrayLike) -> ArrayLike:
        return np.asarray(atp, np.float64) * joule_per_atp

    def to_atp(joule: ArrayLike) -> ArrayLike:
        return np.asarray(joule, np.float64) / joule_per_atp

    ax.secondary_yaxis("right", functions=(to_joule, to_atp)).set_ylabel("Joule")
