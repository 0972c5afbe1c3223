"""Statistics over seeds: medians, their uncertainty, and what a rule saves against plain learning."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

CONFIDENCE = 0.95


@dataclass(frozen=True)
class Estimate:
    """A median over seeds.

    Attributes
    ----------
    median : nan without a value, and where it is known only to lie between two bounds
    low, high : the ends of its interval, two order statistics; nan with fewer than two values, and ``high``
        inf where it has no bound
    n : number of values
    """

    median: float
    low: float
    high: float
    n: int

    @property
    def coverage(self) -> float:
        """The probability with which such an interval holds the median, whatever the distribution."""
        return compute_coverage(self.n)


def compute_coverage(n: int) -> float:
    """The probability with which the interval of ``n`` values holds the median they were drawn around.

    From x_(r) to x_(n + 1 - r) it is 1 - 2 P(B < r), B binomial with n and 1/2; r is the largest with which
    that is at least ``CONFIDENCE``. Below six values not even their whole range, r = 1, comes to 95 %.

    >>> [round(compute_coverage(n), 4) for n in (1, 2, 3, 5, 6, 10)]
    [0.0, 0.5, 0.75, 0.9375, 0.9688, 0.9785]

    References
    ----------
    David & Nagaraja 2003, Order Statistics, 7.1, doi:10.1002/0471722162
    """
    return max(0.0, _cover(_find_rank(n), n))


def say_coverage(n: int) -> str:
    """What the interval of ``n`` runs is, in words.

    >>> say_coverage(5), say_coverage(10)
    ('the range of 5, which covers 93.8 %', 'the runs from rank 2 to rank 9 of 10, which covers 97.9 %')
    >>> say_coverage(1)
    'single values: one run has no interval'
    """
    if n == 1:
        return "single values: one run has no interval"
    rank = _find_rank(n)
    span = f"range of {n}" if rank == 1 else f"runs from rank {rank} to rank {n + 1 - rank} of {n}"
    return f"the {span}, which covers {100 * compute_coverage(n):.1f} %"


def estimate_median(values: ArrayLike) -> Estimate:
    """The median of ``values`` (n,) and its interval of order statistics; nan are left out.

    >>> estimate_median([3.0, 1.0, 2.0])
    Estimate(median=2.0, low=1.0, high=3.0, n=3)
    """
    return estimate_between(values, values)


def estimate_between(least: ArrayLike, most: ArrayLike) -> Estimate:
    """The median of values of which some are known only to lie between two bounds, as censored ones do.

    Every order statistic of the values lies between that of the bounds, so the interval holds the median with
    the probability ``Estimate.coverage`` at least.

    Parameters
    ----------
    least, most : (n,) the bounds of each value, the same where it is known; nan are left out

    >>> estimate_between([10.0, 12.0, 30.0], [10.0, 12.0, np.inf])
    Estimate(median=12.0, low=10.0, high=inf, n=3)
    """
    bounds = np.column_stack([np.asarray(least, np.float64), np.asarray(most, np.float64)])
    bounds = np.sort(bounds[~np.isnan(bounds).any(axis=1)], axis=0)
    n = len(bounds)
    if n == 0:
        return Estimate(np.nan, np.nan, np.nan, 0)
    lower, upper = np.median(bounds, axis=0)
    median = float(lower) if lower == upper else np.nan
    if n == 1:
        return Estimate(median, np.nan, np.nan, 1)
    rank = _find_rank(n)
    return Estimate(median, float(bounds[rank - 1, 0]), float(bounds[n - rank, 1]), n)


def _cover(rank: int, n: int) -> float:
    """1 - 2 P(B < ``rank``), B binomial with ``n`` and 1/2."""
    from scipy.stats import binom  # takes longer to import than all that a preview of a study does

    return float(1 - 2 * binom.cdf(rank - 1, n, 0.5))


def _find_rank(n: int) -> int:
    """The rank, from either end, of the order statistics that the interval ends at."""
    allowed = [rank for rank in range(1, n // 2 + 1) if _cover(rank, n) >= CONFIDENCE]
    return max(allowed, default=1)


def compute_savings(
    runs: pd.DataFrame, quantity: str, *, baseline: str = "plain", pairs: Sequence[str] = ("model", "seed")
) -> pd.Series[Any]:
    """How many times less a run spent than the baseline run of the same model and seed.

    ``baseline quantity / quantity``, so 1 is no saving and 10 a tenth of the energy.

    Parameters
    ----------
    runs : one row per run with the columns ``rule``, ``converged``, ``quantity`` and ``pairs``
    quantity : the column compared, for instance ``"m0"``
    baseline : the rule that every other is compared with
    pairs : what a run has in common with its baseline run

    Returns
    -------
    savings : one value per row of ``runs``; nan where either run did not reach the goal (the energy
        to the goal is then unknown) or there is no baseline run
    """
    spent = runs[quantity].astype(float).where(runs["converged"].astype(bool))
    is_baseline = runs["rule"] == baseline
    keys = pd.MultiIndex.from_frame(runs[list(pairs)])
    reference = pd.Series(spent[is_baseline].to_numpy(), index=keys[is_baseline])
    return pd.Series(reference.reindex(keys).to_numpy() / spent.to_numpy(), index=runs.index, name=quantity)


def bound_savings(
    runs: pd.DataFrame, quantity: str, *, baseline: str = "plain", pairs: Sequence[str] = ("model", "seed")
) -> pd.DataFrame:
    """How many times less a run spent than the baseline run beside it, also where one missed the goal.

    What missed the goal would have spent more than it did: the saving of a run that missed it is less than
    baseline / spent, and that against a baseline that missed it is more.

    Parameters
    ----------
    runs, quantity, baseline, pairs : as for ``compute_savings``

    Returns
    -------
    savings : columns ``least`` and ``most``, which are the same where both reached the goal, a row per row of
        ``runs``; nan where there is no baseline run
    """
    spent, reached = runs[quantity].astype(float), runs["converged"].astype(bool)
    is_baseline = runs["rule"] == baseline
    keys = pd.MultiIndex.from_frame(runs[list(pairs)])
    place = keys[is_baseline].get_indexer(keys)  # -1 without one, which the nan below stands for
    beside = np.append(spent[is_baseline], np.nan)[place]
    is_reached_beside = np.append(reached[is_baseline], False)[place]
    ratio = beside / spent
    least = ratio.where(reached, np.where(np.isnan(beside), np.nan, 0.0))
    most = ratio.where(is_reached_beside | np.isnan(beside), np.inf)
    itself = is_baseline & spent.notna()  # spent as much as it spent, wherever it gave up
    return pd.DataFrame({"least": least.mask(itself, 1.0), "most": most.mask(itself, 1.0)})
