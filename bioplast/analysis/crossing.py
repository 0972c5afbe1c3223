"""What had been spent when a run first reached an accuracy, read along its trace."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray


def find_crossings(accuracy: ArrayLike, spent: ArrayLike, levels: Sequence[float]) -> NDArray[np.float64]:
    """What had been spent when each of ``levels`` was first reached.

    Between the evaluation before and the one after, both are taken to move in proportion.

    Parameters
    ----------
    accuracy, spent : (n,) one value an evaluation, in order; rows without an accuracy (nan) are passed over
    levels : accuracies asked for

    Returns
    -------
    crossings : one value a level; nan where it was never reached, or before the first evaluation

    >>> find_crossings([0.5, 0.9, 0.8, 1.0], [10, 20, 30, 40], [0.7, 0.95]).tolist()
    [15.0, 37.5]
    """
    height, cost = (np.asarray(values, np.float64) for values in (accuracy, spent))
    known = ~np.isnan(height)
    height, cost = height[known], cost[known]
    crossings = np.full(len(levels), np.nan)
    for place, level in enumerate(levels):
        reached = np.flatnonzero(height >= level)
        if reached.size and reached[0] > 0:
            after = int(reached[0])
            part = (level - height[after - 1]) / (height[after] - height[after - 1])
            crossings[place] = cost[after - 1] + part * (cost[after] - cost[after - 1])
    return crossings


def tabulate_crossings(
    course: pd.DataFrame, cells: Sequence[str], quantities: Sequence[str], levels: Sequence[float]
) -> pd.DataFrame:
    """One row per run and level: what it had spent there.

    Parameters
    ----------
    course : a row an evaluation with the columns ``cells``, which tell runs apart, ``validation`` and
        ``quantities``
    cells : columns that a run's rows share
    quantities : columns with what is spent
    levels : accuracies asked for

    Returns
    -------
    crossings : columns ``cells``, ``asked``, ``quantities``, and ``converged``, whether it got there
    """
    parts = []
    for names, run in course.groupby(list(cells), sort=False):
        accuracy = run["validation"].astype(float)
        part = pd.DataFrame({"asked": levels})
        for quantity in quantities:
            part[quantity] = find_crossings(accuracy, run[quantity].astype(float), levels)
        part["converged"] = [bool((accuracy >= level).any()) for level in levels]
        parts.append(part.assign(**dict(zip(cells, names, strict=True))))
    return pd.concat(parts, ignore_index=True)
