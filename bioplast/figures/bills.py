"""What runs cost at named prices: bills, and the prices at which plasticity costs as much as signalling."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from bioplast.figures.panels import Looks, draw_line
from bioplast.figures.places import name_places
from bioplast.figures.style import GRAY

SHARES = ("low", "high")  # of excitatory transmission, that plasticity is said to cost
SHOWN = {"plain": 4.0, "largest(f)": 5.5}  # whose bills are drawn, filled and open: size of the markers
SPREAD = 0.7  # part of a place that is filled
NEAR = 10.0  # prices less than so many times apart share a line of names


def plot_bills(data: pd.DataFrame, ax: Axes, looks: Looks) -> None:
    """What each component costs under each preset, of rules that are filled and open; joules on the right."""
    presets = list(dict.fromkeys(data["preset"]))
    for rank, (component, look) in enumerate(looks.items()):
        shift = _shift(rank, len(looks))
        for (label, size), face in zip(SHOWN.items(), (look.color, "none"), strict=True):
            rows = data[(data["component"] == component) & (data["label"] == label)]
            x = [presets.index(name) + shift for name in rows["preset"]]
            style: dict[str, Any] = {"color": look.color, "marker": look.marker, "markersize": size}
            style |= {"markerfacecolor": face, "markeredgewidth": 0.7, "linestyle": "none"}
            ax.plot(x, rows["energy_atp"], label=component if face != "none" else None, **style)
    name_places(ax, presets, slanted=True)
    ax.set(yscale="log", ylabel="Cost of learning (ATP)")
    ax.legend(loc="upper left")
    _add_joules(data, ax)


def plot_break_even(data: pd.DataFrame, ax: Axes, looks: Looks) -> None:
    """Break-even prices of a write by rule, a shape a preset, and dashed what presets ask for one."""
    runs = data[(data["panel"] == "break_even") & (data["kind"] == "run") & (data["component"] == "write")]
    markers = dict(zip(dict.fromkeys(runs["preset"]), "os^D", strict=False))
    for place, (label, look) in enumerate(looks.items()):
        for rank, (preset, marker) in enumerate(markers.items()):
            prices = runs.loc[(runs["label"] == label) & (runs["preset"] == preset), "energy_atp"]
            x = [place + _shift(rank, len(markers))] * len(prices)
            ax.plot(x, prices, color=look.color, marker=marker, linestyle="none")
    asked = data[(data["panel"] == "price") & (data["kind"] == "median")].sort_values("energy_atp")
    for names, price in _group(asked):
        ax.annotate(names, (-0.5, price), (2, -2), textcoords="offset points", va="top", fontsize=7)
    for price in asked["energy_atp"]:
        draw_line(ax, price)
    name_places(ax, list(looks), slanted=True)
    ax.set(yscale="log", xlim=(-0.5, len(looks) - 0.5), ylabel="Price of a write (ATP)", ymargin=0.1)
    _add_joules(data, ax)
    handles = [
        Line2D([], [], color=GRAY, marker=marker, linestyle="none", label=f"break-even, {preset}")
        for preset, marker in markers.items()
    ]
    ax.legend(handles=handles, loc="center", bbox_to_anchor=(0.5, 0.68))


def _group(asked: pd.DataFrame) -> list[tuple[str, float]]:
    """Names of prices, from the lowest on, those of neighbors together and beside the lowest of them."""
    groups: list[tuple[str, float]] = []
    for name, price in zip(asked["preset"], asked["energy_atp"].astype(float), strict=True):
        if groups and price < NEAR * groups[-1][1]:
            groups[-1] = f"{groups[-1][0]}, {name}", groups[-1][1]
        else:
            groups.append((str(name), price))
    return groups


def plot_m1_prices(data: pd.DataFrame, ax: Axes, looks: Looks) -> None:
    """Between which prices of a unit of m1 plasticity is the share that it is said to be; a line a run."""
    for place, (label, look) in enumerate(looks.items()):
        rows = data[data["label"] == label].pivot(index="seed", columns="component", values="energy_atp")
        for rank, (_, run) in enumerate(rows.iterrows()):
            x = place + _shift(rank, len(rows))
            ax.plot([x, x], run[list(SHARES)].astype(float), color=look.color, linewidth=2)
    name_places(ax, list(looks), slanted=True)
    ax.set(yscale="log", xlim=(-0.5, len(looks) - 0.5), ylabel="Price of a unit of $M_1$ (ATP)")


def _shift(rank: int, n: int) -> float:
    """Where the one of this ``rank`` stands among ``n`` in the same place."""
    return (rank - (n - 1) / 2) * SPREAD / n


def _add_joules(data: pd.DataFrame, ax: Axes) -> None:
    """The same axis in joules, on the right."""
    if not len(data):
        return
    joule_per_atp = float(data["energy_joule"].iloc[0]) / float(data["energy_atp"].iloc[0])
    functions = (partial(np.multiply, joule_per_atp), partial(np.multiply, 1 / joule_per_atp))
    ax.secondary_yaxis("right", functions=functions).set_ylabel("Joule")
