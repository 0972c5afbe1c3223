"""Values that have a place in an image."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.image import AxesImage

_ENERGY_MAP, _WEIGHT_MAP = "cividis", "RdBu_r"  # told apart with any common colour blindness


def plot_energy_map(data: pd.DataFrame, ax: Axes, *, highest: float) -> AxesImage:
    """Draw ``value`` at ``x`` and ``y``, in colours from 0 to ``highest``."""
    return _draw(data, ax, _ENERGY_MAP, 0.0, highest)


def plot_fields(data: pd.DataFrame, ax: Axes) -> AxesImage:
    """Draw weights at ``x`` and ``y``, red above and blue below 0; places without one stay white."""
    highest = float(data["value"].abs().max())
    return _draw(data, ax, _WEIGHT_MAP, -highest, highest)


def _draw(data: pd.DataFrame, ax: Axes, colours: str, low: float, high: float) -> AxesImage:
    image = np.full((int(data["y"].max()) + 1, int(data["x"].max()) + 1), np.nan)
    image[data["y"].astype(int), data["x"].astype(int)] = data["value"]
    drawn = ax.imshow(image, cmap=colours, vmin=low, vmax=high, interpolation="nearest")
    ax.set_xticks([])
    ax.set_yticks([])
    ax.spines[:].set_visible(False)
    return drawn
