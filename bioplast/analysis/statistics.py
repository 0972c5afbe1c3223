"""Statistics over seeds: medians, their uncertainty, and what a rule saves against plain learning."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy.stats import bootstrap

CONFIDENCE = 0.95
_N_RESAMPLES = 9999


@dataclass(frozen=True)
class Estimate:
    """A median over seeds.

    Attributes
    ----------
    median : nan without a value
    low, high : ends of its 95 % bootstrap interval; nan with fewer than two values
    n : number of values
    """

    median: float
    low: float
    high: float
    n: int


def estimate_median(values: ArrayLike) -> Estimate:
    """The median of ``values`` (n,) and its percentile bootstrap interval; nan are left out.

    Resampling can only give back values that were seen: of three seeds the interval spans
    all three, and says no more than that.

    >>> estimate_median([3.0, 1.0, 2.0])
    Estimate(median=2.0, low=1.0, high=3.0, n=3)
    """
    sample = np.asarray(values, np.float64)
    sample = sample[~np.isnan(sample)]
    if sample.size == 0:
        return Estimate(np.nan, np.nan, np.nan, 0)
    median = float(np.median(sample))
    if sample.size == 1:
        return Estimate(median, np.nan, np.nan, 1)
    interval = bootstrap(
        (sample,),
        np.median,
        n_resamples=_N_RESAMPLES,
        confidence_level=CONFIDENCE,
        method="percentile",
        rng=np.random.default_rng(0),
    ).confidence_interval
    return Estimate(median, float(interval.low), float(interval.high), int(sample.size))


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
