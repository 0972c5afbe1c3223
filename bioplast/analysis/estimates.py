"""Medians over seeds with their intervals, a row a group: what captions and the scoreboard read."""

from __future__ import annotations

import pandas as pd

from bioplast.analysis.statistics import estimate_median

COLUMNS = ["value", "low", "high", "n"]


def estimate_by(rows: pd.DataFrame, column: str, by: str) -> pd.DataFrame:
    """The median of ``column`` in each group, with the ends of its interval.

    Parameters
    ----------
    rows : one row a run with the columns ``column`` and ``by``; nan are left out
    column : what is estimated
    by : what a group shares

    Returns
    -------
    estimates : a row a group, in their order, with the columns of ``COLUMNS``

    >>> estimate_by(pd.DataFrame({"rule": "a", "x": [1.0, 2.0, 3.0]}), "x", "rule").loc["a"].tolist()
    [2.0, 1.0, 3.0, 3.0]
    """
    found = {}
    for name, cell in rows.groupby(by, sort=False):
        estimate = estimate_median(cell[column].astype(float))
        found[name] = [estimate.median, estimate.low, estimate.high, estimate.n]
    return pd.DataFrame.from_dict(found, orient="index", columns=COLUMNS)
