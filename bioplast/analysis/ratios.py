"""What rules took beside plain learning on the same seed, runs that missed the goal counted as bounds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from bioplast.analysis.cells import compute_medians
from bioplast.analysis.interval import spread_estimate
from bioplast.analysis.statistics import bound_savings, estimate_between

# Of samples it is how many times more a rule took, of energies how many times less.
COLUMNS = {"m0": "m0 saving", "samples": "samples ratio", "m1": "m1 saving"}
QUANTITIES = tuple(COLUMNS)


def compare_runs(runs: pd.DataFrame, quantity: str, pairs: Sequence[str]) -> pd.DataFrame:
    """Each run beside the plain run that it shares ``pairs`` with.

    Parameters
    ----------
    runs : one row a run with the columns ``rule``, ``converged``, ``quantity`` and ``pairs``
    quantity : one of ``QUANTITIES``
    pairs : columns that a run has in common with the plain run beside it

    Returns
    -------
    compared : ``runs`` with ``least`` and ``most``, between which their ratio to plain learning lies;
        ``is_known``, whether both reached the goal, so that these are the same; and ``ratio``, what is drawn:
        the ratio, or the one bound there is
    """
    bounds = bound_savings(runs, quantity, pairs=pairs)
    if quantity == "samples":
        bounds = pd.DataFrame({"least": 1 / bounds["most"], "most": 1 / bounds["least"]})
    ratio = bounds["most"].where(np.isfinite(bounds["most"]), bounds["least"]).replace(0.0, np.nan)
    is_known = bounds["least"] == bounds["most"]
    return runs.assign(quantity=quantity, ratio=ratio, is_known=is_known, **bounds)


def tabulate_ratios(runs: pd.DataFrame, cells: Sequence[str], pairs: Sequence[str]) -> pd.DataFrame:
    """One row per cell: how many runs got there, medians of what that took, and ratios to plain learning.

    Parameters
    ----------
    runs : as for ``compare_runs``, with the columns ``QUANTITIES``, ``test`` and ``cells``
    cells : columns that the runs of a cell share
    pairs : columns that a run has in common with the plain run beside it

    Returns
    -------
    table : columns ``cells``; ``reached``; medians of samples, energies and, of the runs that got there, test
        accuracy; the columns of ``COLUMNS`` with the ends of their intervals; ``n`` and ``coverage``, with
        which such an interval holds the median at least
    """
    spent = compute_medians(runs, cells, QUANTITIES).set_index(list(cells))
    compared = {quantity: compare_runs(runs, quantity, pairs) for quantity in QUANTITIES}
    rows = []
    for names, cell in runs.groupby(list(cells), sort=False):
        row: dict[str, Any] = dict(zip(cells, names, strict=True))
        row["reached"] = f"{spent.loc[names, 'reached']}/{len(cell)}"
        row |= {name: spent.loc[names, name] for name in ("samples", "m0", "m1")}
        row["test"] = cell.loc[cell["converged"].astype(bool), "test"].astype(float).median()
        for quantity, column in COLUMNS.items():
            beside = compared[quantity].loc[cell.index]
            estimate = estimate_between(beside["least"], beside["most"])
            row |= spread_estimate(column, estimate)
        rows.append(row | {"n": len(cell), "coverage": round(estimate.coverage, 4)})
    return pd.DataFrame(rows)
