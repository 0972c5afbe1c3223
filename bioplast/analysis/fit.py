"""Power laws through runs of many sizes, with the uncertainty of their exponents."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from bioplast.analysis.interval import CONCLUSION, conclude, conclude_median
from bioplast.analysis.statistics import CONFIDENCE, estimate_median


@dataclass(frozen=True)
class PowerLaw:
    r"""A line through the logarithms, :math:`y = c\,x^b`, by least squares.

    Attributes
    ----------
    exponent : b; nan with fewer than two sizes
    low, high : ends of its 95 % interval (Student's t); nan with fewer than three values
    n : number of values
    center : mean of log x and of log y, a point of the line
    spread : sum of the squared distances of log x from its mean
    noise : standard deviation of log y about the line
    """

    exponent: float
    low: float
    high: float
    n: int
    center: tuple[float, float]
    spread: float
    noise: float

    def predict(self, x: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
        """The line at ``x`` and the ends of its 95 % interval, each of the shape of ``x``.

        The interval is that of the line and holds only as far as the power law does.
        """
        distance = np.log(np.asarray(x, np.float64)) - self.center[0]
        line = self.center[1] + self.exponent * distance
        half = _quantile(self.n) * self.noise * np.sqrt(1 / max(self.n, 1) + distance**2 / self.spread)
        return np.exp(line), np.exp(line - half), np.exp(line + half)


def fit_power_law(x: ArrayLike, y: ArrayLike) -> PowerLaw:
    """The power law through the points (x, y), each (n,) and positive; pairs with a nan are left out.

    >>> law = fit_power_law([1, 10, 100], [2, 20, 200])
    >>> round(law.exponent, 6)
    1.0
    """
    points = np.log(np.column_stack([np.asarray(x, np.float64), np.asarray(y, np.float64)]))
    points = points[~np.isnan(points).any(axis=1)]
    n = len(points)
    if len(np.unique(points[:, 0])) < 2:
        return PowerLaw(np.nan, np.nan, np.nan, n, (np.nan, np.nan), np.nan, np.nan)
    log_x, log_y = points.T
    from scipy.stats import linregress  # slow to import

    line = linregress(log_x, log_y)
    center = float(log_x.mean()), float(log_y.mean())
    spread = float(np.sum((log_x - center[0]) ** 2))
    residuals = log_y - center[1] - line.slope * (log_x - center[0])
    noise = float(np.sqrt(np.sum(residuals**2) / (n - 2))) if n > 2 else np.nan
    half = _quantile(n) * noise / np.sqrt(spread)
    exponent = float(line.slope)
    return PowerLaw(exponent, exponent - half, exponent + half, n, center, spread, noise)


def compute_local_exponents(runs: pd.DataFrame, over: str, quantities: Sequence[str]) -> pd.DataFrame:
    """Exponents between neighboring sizes, from the seeds that both have.

    Parameters
    ----------
    runs : one row a run with the columns ``seed``, ``over`` and ``quantities``
    over : column with the size
    quantities : columns with costs

    Returns
    -------
    exponents : one row a pair of sizes and quantity: ``over``, the sizes' geometric mean, and the median
        over seeds as ``quantity``, ``value``, ``low``, ``high``, ``n``
    """
    rows = []
    for name in quantities:
        by_seed = runs.pivot(index="seed", columns=over, values=name).astype(float)
        for small, large in itertools.pairwise(by_seed.columns):
            estimate = estimate_median(np.log(by_seed[large] / by_seed[small]) / np.log(large / small))
            rows.append({over: float(np.sqrt(small * large))} | conclude_median(name, estimate))
    return pd.DataFrame(rows, columns=[over, *CONCLUSION])


def fit_each(runs: pd.DataFrame, over: str, quantities: Sequence[str], *, by: str) -> pd.DataFrame:
    """The power law of each quantity in each group, through the runs that reached the goal.

    Parameters
    ----------
    runs : one row a run with the columns ``converged``, ``over``, ``by`` and ``quantities``
    over : column with the size
    quantities : columns with costs
    by : what a group shares

    Returns
    -------
    laws : one row a group, in the order of ``by``, and quantity: ``by``, and the exponent as ``quantity``,
        ``value``, ``low``, ``high``, ``n``
    """
    rows = []
    for name, cell in runs[runs["converged"].astype(bool)].groupby(by):
        for quantity in quantities:
            law = fit_power_law(cell[over], cell[quantity])
            rows.append({by: name} | conclude(quantity, law.exponent, law.low, law.high, law.n))
    return pd.DataFrame(rows, columns=[by, *CONCLUSION])


def _quantile(n: int) -> float:
    """Student's t that an estimate from ``n`` points on a line stays within."""
    from scipy.stats import t  # slow to import

    return float(t.ppf((1 + CONFIDENCE) / 2, n - 2)) if n > 2 else np.nan
