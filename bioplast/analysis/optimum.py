"""The setting that costs least, and how sure that is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from bioplast.analysis.interval import conclude
from bioplast.analysis.statistics import CONFIDENCE

_N_RESAMPLES = 999


@dataclass(frozen=True)
class Optimum:
    """The place of the lowest median.

    Attributes
    ----------
    place : where the median is lowest; nan without a finite one
    low, high : ends of the 95 % bootstrap interval of ``place``, over seeds within each place
    lowest : the median there
    left, right : how many times more the smallest and the largest place cost than ``lowest``; inf
        where at least half of the runs did not get there
    is_inside : both ends of the interval lie between the smallest and the largest place
    """

    place: float
    low: float
    high: float
    lowest: float
    left: float
    right: float
    is_inside: bool


def find_optimum(places: ArrayLike, costs: ArrayLike) -> Optimum:
    """Where costs are lowest.

    Parameters
    ----------
    places : setting of each run, (n,)
    costs : what each run cost, (n,); inf for a run that did not reach the goal, so dearer than any

    >>> find_optimum([1, 2, 3], [5.0, 4.0, 8.0]).place
    2.0
    """
    place_of_run, cost_of_run = np.asarray(places, np.float64), np.asarray(costs, np.float64)
    where = np.unique(place_of_run)
    cells = [cost_of_run[place_of_run == place] for place in where]
    medians = np.array([np.median(cell) for cell in cells])
    if not np.isfinite(medians).any():
        return Optimum(np.nan, np.nan, np.nan, np.nan, np.nan, np.nan, is_inside=False)
    best = int(np.argmin(medians))
    rng = np.random.default_rng(0)
    drawn = np.column_stack(
        [np.median(rng.choice(cell, (_N_RESAMPLES, cell.size)), axis=1) for cell in cells]
    )
    tails = [(1 - CONFIDENCE) / 2, (1 + CONFIDENCE) / 2]
    low, high = np.quantile(where[drawn.argmin(axis=1)], tails, method="nearest")
    left, right = medians[[0, -1]] / medians[best]
    return Optimum(
        float(where[best]),
        float(low),
        float(high),
        float(medians[best]),
        float(left),
        float(right),
        is_inside=bool(where[0] < low and high < where[-1]),
    )


def conclude_optimum(quantity: str, places: ArrayLike, costs: ArrayLike) -> dict[str, Any]:
    """The cheapest place as a row of conclusions, with ``is_inside``; the arguments of ``find_optimum``."""
    best = find_optimum(places, costs)
    row = conclude(quantity, best.place, best.low, best.high, len(np.asarray(costs)))
    return row | {"is_inside": best.is_inside}
