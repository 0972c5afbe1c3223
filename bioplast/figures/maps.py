"""Values that have a place in an image, and how they are spread."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.image import AxesImage

from bioplast.figures.ticks import label_log_axis

_ENERGY_MAP, _WEIGHT_MAP = "cividis", "RdBu_r"  # told apart with any common colour blindness


def plot_energy_map(data: pd.DataFrame, ax: Axes, *, highest: float) -> AxesImage:
    """Draw ``value`` at ``x`` and ``y``, in colours from 0 to ``highest``."""
    return _draw(data, ax, _ENERGY_MAP, 0.0, highest)


def plot_fields(data: pd.DataFrame, ax: Axes) -> AxesImage:
    """Draw weights at ``x`` and ``y``, red above and blue below 0; places without one stay white."""
    highest = float(data["value"].abs().max())
    return _draw(data, ax, _WEIGHT_MAP, -highest, highest)


def plot_ranks(data: pd.DataFrame, ax: Axes, *, colours: Mapping[str, str]) -> None:
    """Draw the energy ``value`` of cells at their rank ``x``, a line for each ``label``."""
    for label, colour in colours.items():
        line = data[data["label"] == label].sort_values("x")
        ax.plot(line["x"], line["value"], color=colour)
    ax.set_xlim(0, 1)
    ax.set_ylim(bottom=0)
    ax.set_ylabel("Energy")


def plot_sizes(
    data: pd.DataFrame, ax: Axes, *, colours: Mapping[str, str], styles: Mapping[str, Any]
) -> None:
    """Draw which share ``value`` of synapses has the size ``x``, a line for each ``label`` and ``panel``."""
    for label, colour in colours.items():
        for panel, dashes in styles.items():
            line = data[(data["label"] == label) & (data["panel"] == panel)].sort_values("x")
            ax.plot(line["x"], line["value"], color=colour, linestyle=dashes, linewidth=0.8)
    ax.set_xscale("log")
    label_log_axis(ax.xaxis, most_decades=3)
    ax.set_ylabel("Share of synapses")


def _draw(data: pd.DataFrame, ax: Axes, colours: str, low: float, high: float) -> AxesImage:
    image = np.full((int(data["y"].max()) + 1, int(data["x"].max()) + 1), np.nan)
    image[data["y"].astype(int), data["x"].astype(int)] = data["value"]
    drawn = ax.imshow(image, cmap=colours, vmin=low, vmax=high, interpolation="nearest")
    ax.set_xticks([])
    ax.set_yticks([])
    ax.spines[:].set_visible(False)
    return drawn
